// The inputs' bits, computed alike on host and device from (seed, index), so that the reference needs no
// copy of A and B. C++17, usable in .cu files.
//
// Floating-point inputs have a random sign, a magnitude in [2^-4, 1) with one of four exponents, and every
// mantissa bit of the type random: few distinct values would draw less power and flatter the clock. They
// are exact in their type, tf32 too: its ten mantissa bits are random and the 13 lower bits of the fp32
// that holds it are zero, so rounding to tf32 changes nothing. int8 is uniform in [-127, 127].
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/gemm/gemm.hpp"
#include "kernels/random_input.hpp"

namespace cuparity {

constexpr std::uint64_t gemm_seed_a = 0x41;
constexpr std::uint64_t gemm_seed_b = 0x42;

/// How a type's bits are laid out. exponent_bits is 0 for int8.
struct GemmInputFormat {
  int mantissa_bits;     ///< stored, without the implicit one
  int significant_bits;  ///< of the stored ones, from the top: those that carry information
  int exponent_bits;
};

constexpr GemmInputFormat gemm_input_format(GemmType type) {
  switch (type) {
    case GemmType::fp64: return {52, 52, 11};
    case GemmType::fp32: return {23, 23, 8};
    case GemmType::tf32: return {23, 10, 8};
    case GemmType::fp16: return {10, 10, 5};
    case GemmType::bf16: return {7, 7, 8};
    case GemmType::fp8_e4m3: return {3, 3, 4};
    case GemmType::int8: return {0, 0, 0};
  }
  return {0, 0, 0};
}

/// The bits of an input made from 64 random bits, in the low bits of the result.
CUPARITY_HOST_DEVICE inline std::uint64_t gemm_input_bits(std::uint64_t random, GemmInputFormat format) {
  if (format.exponent_bits == 0) {
    const auto value = static_cast<std::int32_t>((random >> 32) * 255 >> 32) - 127;
    return static_cast<std::uint64_t>(static_cast<std::uint8_t>(value));
  }
  const std::uint64_t sign = random >> 63;
  const std::uint64_t bias = (1ull << (format.exponent_bits - 1)) - 1;
  const std::uint64_t exponent = bias - 4 + (random >> 61 & 3);
  const std::uint64_t mantissa =
      (random & ((1ull << 52) - 1)) >> (52 - format.significant_bits)
                                           << (format.mantissa_bits - format.significant_bits);
  return sign << (format.exponent_bits + format.mantissa_bits) | exponent << format.mantissa_bits | mantissa;
}

/// The bits of element (row, column) of an input matrix whose rows hold `columns` elements; the gaps
/// between rows do not count, so the values do not depend on the layout.
CUPARITY_HOST_DEVICE inline std::uint64_t gemm_input_bits(std::uint64_t seed, std::size_t row,
                                                          std::size_t column, std::size_t columns,
                                                          GemmInputFormat format) {
  return gemm_input_bits(random_bits(seed, row * columns + column), format);
}

}  // namespace cuparity
