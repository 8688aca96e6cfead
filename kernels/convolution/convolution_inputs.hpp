// Element types of the convolutions and their random inputs, equal on host and device. C++17, usable in
// .cu files.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "kernels/random_input.hpp"

#ifdef CUPARITY_HAVE_CUDA
#include <cuda_runtime_api.h>
#endif

namespace cuparity {

/// tf32 is stored as fp32; the tensor cores read its upper 19 bits.
enum class ElementType { fp32, tf32, fp16, bf16 };

/// Widths of the stored bit fields below the sign: exponent, then mantissa.
struct ElementFormat {
  int exponent_bits;
  int mantissa_bits;
};

constexpr ElementFormat stored_format(ElementType type) {
  return type == ElementType::fp16   ? ElementFormat{5, 10}
         : type == ElementType::bf16 ? ElementFormat{8, 7}
                                     : ElementFormat{8, 23};
}

constexpr std::size_t element_bytes(ElementType type) {
  return type == ElementType::fp16 || type == ElementType::bf16 ? 2 : 4;
}

/// Random streams of the three tensors of a convolution.
constexpr std::uint64_t image_seed = 11;
constexpr std::uint64_t filter_seed = 12;
constexpr std::uint64_t gradient_seed = 13;

/// Bits of element `index` of stream `seed`: of either sign, of magnitude in [2^-11, 1) with close to
/// uniform density (the binade 2^-j has probability 2^-j), every mantissa bit random, so that no type is
/// fed values which a narrower type could hold.
CUPARITY_HOST_DEVICE inline std::uint32_t random_element_bits(ElementFormat format, std::uint64_t seed,
                                                              std::uint64_t index) {
  const std::uint64_t bits = random_bits(seed, index);
  const auto binade_bits = static_cast<std::uint32_t>(bits >> 32 & 1023) | 1024;
#ifdef __CUDA_ARCH__
  const int binade = __ffs(static_cast<int>(binade_bits));
#else
  const int binade = __builtin_ctz(binade_bits) + 1;
#endif
  const auto mantissa = static_cast<std::uint32_t>(bits) & ((1u << format.mantissa_bits) - 1);
  const auto exponent = static_cast<std::uint32_t>((1 << (format.exponent_bits - 1)) - 1 - binade);
  const auto sign = static_cast<std::uint32_t>(bits >> 63);
  return sign << (format.exponent_bits + format.mantissa_bits) | exponent << format.mantissa_bits | mantissa;
}

/// The value of a finite or non-finite element; exact, for every type fits into double.
inline double decode_element(ElementFormat format, std::uint32_t bits) {
  const std::uint32_t mantissa = bits & ((1u << format.mantissa_bits) - 1);
  const std::uint32_t largest_exponent = (1u << format.exponent_bits) - 1;
  const std::uint32_t exponent = bits >> format.mantissa_bits & largest_exponent;
  const std::uint64_t sign = bits >> (format.exponent_bits + format.mantissa_bits) & 1;
  const int bias = (1 << (format.exponent_bits - 1)) - 1;
  std::uint64_t double_bits = sign << 63 | static_cast<std::uint64_t>(mantissa)
                                               << (52 - format.mantissa_bits);
  double value = 0;
  if (exponent == 0) {  // subnormal: the value is the mantissa alone, in units of the smallest exponent
    double_bits |= static_cast<std::uint64_t>(1 - bias + 1023) << 52;
    const std::uint64_t one_bits = sign << 63 | static_cast<std::uint64_t>(1 - bias + 1023) << 52;
    double one = 0;
    std::memcpy(&value, &double_bits, sizeof value);
    std::memcpy(&one, &one_bits, sizeof one);
    return value - one;
  }
  double_bits |= static_cast<std::uint64_t>(exponent == largest_exponent ? 2047 : exponent - bias + 1023)
                 << 52;
  std::memcpy(&value, &double_bits, sizeof value);
  return value;
}

#ifdef CUPARITY_HAVE_CUDA
namespace device {

/// Writes random_element_bits(stored_format(type), seed, i) to element i of `output`, for i in [0, count).
void fill_convolution_input(void* output, std::size_t count, ElementType type, std::uint64_t seed,
                            cudaStream_t stream);

/// gathered[i] = the bits of element indices[i] of `tensor`, zero-extended. All pointers are on the device.
void gather_elements(const void* tensor, ElementType type, const std::int64_t* indices, std::size_t count,
                     std::uint32_t* gathered, cudaStream_t stream);

}  // namespace device
#endif

}  // namespace cuparity
