// The operations of the STREAM family and the inputs they run on, the same for both backends.
// C++17, usable in .cu files.
//
//   x[i] = random_uniform(x_seed, i), y[i] = random_uniform(y_seed, i), s = stream_scalar
//
//   read   sum of the words of x, modulo 2^32 (fp32) or 2^64 (fp64): exact in any order
//   write  z[i] = write_pattern(i), as bits
//   copy   z[i] = x[i]
//   scale  z[i] = s x[i]
//   add    z[i] = x[i] + y[i]
//   triad  z[i] = x[i] + s y[i]
//   dot    sum of x[i] y[i]
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "kernels/random_input.hpp"

namespace cuparity {

enum class StreamOperation { read, write, copy, scale, add, triad, dot };

constexpr StreamOperation all_stream_operations[] = {
    StreamOperation::read, StreamOperation::write, StreamOperation::copy, StreamOperation::scale,
    StreamOperation::add,  StreamOperation::triad, StreamOperation::dot};

constexpr std::string_view to_string(StreamOperation operation) {
  constexpr std::string_view names[] = {"read", "write", "copy", "scale", "add", "triad", "dot"};
  return names[static_cast<int>(operation)];
}

/// Input arrays that the operation reads: 0, 1 (x) or 2 (x and y).
constexpr int input_arrays(StreamOperation operation) {
  switch (operation) {
    case StreamOperation::write: return 0;
    case StreamOperation::read:
    case StreamOperation::copy:
    case StreamOperation::scale: return 1;
    default: return 2;
  }
}

/// Whether the result is one number instead of an array.
constexpr bool is_reduction(StreamOperation operation) {
  return operation == StreamOperation::read || operation == StreamOperation::dot;
}

/// Arrays that move through memory: inputs and output.
constexpr int arrays_moved(StreamOperation operation) {
  return input_arrays(operation) + (is_reduction(operation) ? 0 : 1);
}

/// Floating-point operations per element.
constexpr int flops_per_element(StreamOperation operation) {
  switch (operation) {
    case StreamOperation::scale:
    case StreamOperation::add: return 1;
    case StreamOperation::triad:
    case StreamOperation::dot: return 2;
    default: return 0;
  }
}

constexpr std::uint64_t x_seed = 11;
constexpr std::uint64_t y_seed = 12;

/// The factor of scale and triad: not a power of two, so that products are rounded.
template <typename T>
constexpr T stream_scalar = static_cast<T>(0.4);

/// What write stores: words that differ from place to place, so that a misplaced store is seen, at the cost
/// of one multiply-add; constant or zero data would ask less of the memory's wires.
constexpr std::uint32_t pattern_step32 = 0x9e3779b9u;
constexpr std::uint64_t pattern_step64 = 0x9e3779b97f4a7c15ULL;
CUPARITY_HOST_DEVICE constexpr std::uint32_t write_pattern32(std::uint64_t index) {
  return (static_cast<std::uint32_t>(index) + 1) * pattern_step32;
}
CUPARITY_HOST_DEVICE constexpr std::uint64_t write_pattern64(std::uint64_t index) {
  return (index + 1) * pattern_step64;
}

/// By how many elements each array is moved off its alignment: 0 or 1 in the cases.
struct StreamOffsets {
  std::size_t x = 0;
  std::size_t y = 0;
  std::size_t z = 0;
};

/// One STREAM operation on arrays of `count` elements.
struct StreamProblem {
  StreamOperation operation = StreamOperation::copy;
  std::size_t count = 0;
  StreamOffsets offsets;
  /// Compare every element; otherwise a random sample of a large output, and every element of a small one.
  bool compare_all = true;
};

}  // namespace cuparity
