// fp32 GEMM on the ordinary arithmetic units, for every GPU.
//
// Bound by FLOP: 2 * 128 * multiprocessors * clock on recent GPUs. What keeps the multiply-adds fed:
// - A thread's sums stay in registers; each 16-byte shared-memory load feeds 16 multiply-adds or more, and
//   the values for one position along k are loaded while those before are multiplied.
// - A warp's lanes are 4 x 8 with neighbours above each other: pairs of lanes read the same 16 bytes, and
//   the hardware then serves a 16-byte load of the whole warp in two turns instead of four.
// - Inputs run along k, shared memory along m and n: asynchronous 4-byte copies transpose on the way, past
//   the registers, several steps ahead; a warp's copy takes 8 elements of k in 4 rows, which are whole
//   32-byte sectors in memory and 32 different banks in shared memory. One barrier a step.
// Before compute capability 8.0 the copies are ordinary loads and stores: correct, but they are waited for.
// What it reaches is in no published run yet.
#include <cstdint>

#include "kernels/gemm/gemm_device.hpp"
#include "kernels/gemm/gemm_tile_order.hpp"

namespace cuparity::device {
namespace {

template <int rows_, int columns_, int thread_rows_, int thread_columns_, int step_, int stages_,
          int blocks_, int band_>
struct Fp32Shape {
  static constexpr int rows = rows_;                      ///< of C a block
  static constexpr int columns = columns_;                ///< of C a block
  static constexpr int thread_rows = thread_rows_;        ///< of C a thread, in groups of 4
  static constexpr int thread_columns = thread_columns_;  ///< of C a thread, in groups of 4
  static constexpr int step = step_;                      ///< of k
  static constexpr int stages = stages_;                  ///< steps in shared memory
  static constexpr int blocks = blocks_;                  ///< at least, on a multiprocessor
  static constexpr int band = band_;                      ///< of tile rows, see gemm_tile()

  static constexpr int threads = rows / thread_rows * (columns / thread_columns);
  static constexpr int warp_rows = 4 * thread_rows;
  static constexpr int warp_columns = 8 * thread_columns;
  static constexpr int pass = threads / 8;  ///< rows of 8 elements along k that all threads copy at once
  static constexpr int a_pitch = rows + 4;  ///< keeps 16-byte alignment; 8 steps along k hit 8 banks
  static constexpr int b_pitch = columns + 4;

  static_assert(rows % warp_rows == 0 && columns % warp_columns == 0, "whole warps");
  static_assert(rows % pass == 0 && columns % pass == 0 && step % 8 == 0, "whole copies");
  static_assert(stages * step * (a_pitch + b_pitch) * 4 <= 48 * 1024, "static shared memory");
};

// Rows, columns, a thread's rows and columns, step, stages, blocks, band.
using BestShape = Fp32Shape<128, 128, 8, 8, 8, 4, 2, 16>;

struct Fp32Problem {
  const float* a;
  const float* b;
  float* c;
  int m, n, k;
  std::size_t lda, ldb, ldc;
  int tile_rows, tile_columns;
};

/// Copies one element to shared memory, or a zero if not `inside`; `source` must be a valid address anyway.
__device__ inline void copy_element(float* target, const float* source, bool inside) {
#if __CUDA_ARCH__ >= 800
  const auto address = static_cast<std::uint32_t>(__cvta_generic_to_shared(target));
  asm volatile("cp.async.ca.shared.global [%0], [%1], 4, %2;" ::"r"(address), "l"(source),
               "r"(inside ? 4 : 0)
               : "memory");
#else
  *target = inside ? *source : 0.0f;
#endif
}

__device__ inline void commit_copies() {
#if __CUDA_ARCH__ >= 800
  asm volatile("cp.async.commit_group;" ::: "memory");
#endif
}

/// Waits until all but this thread's `pending` newest groups of copies have arrived.
template <int pending>
__device__ inline void wait_for_copies() {
#if __CUDA_ARCH__ >= 800
  asm volatile("cp.async.wait_group %0;" ::"n"(pending) : "memory");
#endif
}

/// One input's share of a thread in the copies, transposed: element (row, p) goes to shared[p][row].
template <typename Shape, int rows, int pitch, bool whole>
struct Copier {
  const float* source;  ///< of the thread's first row, at its position along k in the first step
  std::size_t stride;   ///< elements between the rows of two passes
  int target;           ///< where that goes, as an index into a stage
  int rows_left;        ///< of the matrix, from the thread's first row on; may be negative
  int p;                ///< the thread's position along k in the first step

  __device__ Copier(const float* matrix, std::size_t leading, int first_row, int matrix_rows) {
    const int row = static_cast<int>(threadIdx.x) / 8;
    p = static_cast<int>(threadIdx.x) % 8;
    rows_left = matrix_rows - first_row - row;
    // Outside the matrix nothing is read, but the address must stand in it.
    source = matrix + static_cast<std::size_t>(whole || rows_left > 0 ? first_row + row : 0) * leading;
    stride = Shape::pass * leading;
    target = p * pitch + row;
  }

  /// Copies the step that starts at `first` along k.
  __device__ void copy(float* stage, int first, int k) const {
#pragma unroll
    for (int q = 0; q < Shape::step; q += 8) {
      const int position = first + p + q;
#pragma unroll
      for (int i = 0; i < rows / Shape::pass; ++i) {
        const bool inside = whole || (i * Shape::pass < rows_left && position < k);
        const float* from = inside ? source + i * stride + position : source;
        copy_element(stage + target + q * pitch + i * Shape::pass, from, inside);
      }
    }
  }
};

/// Groups of four elements, `gap` apart, of a row of shared memory.
template <int count, int gap>
__device__ inline void read_fragment(const float* shared, float (&fragment)[count]) {
#pragma unroll
  for (int group = 0; group < count / 4; ++group) {
    const float4 four = *reinterpret_cast<const float4*>(shared + group * gap);
    fragment[4 * group + 0] = four.x;
    fragment[4 * group + 1] = four.y;
    fragment[4 * group + 2] = four.z;
    fragment[4 * group + 3] = four.w;
  }
}

template <bool vectors>
__device__ inline void store_four(const Fp32Problem& problem, int row, int column, const float* values) {
  float* target = problem.c + row * problem.ldc + column;
  if (vectors) {
    *reinterpret_cast<float4*>(target) = {values[0], values[1], values[2], values[3]};
    return;
  }
  if (row >= problem.m) return;
#pragma unroll
  for (int j = 0; j < 4; ++j)
    if (column + j < problem.n) target[j] = values[j];
}

/// whole: m, n and k are multiples of the tile and the step, and rows of C start at multiples of 16 bytes.
template <typename Shape, bool whole>
__global__ void __launch_bounds__(Shape::threads, Shape::blocks) gemm_fp32_kernel(const Fp32Problem problem) {
  __shared__ __align__(16) float shared_a[Shape::stages][Shape::step * Shape::a_pitch];
  __shared__ __align__(16) float shared_b[Shape::stages][Shape::step * Shape::b_pitch];
  const GemmTile tile =
      gemm_tile(static_cast<int>(blockIdx.x), problem.tile_rows, problem.tile_columns, Shape::band);
  const int first_row = tile.row * Shape::rows, first_column = tile.column * Shape::columns;
  const Copier<Shape, Shape::rows, Shape::a_pitch, whole> a_copier(problem.a, problem.lda, first_row,
                                                                   problem.m);
  const Copier<Shape, Shape::columns, Shape::b_pitch, whole> b_copier(problem.b, problem.ldb, first_column,
                                                                      problem.n);

  const int warp = static_cast<int>(threadIdx.x) / 32, lane = static_cast<int>(threadIdx.x) % 32;
  constexpr int warps_across = Shape::columns / Shape::warp_columns;
  const int thread_row = warp / warps_across * Shape::warp_rows + (lane / 16 * 2 + lane % 2) * 4;
  const int thread_column = warp % warps_across * Shape::warp_columns + lane / 2 % 8 * 4;

  const auto copy_step = [&](int stage, int first) {
    if (first < problem.k) {
      a_copier.copy(shared_a[stage], first, problem.k);
      b_copier.copy(shared_b[stage], first, problem.k);
    }
    commit_copies();  // an empty group too, so that the count of groups is that of steps
  };
#pragma unroll
  for (int stage = 0; stage < Shape::stages - 1; ++stage)
    copy_step(stage, stage * Shape::step);
  wait_for_copies<Shape::stages - 2>();
  __syncthreads();

  float sums[Shape::thread_rows][Shape::thread_columns] = {};
  float a[2][Shape::thread_rows], b[2][Shape::thread_columns];
  read_fragment<Shape::thread_rows, 16>(shared_a[0] + thread_row, a[0]);
  read_fragment<Shape::thread_columns, 32>(shared_b[0] + thread_column, b[0]);

  int stage = 0;                 // being computed
  int free = Shape::stages - 1;  // computed before, to be filled next
  for (int first = 0; first < problem.k; first += Shape::step) {
#pragma unroll
    for (int q = 0; q < Shape::step; ++q) {
      if (q == Shape::step - 1) {
        // All of this stage is in registers, and the next one has arrived.
        wait_for_copies<Shape::stages - 2>();
        __syncthreads();
        free = stage;
        stage = stage + 1 == Shape::stages ? 0 : stage + 1;
      }
      // After the last step this reads values that nobody uses.
      constexpr int step = Shape::step;
      read_fragment<Shape::thread_rows, 16>(
          shared_a[stage] + (q + 1) % step * Shape::a_pitch + thread_row, a[(q + 1) % 2]);
      read_fragment<Shape::thread_columns, 32>(
          shared_b[stage] + (q + 1) % step * Shape::b_pitch + thread_column, b[(q + 1) % 2]);
      if (q == 0) copy_step(free, first + (Shape::stages - 1) * Shape::step);
#pragma unroll
      for (int i = 0; i < Shape::thread_rows; ++i)
#pragma unroll
        for (int j = 0; j < Shape::thread_columns; ++j)
          sums[i][j] += a[q % 2][i] * b[q % 2][j];
    }
  }

#pragma unroll
  for (int i = 0; i < Shape::thread_rows; ++i)
#pragma unroll
    for (int j = 0; j < Shape::thread_columns; j += 4)
      store_four<whole>(problem, first_row + thread_row + i / 4 * 16 + i % 4,
                        first_column + thread_column + j / 4 * 32, sums[i] + j);
}

template <typename Shape>
bool is_whole(const GemmProblem& problem) {
  return problem.m % Shape::rows == 0 && problem.n % Shape::columns == 0 && problem.k % Shape::step == 0 &&
         problem.offset % 4 == 0 && problem.ldc % 4 == 0;
}

template <typename Shape>
std::string describe(bool whole) {
  return "tiles " + std::to_string(Shape::rows) + "x" + std::to_string(Shape::columns) + "x" +
         std::to_string(Shape::step) + ", " + std::to_string(Shape::thread_rows) + "x" +
         std::to_string(Shape::thread_columns) + " a thread, " + std::to_string(Shape::stages) + " stages" +
         (whole ? "" : ", guarded edges");
}

template <typename Shape>
PreparedGemm prepare(const GemmProblem& problem, const GemmBuffers& buffers) {
  Fp32Problem p;
  p.a = static_cast<const float*>(buffers.a) + problem.offset;
  p.b = static_cast<const float*>(buffers.b) + problem.offset;
  p.c = static_cast<float*>(buffers.c) + problem.offset;
  p.m = static_cast<int>(problem.m);
  p.n = static_cast<int>(problem.n);
  p.k = static_cast<int>(problem.k);
  p.lda = problem.lda;
  p.ldb = problem.ldb;
  p.ldc = problem.ldc;
  p.tile_rows = (p.m + Shape::rows - 1) / Shape::rows;
  p.tile_columns = (p.n + Shape::columns - 1) / Shape::columns;
  const bool whole = is_whole<Shape>(problem);
  const unsigned blocks = static_cast<unsigned>(p.tile_rows * p.tile_columns);
  return {[p, whole, blocks](cudaStream_t stream) {
            if (whole) {
              gemm_fp32_kernel<Shape, true><<<blocks, Shape::threads, 0, stream>>>(p);
            } else {
              gemm_fp32_kernel<Shape, false><<<blocks, Shape::threads, 0, stream>>>(p);
            }
            check(cudaGetLastError(), "launching the fp32 GEMM kernel");
          },
          describe<Shape>(whole)};
}

}  // namespace

PreparedGemm prepare_gemm_fp32(const GemmProblem& problem, const GemmBuffers& buffers) {
  if (problem.m == 0 || problem.n == 0 || problem.k == 0) return prepare_gemm_zero(problem, buffers);
  return prepare<BestShape>(problem, buffers);
}

}  // namespace cuparity::device
