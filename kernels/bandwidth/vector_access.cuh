// How a kernel reaches memory: the shape of the tile that a block works on, and 16-byte loads and stores
// with their cache hints. Only for .cu files; C++17.
#pragma once

#include <cuda_runtime.h>

#include <cstddef>
#include <cstdint>

namespace cuparity::device {

enum class Loads {
  cached,      ///< ld.global
  streaming,   ///< ld.global.cs: evicted first
  no_allocate  ///< past the L1, 256 bytes at a time into the L2 (ld.global.cs before compute capability 8.0)
};

enum class Stores {
  cached,    ///< st.global
  streaming  ///< st.global.cs: evicted first
};

/// A block of `threads_` threads with `unroll_` vectors each per array, all loaded before the first is used.
/// A reduction takes `tiles_per_block_` tiles one after the other; elementwise kernels take one.
/// `blocks_per_multiprocessor_` bounds the registers of a thread: 1024 threads a multiprocessor leave it 64.
/// Without it ptxas saves registers for occupancy by using the first loads before it issues the last ones.
template <int threads_, int unroll_, Loads loads_, Stores stores_, int tiles_per_block_ = 1,
          int blocks_per_multiprocessor_ = 1024 / threads_>
struct Tile {
  static constexpr int threads = threads_;
  static constexpr int unroll = unroll_;
  static constexpr Loads loads = loads_;
  static constexpr Stores stores = stores_;
  static constexpr int tiles_per_block = tiles_per_block_;
  static constexpr int blocks_per_multiprocessor = blocks_per_multiprocessor_;
  static constexpr std::size_t vectors = std::size_t{threads_} * unroll_;
  static constexpr std::size_t vectors_per_block = vectors * tiles_per_block_;
  static_assert(threads_ % 32 == 0 && threads_ <= 1024, "whole warps");
};

template <Loads how>
__device__ float4 load(const float4* source) {
  if constexpr (how == Loads::cached) return *source;
#if __CUDA_ARCH__ >= 800
  if constexpr (how == Loads::no_allocate) {
    float4 value;
    asm volatile("ld.global.L1::no_allocate.L2::256B.v4.f32 {%0, %1, %2, %3}, [%4];"
                 : "=f"(value.x), "=f"(value.y), "=f"(value.z), "=f"(value.w)
                 : "l"(__cvta_generic_to_global(source)));
    return value;
  }
#endif
  return __ldcs(source);
}

template <Loads how>
__device__ float load(const float* source) {
  return *source;
}

template <Stores how>
__device__ void store(float4* target, float4 value) {
  if constexpr (how == Stores::streaming) __stcs(target, value);
  else *target = value;
}

/// How an array of `count` elements falls into 16-byte vectors: [0, head) and [tail, count) are handled
/// element by element, the `vectors` between them are aligned.
struct Split {
  std::size_t head = 0;
  std::size_t vectors = 0;
  std::size_t tail = 0;
  std::size_t count = 0;

  /// Elements outside the vectors.
  __host__ __device__ std::size_t singles() const { return head + (count - tail); }
  /// Index of the single element number `i`.
  __host__ __device__ std::size_t single(std::size_t i) const { return i < head ? i : tail + (i - head); }
};

/// The number of elements by which `pointer` lies past an address that a float4 may have.
inline std::size_t misalignment(const float* pointer) {
  return reinterpret_cast<std::uintptr_t>(pointer) % sizeof(float4) / sizeof(float);
}

/// Splits arrays that all lie `misaligned` elements past a 16-byte border.
inline Split split_vectors(std::size_t count, std::size_t misaligned) {
  Split split;
  split.count = count;
  split.head = (4 - misaligned) % 4 < count ? (4 - misaligned) % 4 : count;
  split.vectors = (count - split.head) / 4;
  split.tail = split.head + 4 * split.vectors;
  return split;
}

/// No vectors: for arrays whose alignments differ.
inline Split split_singles(std::size_t count) { return {count, 0, count, count}; }

}  // namespace cuparity::device
