// Bit patterns that a memory test writes and expects back. C++17, the same on host and device.
#pragma once

#include <cstdint>

#include "kernels/random_input.hpp"

namespace cuparity::validate {

enum class PatternKind {
  constant,     ///< `parameter` in every word
  walking_bit,  ///< one bit set; it moves by one place from word to word, `parameter` is its place in word 0
  address,      ///< the word's own index: two addresses that reach one cell contradict each other
  random        ///< random bits of the stream `parameter`
};

struct Pattern {
  PatternKind kind = PatternKind::constant;
  std::uint64_t parameter = 0;
  bool inverted = false;
};

/// What `pattern` puts into the 32-bit word at `index`.
CUPARITY_HOST_DEVICE inline std::uint32_t pattern_word(const Pattern& pattern, std::uint64_t index) {
  std::uint32_t word = 0;
  switch (pattern.kind) {
    case PatternKind::constant:
      word = static_cast<std::uint32_t>(pattern.parameter);
      break;
    case PatternKind::walking_bit:
      word = std::uint32_t{1} << ((index + pattern.parameter) % 32);
      break;
    case PatternKind::address:
      word = static_cast<std::uint32_t>(index);
      break;
    case PatternKind::random:
      word = static_cast<std::uint32_t>(random_bits(pattern.parameter, index));
      break;
  }
  return pattern.inverted ? ~word : word;
}

}  // namespace cuparity::validate
