// z[i] = operation(x[i], y[i]): the kernel behind write, copy, scale, add, triad and SAXPY. For .cu files.
//
// Bound: bytes. An Operation has `inputs` (0, 1 or 2) and float operator()(float x, float y, size_t i).
// Idea: a thread issues all its 16-byte loads before it uses the first, so that enough bytes are on their way
// to cover the memory's latency; a block does one tile and ends, so that the hardware hands out tiles in
// order and reads and writes sweep memory in long runs, without a loop or a last uneven round. Data that is
// touched once is marked to leave the caches first. Odd beginnings and ends are a second, tiny launch.
// Reaches on an H200, 1 GiB: copy 4.240 TB/s, triad 4.403 TB/s (results/published/2026-11-23-h200-quick).
#pragma once

#include "kernels/bandwidth/vector_access.cuh"
#include "kernels/device/check.hpp"

namespace cuparity::device {

/// The tile of an elementwise operation by number of inputs and generation; the launcher takes the entry
/// of the newest generation that is not newer than the GPU.
template <int inputs, int architecture>
struct ElementwiseTile;
template <>
struct ElementwiseTile<0, 75> : Tile<256, 4, Loads::streaming, Stores::streaming> {};
template <>
struct ElementwiseTile<1, 75> : Tile<256, 4, Loads::streaming, Stores::streaming> {};
template <>
struct ElementwiseTile<2, 75> : Tile<256, 4, Loads::streaming, Stores::streaming> {};
template <>
struct ElementwiseTile<0, 90> : Tile<256, 1, Loads::streaming, Stores::streaming> {};
template <>
struct ElementwiseTile<1, 90> : Tile<256, 1, Loads::streaming, Stores::streaming> {};
template <>
struct ElementwiseTile<2, 90> : Tile<1024, 1, Loads::streaming, Stores::streaming, 1, 2> {};

template <typename Operation>
__device__ float4 apply(const Operation& operation, float4 x, float4 y, std::size_t i) {
  return make_float4(operation(x.x, y.x, i), operation(x.y, y.y, i + 1), operation(x.z, y.z, i + 2),
                     operation(x.w, y.w, i + 3));
}

/// The blocks that a tile asks for, if a multiprocessor holds so many threads. Tiles are compiled for all architectures, also
/// those that never run them, and the compiler warns where they can't be met.
template <typename Tile>
constexpr int resident_blocks() {
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ == 750
  constexpr int threads = 1024;
#elif defined(__CUDA_ARCH__) && (__CUDA_ARCH__ >= 1200 || (__CUDA_ARCH__ > 800 && __CUDA_ARCH__ < 900))
  constexpr int threads = 1536;
#else
  constexpr int threads = 2048;
#endif
  return Tile::threads * Tile::blocks_per_multiprocessor <= threads ? Tile::blocks_per_multiprocessor : 1;
}

/// The vectors of a split, once for each row of the grid; x, y, z point at the first vector, whose first element has index
/// `head`. An output may be one of the inputs: a thread loads its elements before it stores them, and no others.
template <typename Operation, typename Tile>
__global__ void __launch_bounds__(Tile::threads, resident_blocks<Tile>())
    elementwise_kernel(Operation operation, const float4* x, const float4* y, float4* z, std::size_t vectors,
                       std::size_t head) {
  const std::size_t first = blockIdx.x * Tile::vectors + threadIdx.x;
  float4 a[Tile::unroll] = {};
  float4 b[Tile::unroll] = {};
  if ((std::size_t{blockIdx.x} + 1) * Tile::vectors <= vectors) {
#pragma unroll
    for (int u = 0; u < Tile::unroll; ++u) {
      if constexpr (Operation::inputs >= 1) a[u] = load<Tile::loads>(x + first + u * Tile::threads);
      if constexpr (Operation::inputs >= 2) b[u] = load<Tile::loads>(y + first + u * Tile::threads);
    }
#pragma unroll
    for (int u = 0; u < Tile::unroll; ++u) {
      const std::size_t i = first + u * Tile::threads;
      store<Tile::stores>(z + i, apply(operation, a[u], b[u], head + 4 * i));
    }
  } else {
    for (std::size_t i = first; i < vectors; i += Tile::threads) {
      if constexpr (Operation::inputs >= 1) a[0] = load<Tile::loads>(x + i);
      if constexpr (Operation::inputs >= 2) b[0] = load<Tile::loads>(y + i);
      store<Tile::stores>(z + i, apply(operation, a[0], b[0], head + 4 * i));
    }
  }
}

/// The elements of a split that are in no vector.
template <typename Operation>
__global__ void elementwise_singles_kernel(Operation operation, const float* x, const float* y, float* z,
                                           Split split) {
  const std::size_t own = blockIdx.x * std::size_t{blockDim.x} + threadIdx.x;
  if (own >= split.singles()) return;
  const std::size_t i = split.single(own);
  const float a = Operation::inputs >= 1 ? x[i] : 0.0f;
  const float b = Operation::inputs >= 2 ? y[i] : 0.0f;
  z[i] = operation(a, b, i);
}

template <typename Operation, typename Tile>
void launch_elementwise_tiles(Operation operation, const float* x, const float* y, float* z,
                              const Split& split, cudaStream_t stream, int times) {
  const std::size_t blocks = (split.vectors + Tile::vectors - 1) / Tile::vectors;
  const auto* first_x = reinterpret_cast<const float4*>(x + split.head);
  const auto* first_y = reinterpret_cast<const float4*>(y + split.head);
  auto* first_z = reinterpret_cast<float4*>(z + split.head);
  const dim3 grid(static_cast<unsigned>(blocks), static_cast<unsigned>(times));
  elementwise_kernel<Operation, Tile><<<grid, Tile::threads, 0, stream>>>(
      operation, first_x, first_y, first_z, split.vectors, split.head);
}

/// Enqueues z[i] = operation(x[i], y[i], i) for i in [0, count). Arrays may have any alignment of a float;
/// z may be x or y, but they must not overlap otherwise. `count` is below 2^40. Pointers of inputs that the
/// operation has not are ignored. `times`: all whole vectors as often in one launch, for operations whose output is none of
/// their inputs.
template <typename Operation>
void launch_elementwise(Operation operation, const float* x, const float* y, float* z, std::size_t count,
                        int compute_capability, cudaStream_t stream, int times = 1) {
  if (Operation::inputs < 1) x = z;
  if (Operation::inputs < 2) y = z;
  const std::size_t misaligned = misalignment(z);
  const bool alike = misalignment(x) == misaligned && misalignment(y) == misaligned;
  const Split split = alike ? split_vectors(count, misaligned) : split_singles(count);
  using Hopper = ElementwiseTile<Operation::inputs, 90>;
  using Portable = ElementwiseTile<Operation::inputs, 75>;
  if (split.vectors != 0) {
    if (compute_capability >= 90)
      launch_elementwise_tiles<Operation, Hopper>(operation, x, y, z, split, stream, times);
    else
      launch_elementwise_tiles<Operation, Portable>(operation, x, y, z, split, stream, times);
    check(cudaGetLastError(), "launching an elementwise kernel");
  }
  if (split.singles() != 0) {
    const std::size_t blocks = (split.singles() + 255) / 256;
    elementwise_singles_kernel<<<static_cast<unsigned>(blocks), 256, 0, stream>>>(operation, x, y, z, split);
    check(cudaGetLastError(), "launching an elementwise kernel");
  }
}

}  // namespace cuparity::device
