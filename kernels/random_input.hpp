// Inputs that host and device compute alike from (seed, index): a reference can be evaluated for any
// element without copying the inputs back. C++17, usable in .cu files.
#pragma once

#include <cstdint>

#ifdef __CUDACC__
#define CUPARITY_HOST_DEVICE __host__ __device__
#else
#define CUPARITY_HOST_DEVICE
#endif

namespace cuparity {

/// SplitMix64's finaliser (Steele, Lea, Flood 2014): every input bit moves every output bit.
CUPARITY_HOST_DEVICE inline std::uint64_t mix64(std::uint64_t x) {
  x ^= x >> 30;
  x *= 0xbf58476d1ce4e5b9ULL;
  x ^= x >> 27;
  x *= 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

/// 64 random bits of element `index` of stream `seed`.
CUPARITY_HOST_DEVICE inline std::uint64_t random_bits(std::uint64_t seed, std::uint64_t index) {
  return mix64(seed * 0xd1342543de82ef95ULL + (index + 1) * 0x9e3779b97f4a7c15ULL);
}

/// Uniform in [-1, 1) in steps of 2^-23, so exact in fp32 and fp64.
CUPARITY_HOST_DEVICE inline float random_uniform(std::uint64_t seed, std::uint64_t index) {
  return static_cast<float>(static_cast<std::int32_t>(random_bits(seed, index) >> 40) - (1 << 23)) *
         (1.0f / (1 << 23));
}

}  // namespace cuparity
