// fp32 GEMM on the ordinary arithmetic units, for every GPU.
//
// Bound by FLOP: 2 * 128 * multiprocessors * clock on recent GPUs. A block computes a 128 x 128 tile of C
// with 256 threads, a thread 8 x 8 of it in registers, so each pair of 16-byte shared-memory loads feeds
// 16 multiply-adds. Inputs run along k, shared memory runs along m and n (transposed while storing) so
// that a thread reads its 8 rows and 8 columns as 16-byte vectors without bank conflicts. The next step's
// inputs travel to registers while this one is computed, and to the other half of shared memory after it:
// one barrier a step.
#include <cstdint>

#include "kernels/gemm/gemm_device.hpp"
#include "kernels/gemm/gemm_tile_order.hpp"

namespace cuparity::device {
namespace {

constexpr int tile = 128;  // rows and columns of C a block
constexpr int step = 8;    // of k
constexpr int threads = 256;
constexpr int pitch = tile + 4;  // keeps 16-byte alignment; the transposing stores hit different banks
constexpr int band = 16;         // of tile rows, see gemm_tile()

struct Operands {
  const float* a;
  const float* b;
  float* c;
  int m, n, k;
  std::size_t lda, ldb, ldc;
  int tile_rows, tile_columns;
};

/// Four consecutive elements along k of row `row`; zero where outside, if the problem is not whole tiles.
template <bool whole>
__device__ float4 load(const float* matrix, std::size_t leading, int row, int rows, int p, int k) {
  const float* source = matrix + row * leading + p;
  if (whole) return *reinterpret_cast<const float4*>(source);
  float4 value = {0, 0, 0, 0};
  if (row < rows) {
    if (p + 0 < k) value.x = source[0];
    if (p + 1 < k) value.y = source[1];
    if (p + 2 < k) value.z = source[2];
    if (p + 3 < k) value.w = source[3];
  }
  return value;
}

__device__ void store_transposed(float (*shared)[pitch], int row, int p, float4 value) {
  shared[p + 0][row] = value.x;
  shared[p + 1][row] = value.y;
  shared[p + 2][row] = value.z;
  shared[p + 3][row] = value.w;
}

/// Elements first..first+3 and first+gap..first+gap+3 of a row of shared memory.
__device__ void read_fragment(const float* shared, int first, int gap, float (&fragment)[8]) {
  const float4 low = *reinterpret_cast<const float4*>(shared + first);
  const float4 high = *reinterpret_cast<const float4*>(shared + first + gap);
  fragment[0] = low.x, fragment[1] = low.y, fragment[2] = low.z, fragment[3] = low.w;
  fragment[4] = high.x, fragment[5] = high.y, fragment[6] = high.z, fragment[7] = high.w;
}

template <bool whole>
__device__ void store_row(const Operands& o, int row, int column, const float* values) {
  float* target = o.c + row * o.ldc + column;
  if (whole) {
    *reinterpret_cast<float4*>(target) = {values[0], values[1], values[2], values[3]};
    return;
  }
  if (row >= o.m) return;
#pragma unroll
  for (int j = 0; j < 4; ++j)
    if (column + j < o.n) target[j] = values[j];
}

/// whole: m and n are multiples of 128, k of 8, and every row starts at a multiple of 16 bytes.
template <bool whole>
__global__ void __launch_bounds__(threads, 2) gemm_fp32_kernel(const Operands o) {
  __shared__ __align__(16) float shared_a[2][step][pitch];
  __shared__ __align__(16) float shared_b[2][step][pitch];
  const GemmTile position = gemm_tile(static_cast<int>(blockIdx.x), o.tile_rows, o.tile_columns, band);
  const int first_row = position.row * tile, first_column = position.column * tile;

  // Loading: two threads a row, four elements along k each.
  const int load_row = static_cast<int>(threadIdx.x) / 2, load_p = static_cast<int>(threadIdx.x) % 2 * 4;
  const int a_row = first_row + load_row, b_row = first_column + load_row;

  // Computing: 2 x 4 warps of 64 x 32, a warp's lanes 8 x 4, a thread two groups of 4 rows and 4 columns.
  const int warp = static_cast<int>(threadIdx.x) / 32, lane = static_cast<int>(threadIdx.x) % 32;
  const int thread_row = warp / 4 * 64 + lane / 4 * 4;
  const int thread_column = warp % 4 * 32 + lane % 4 * 4;

  float sums[8][8] = {};
  float4 next_a = load<whole>(o.a, o.lda, a_row, o.m, load_p, o.k);
  float4 next_b = load<whole>(o.b, o.ldb, b_row, o.n, load_p, o.k);
  store_transposed(shared_a[0], load_row, load_p, next_a);
  store_transposed(shared_b[0], load_row, load_p, next_b);
  __syncthreads();

  int half = 0;
  for (int p = 0; p < o.k; p += step) {
    const bool more = p + step < o.k;
    if (more) {
      next_a = load<whole>(o.a, o.lda, a_row, o.m, p + step + load_p, o.k);
      next_b = load<whole>(o.b, o.ldb, b_row, o.n, p + step + load_p, o.k);
    }
#pragma unroll
    for (int q = 0; q < step; ++q) {
      float a[8], b[8];
      read_fragment(shared_a[half][q], thread_row, 32, a);
      read_fragment(shared_b[half][q], thread_column, 16, b);
#pragma unroll
      for (int i = 0; i < 8; ++i)
#pragma unroll
        for (int j = 0; j < 8; ++j)
          sums[i][j] += a[i] * b[j];
    }
    if (more) {
      // The other half was last read before the previous barrier.
      half ^= 1;
      store_transposed(shared_a[half], load_row, load_p, next_a);
      store_transposed(shared_b[half], load_row, load_p, next_b);
      __syncthreads();
    }
  }

#pragma unroll
  for (int i = 0; i < 8; ++i) {
    const int row = first_row + thread_row + i / 4 * 32 + i % 4;
    store_row<whole>(o, row, first_column + thread_column, sums[i]);
    store_row<whole>(o, row, first_column + thread_column + 16, sums[i] + 4);
  }
}

bool is_whole(const GemmProblem& problem) {
  return problem.m % tile == 0 && problem.n % tile == 0 && problem.k % step == 0 && problem.offset % 4 == 0 &&
         problem.lda % 4 == 0 && problem.ldb % 4 == 0 && problem.ldc % 4 == 0;
}

}  // namespace

PreparedGemm prepare_gemm_fp32(const GemmProblem& problem, const GemmBuffers& buffers) {
  if (problem.m == 0 || problem.n == 0 || problem.k == 0) return prepare_gemm_zero(problem, buffers);
  Operands o;
  o.a = static_cast<const float*>(buffers.a) + problem.offset;
  o.b = static_cast<const float*>(buffers.b) + problem.offset;
  o.c = static_cast<float*>(buffers.c) + problem.offset;
  o.m = static_cast<int>(problem.m);
  o.n = static_cast<int>(problem.n);
  o.k = static_cast<int>(problem.k);
  o.lda = problem.lda;
  o.ldb = problem.ldb;
  o.ldc = problem.ldc;
  o.tile_rows = (o.m + tile - 1) / tile;
  o.tile_columns = (o.n + tile - 1) / tile;
  const bool whole = is_whole(problem);
  const unsigned blocks = static_cast<unsigned>(o.tile_rows * o.tile_columns);
  return {[o, whole, blocks](cudaStream_t stream) {
            if (whole) {
              gemm_fp32_kernel<true><<<blocks, threads, 0, stream>>>(o);
            } else {
              gemm_fp32_kernel<false><<<blocks, threads, 0, stream>>>(o);
            }
            check(cudaGetLastError(), "launching the fp32 GEMM kernel");
          },
          whole ? "tiles 128x128x8" : "tiles 128x128x8 with guarded edges"};
}

}  // namespace cuparity::device
