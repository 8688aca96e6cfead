// The STREAM operations in CUDA. The elementwise ones are in elementwise.cuh; here are the two reductions.
//
// Bound: bytes. read adds integers, so any order gives the same sum, and each warp adds its share to one of
// many words without waiting. dot adds in a fixed order: lanes, warps and blocks as a tree in fp32, then the
// block that finishes last adds the blocks' sums in fp64, in the order of the blocks, whoever it is. One
// launch does both stages. Blocks of dot take several tiles, so that few sums are left for the last stage. Reaches on an
// H200: read of 4 GiB 4.701 or 4.619 TB/s, by the board's part number (results/published/2026-11-29-h200-peers), dot of twice
// 1 GiB 4.554 TB/s (results/published/2026-11-28-h200-peers).
#include "kernels/bandwidth/bandwidth_kernels.hpp"

#include <stdexcept>

#include "kernels/bandwidth/elementwise.cuh"
#include "kernels/bandwidth/vector_access.cuh"
#include "kernels/device/check.hpp"

namespace cuparity::device {
namespace {

struct Write {
  static constexpr int inputs = 0;
  __device__ float operator()(float, float, std::size_t i) const {
    return __uint_as_float(write_pattern32(i));
  }
};
struct Copy {
  static constexpr int inputs = 1;
  __device__ float operator()(float x, float, std::size_t) const { return x; }
};
struct Scale {
  static constexpr int inputs = 1;
  float s;
  __device__ float operator()(float x, float, std::size_t) const { return s * x; }
};
struct Add {
  static constexpr int inputs = 2;
  __device__ float operator()(float x, float y, std::size_t) const { return x + y; }
};
struct Triad {
  static constexpr int inputs = 2;
  float s;
  __device__ float operator()(float x, float y, std::size_t) const { return fmaf(s, y, x); }
};

/// The tiles of the reductions by generation, as ElementwiseTile has them.
template <int architecture>
struct ReadTile;
template <>
struct ReadTile<75> : Tile<256, 4, Loads::streaming, Stores::cached, 1> {};
template <>
struct ReadTile<90> : Tile<256, 8, Loads::streaming, Stores::cached, 1> {};
template <int architecture>
struct DotTile;
template <>
struct DotTile<75> : Tile<256, 4, Loads::streaming, Stores::cached, 4> {};
template <>
struct DotTile<90> : Tile<512, 4, Loads::streaming, Stores::cached, 8> {};

template <typename Tile>
unsigned blocks_of(const Split& split) {
  return static_cast<unsigned>((split.vectors + Tile::vectors_per_block - 1) / Tile::vectors_per_block);
}

__device__ std::uint32_t sum_of_words(float4 v) {
  return (__float_as_uint(v.x) + __float_as_uint(v.y)) + (__float_as_uint(v.z) + __float_as_uint(v.w));
}

/// Adds the sum over the warp to this warp's slot. Every lane of the warp calls it.
__device__ void add_to_slot(std::uint32_t sum, std::uint32_t* slots) {
#if __CUDA_ARCH__ >= 800
  sum = __reduce_add_sync(0xffffffffu, sum);
#else
  for (int offset = 16; offset > 0; offset /= 2) sum += __shfl_down_sync(0xffffffffu, sum, offset);
#endif
  const std::size_t warp = blockIdx.x * std::size_t{blockDim.x / 32} + threadIdx.x / 32;
  if (threadIdx.x % 32 == 0) atomicAdd(slots + warp % read_slots, sum);
}

template <typename Tile>
__global__ void __launch_bounds__(Tile::threads, Tile::blocks_per_multiprocessor)
    read_kernel(const float4* x, std::size_t vectors, std::uint32_t* slots) {
  std::uint32_t sum = 0;
  for (int t = 0; t < Tile::tiles_per_block; ++t) {
    const std::size_t tile = std::size_t{blockIdx.x} * Tile::tiles_per_block + t;
    const std::size_t first = tile * Tile::vectors + threadIdx.x;
    if ((tile + 1) * Tile::vectors <= vectors) {
      float4 v[Tile::unroll];
#pragma unroll
      for (int u = 0; u < Tile::unroll; ++u) v[u] = load<Tile::loads>(x + first + u * Tile::threads);
#pragma unroll
      for (int u = 0; u < Tile::unroll; ++u) sum += sum_of_words(v[u]);
    } else {
      for (std::size_t i = first; i < vectors && i < (tile + 1) * Tile::vectors; i += Tile::threads)
        sum += sum_of_words(load<Tile::loads>(x + i));
    }
  }
  add_to_slot(sum, slots);
}

__global__ void read_singles_kernel(const float* x, Split split, std::uint32_t* slots) {
  const std::size_t own = blockIdx.x * std::size_t{blockDim.x} + threadIdx.x;
  add_to_slot(own < split.singles() ? __float_as_uint(x[split.single(own)]) : 0, slots);
}

__device__ void multiply_add(float x, float y, float& sum) { sum = fmaf(x, y, sum); }
__device__ void multiply_add(float4 x, float4 y, float4& sum) {
  sum.x = fmaf(x.x, y.x, sum.x);
  sum.y = fmaf(x.y, y.y, sum.y);
  sum.z = fmaf(x.z, y.z, sum.z);
  sum.w = fmaf(x.w, y.w, sum.w);
}
__device__ float sum_of_lanes(float v) { return v; }
__device__ float sum_of_lanes(float4 v) { return (v.x + v.y) + (v.z + v.w); }

/// The sum over the block in thread 0, always in the same order. Every thread calls it, once a kernel and T.
template <typename T>
__device__ T block_sum(T sum) {
  __shared__ T warps[32];
  for (int offset = 16; offset > 0; offset /= 2) sum += __shfl_down_sync(0xffffffffu, sum, offset);
  if (threadIdx.x % 32 == 0) warps[threadIdx.x / 32] = sum;
  __syncthreads();
  if (threadIdx.x >= 32) return 0;
  sum = threadIdx.x < blockDim.x / 32 ? warps[threadIdx.x] : 0;
  for (int offset = 16; offset > 0; offset /= 2) sum += __shfl_down_sync(0xffffffffu, sum, offset);
  return sum;
}

/// This thread's share of the blocks' sums; those past the last block are zero up to a multiple of 4.
__device__ double share_of_partials(const float* partials) {
  double sum = 0;
#pragma unroll 4
  for (unsigned i = 4 * threadIdx.x; i < gridDim.x; i += 4 * blockDim.x) {
    const float4 four = __ldcg(reinterpret_cast<const float4*>(partials + i));
    sum += (static_cast<double>(four.x) + four.y) + (static_cast<double>(four.z) + four.w);
  }
  return sum;
}

/// True in the block that calls it last, which then sees the partial sums of all blocks.
__device__ bool finishes_last(float block_total, const DotScratch& scratch) {
  __shared__ bool last;
  if (threadIdx.x == 0) {
    scratch.partials[blockIdx.x] = block_total;
    __threadfence();
    last = atomicInc(scratch.finished, gridDim.x - 1) == gridDim.x - 1;
  }
  __syncthreads();
  if (last) __threadfence();
  return last;
}

/// Vector is float4, or float if the arrays are not aligned alike; `split` counts vectors of that type.
/// There are at most as many single elements as threads.
template <typename Vector, typename Tile>
__global__ void __launch_bounds__(Tile::threads, Tile::blocks_per_multiprocessor)
    dot_kernel(const float* x, const float* y, Split split, DotScratch scratch, float* result) {
  const auto* xs = reinterpret_cast<const Vector*>(x + split.head);
  const auto* ys = reinterpret_cast<const Vector*>(y + split.head);
  Vector sum = {};
  for (int t = 0; t < Tile::tiles_per_block; ++t) {
    const std::size_t tile = std::size_t{blockIdx.x} * Tile::tiles_per_block + t;
    const std::size_t first = tile * Tile::vectors + threadIdx.x;
    if ((tile + 1) * Tile::vectors <= split.vectors) {
      Vector a[Tile::unroll];
      Vector b[Tile::unroll];
#pragma unroll
      for (int u = 0; u < Tile::unroll; ++u) {
        a[u] = load<Tile::loads>(xs + first + u * Tile::threads);
        b[u] = load<Tile::loads>(ys + first + u * Tile::threads);
      }
#pragma unroll
      for (int u = 0; u < Tile::unroll; ++u) multiply_add(a[u], b[u], sum);
    } else {
      for (std::size_t i = first; i < split.vectors && i < (tile + 1) * Tile::vectors; i += Tile::threads)
        multiply_add(load<Tile::loads>(xs + i), load<Tile::loads>(ys + i), sum);
    }
  }
  if (!finishes_last(block_sum(sum_of_lanes(sum)), scratch)) return;
  double total = share_of_partials(scratch.partials);
  if (threadIdx.x < split.singles()) {
    const std::size_t i = split.single(threadIdx.x);
    total += static_cast<double>(x[i]) * y[i];
  }
  total = block_sum(total);
  if (threadIdx.x == 0) *result = static_cast<float>(total);
}

template <typename Vector, typename Tile>
void launch_dot_tiles(const float* x, const float* y, const Split& split, const DotScratch& scratch,
                      float* result, cudaStream_t stream) {
  const unsigned blocks = blocks_of<Tile>(split);
  dot_kernel<Vector, Tile>
      <<<blocks == 0 ? 1 : blocks, Tile::threads, 0, stream>>>(x, y, split, scratch, result);
  check(cudaGetLastError(), "launching the dot product");
}

template <typename Tile>
void launch_dot_split(const float* x, const float* y, std::size_t count, const DotScratch& scratch,
                      float* result, cudaStream_t stream) {
  if (misalignment(x) == misalignment(y)) {
    launch_dot_tiles<float4, Tile>(x, y, split_vectors(count, misalignment(x)), scratch, result, stream);
  } else {
    launch_dot_tiles<float, Tile>(x, y, Split{0, count, count, count}, scratch, result, stream);
  }
}

template <typename Tile>
void launch_read_tiles(const float* x, const Split& split, std::uint32_t* slots, cudaStream_t stream) {
  read_kernel<Tile><<<blocks_of<Tile>(split), Tile::threads, 0, stream>>>(
      reinterpret_cast<const float4*>(x + split.head), split.vectors, slots);
  check(cudaGetLastError(), "launching the read kernel");
}

}  // namespace

void launch_stream_elementwise(StreamOperation operation, const float* x, const float* y, float* z,
                               std::size_t count, int compute_capability, cudaStream_t stream) {
  constexpr float s = stream_scalar<float>;
  const int cc = compute_capability;
  switch (operation) {
    case StreamOperation::write: return launch_elementwise(Write{}, x, y, z, count, cc, stream);
    case StreamOperation::copy: return launch_elementwise(Copy{}, x, y, z, count, cc, stream);
    case StreamOperation::scale: return launch_elementwise(Scale{s}, x, y, z, count, cc, stream);
    case StreamOperation::add: return launch_elementwise(Add{}, x, y, z, count, cc, stream);
    case StreamOperation::triad: return launch_elementwise(Triad{s}, x, y, z, count, cc, stream);
    case StreamOperation::read:
    case StreamOperation::dot: break;
  }
  throw std::invalid_argument("launch_stream_elementwise: read and dot are reductions");
}

void launch_stream_copies(const float* x, float* z, std::size_t count, int copies, int compute_capability,
                          cudaStream_t stream) {
  launch_elementwise(Copy{}, x, nullptr, z, count, compute_capability, stream, copies);
}

std::size_t elementwise_block_elements(StreamOperation operation, int compute_capability) {
  const bool hopper = compute_capability >= 90;
  switch (input_arrays(operation)) {
    case 0: return 4 * (hopper ? ElementwiseTile<0, 90>::vectors : ElementwiseTile<0, 75>::vectors);
    case 1: return 4 * (hopper ? ElementwiseTile<1, 90>::vectors : ElementwiseTile<1, 75>::vectors);
    default: return 4 * (hopper ? ElementwiseTile<2, 90>::vectors : ElementwiseTile<2, 75>::vectors);
  }
}

void launch_read(const float* x, std::size_t count, std::uint32_t* slots, int compute_capability,
                 cudaStream_t stream) {
  const Split split = split_vectors(count, misalignment(x));
  if (split.vectors != 0) {
    if (compute_capability >= 90) launch_read_tiles<ReadTile<90>>(x, split, slots, stream);
    else launch_read_tiles<ReadTile<75>>(x, split, slots, stream);
  }
  if (split.singles() != 0) {
    read_singles_kernel<<<1, 32, 0, stream>>>(x, split, slots);
    check(cudaGetLastError(), "launching the read kernel");
  }
}

std::size_t dot_partials(std::size_t count) {
  // The case of single floats as vectors has the most blocks.
  constexpr std::size_t smallest = DotTile<75>::vectors_per_block < DotTile<90>::vectors_per_block
                                       ? DotTile<75>::vectors_per_block
                                       : DotTile<90>::vectors_per_block;
  return (count / smallest + 1 + 3) / 4 * 4;
}

void launch_dot(const float* x, const float* y, std::size_t count, const DotScratch& scratch, float* result,
                int compute_capability, cudaStream_t stream) {
  if (compute_capability >= 90) launch_dot_split<DotTile<90>>(x, y, count, scratch, result, stream);
  else launch_dot_split<DotTile<75>>(x, y, count, scratch, result, stream);
}

double dot_roundings(int compute_capability) {
  const bool hopper = compute_capability >= 90;
  const int in_thread = hopper ? DotTile<90>::unroll * DotTile<90>::tiles_per_block
                               : DotTile<75>::unroll * DotTile<75>::tiles_per_block;
  // Four lanes, 32 lanes of a warp, up to 32 warps; then fp64 and the rounding of the result.
  return in_thread + 2 + 5 + 5 + 2;
}

}  // namespace cuparity::device
