#include "kernels/bandwidth/stream_reference.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <sstream>
#include <type_traits>

#include "kernels/host/memory.hpp"
#include "kernels/random_input.hpp"

namespace cuparity {
namespace {

using host::Expected;
using host::Reference;

template <typename T>
using Word = std::conditional_t<std::is_same_v<T, float>, std::uint32_t, std::uint64_t>;

template <typename T>
Word<T> bits_of(T value) {
  Word<T> word;
  std::memcpy(&word, &value, sizeof word);
  return word;
}

template <typename T>
Word<T> write_pattern(std::uint64_t index) {
  if constexpr (std::is_same_v<T, float>) return write_pattern32(index);
  else return write_pattern64(index);
}

template <typename T>
Expected<T> expected_element(StreamOperation operation, std::uint64_t index) {
  const Reference<T> x = random_uniform(x_seed, index);
  const Reference<T> y = random_uniform(y_seed, index);
  const Reference<T> s = stream_scalar<T>;
  switch (operation) {
    case StreamOperation::scale: return {s * x, host::rounding_bound<T>(1) * std::fabs(s * x)};
    case StreamOperation::add: return {x + y, host::rounding_bound<T>(1) * std::fabs(x + y)};
    case StreamOperation::triad:
      return {x + s * y, host::rounding_bound<T>(2) * (std::fabs(x) + std::fabs(s * y))};
    default: return {x, 0};
  }
}

/// The pattern is bits, not numbers: some of it is NaN.
template <typename T>
Verification compare_pattern(const T* values, std::size_t count, const std::uint64_t* indices) {
  std::size_t first_wrong = count;
#pragma omp parallel for schedule(static) reduction(min : first_wrong) if (count > host::chunk_elements)
  for (std::size_t j = 0; j < count; ++j)
    if (bits_of(values[j]) != write_pattern<T>(indices == nullptr ? j : indices[j]))
      first_wrong = std::min(first_wrong, j);
  if (first_wrong == count) return {};
  const std::uint64_t index = indices == nullptr ? first_wrong : indices[first_wrong];
  std::ostringstream text;
  text << "element " << index << ": found bits 0x" << std::hex << bits_of(values[first_wrong])
       << ", expected 0x" << write_pattern<T>(index);
  return {std::numeric_limits<double>::infinity(), 0, text.str()};
}

struct ExactDot {
  long double sum = 0;
  long double magnitude = 0;  ///< sum of |x_i y_i|
};

/// Inputs are multiples of 2^-23 in [-1, 1): products are integers up to 2^46 in steps of 2^-46, and a chunk
/// of 2^16 of them is summed without rounding.
ExactDot exact_dot(std::size_t count) {
  static_assert(host::chunk_elements <= (std::size_t{1} << 16));
  const auto integer = [](std::uint64_t seed, std::uint64_t index) {
    return static_cast<std::int64_t>(random_uniform(seed, index) * (1 << 23));
  };
  long double sum = 0;
  long double magnitude = 0;
#pragma omp parallel for schedule(static) reduction(+ : sum, magnitude) if (count > host::chunk_elements)
  for (std::size_t chunk = 0; chunk < host::chunks_of(count); ++chunk) {
    const std::size_t end = std::min(count, (chunk + 1) * host::chunk_elements);
    std::int64_t chunk_sum = 0;
    std::int64_t chunk_magnitude = 0;
    for (std::size_t i = chunk * host::chunk_elements; i < end; ++i) {
      const std::int64_t product = integer(x_seed, i) * integer(y_seed, i);
      chunk_sum += product;
      chunk_magnitude += product < 0 ? -product : product;
    }
    sum += static_cast<long double>(chunk_sum);
    magnitude += static_cast<long double>(chunk_magnitude);
  }
  const long double step = 1.0L / (std::int64_t{1} << 46);
  return {sum * step, magnitude * step};
}

}  // namespace

template <typename T>
Verification compare_stream_output(StreamOperation operation, const T* values, std::size_t count,
                                   const std::uint64_t* indices) {
  if (operation == StreamOperation::write) return compare_pattern(values, count, indices);
  const auto expected = [operation](std::uint64_t index) { return expected_element<T>(operation, index); };
  const host::Deviation worst = host::largest_deviation(values, count, indices, expected);
  if (worst.error == 0) return {};
  const std::size_t position =
      indices == nullptr ? worst.index : std::find(indices, indices + count, worst.index) - indices;
  return {worst.error, 0, host::describe(worst.index, values[position], expected(worst.index).value)};
}

template <typename T>
Verification compare_dot(T value, std::size_t count, double roundings) {
  const ExactDot exact = exact_dot(count);
  const Expected<T> expected{static_cast<Reference<T>>(exact.sum),
                             static_cast<Reference<T>>(host::rounding_bound<T>(roundings) * exact.magnitude)};
  return {host::deviation(value, expected), 0, host::describe(0, value, expected.value)};
}

template <typename T>
std::uint64_t expected_checksum(std::size_t count) {
  Word<T> sum = 0;
#pragma omp parallel for schedule(static) reduction(+ : sum) if (count > host::chunk_elements)
  for (std::size_t i = 0; i < count; ++i) sum += bits_of(static_cast<T>(random_uniform(x_seed, i)));
  return sum;
}

Verification compare_checksum(std::uint64_t found, std::uint64_t expected) {
  if (found == expected) return {};
  std::ostringstream text;
  text << std::hex << "checksum of the words read: found 0x" << found << ", expected 0x" << expected;
  return {std::numeric_limits<double>::infinity(), 0, text.str()};
}

std::vector<std::uint64_t> sample_indices(std::size_t count, std::size_t border) {
  constexpr std::size_t at_random = std::size_t{1} << 16;
  constexpr std::size_t at_ends = std::size_t{1} << 12;
  constexpr std::size_t borders = std::size_t{1} << 12;
  constexpr std::uint64_t seed = 97;
  std::vector<std::uint64_t> indices;
  for (std::size_t j = 0; j < at_random; ++j) indices.push_back(random_bits(seed, j) % count);
  for (std::size_t j = 0; j < at_ends; ++j) {
    indices.push_back(j);
    indices.push_back(count - 1 - j);
  }
  const std::size_t blocks = count / border;
  const std::size_t stride = std::max<std::size_t>(1, blocks / borders);
  for (std::size_t block = 1; block < blocks; block += stride)
    for (const std::uint64_t around : {-2, -1, 0, 1}) indices.push_back(block * border + around);
  return indices;
}

template Verification compare_stream_output(StreamOperation, const float*, std::size_t,
                                            const std::uint64_t*);
template Verification compare_stream_output(StreamOperation, const double*, std::size_t,
                                            const std::uint64_t*);
template Verification compare_dot(float, std::size_t, double);
template Verification compare_dot(double, std::size_t, double);
template std::uint64_t expected_checksum<float>(std::size_t);
template std::uint64_t expected_checksum<double>(std::size_t);

}  // namespace cuparity
