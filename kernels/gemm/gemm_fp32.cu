// fp32 GEMM on the ordinary arithmetic units, for every GPU.
//
// Bound by FLOP: 2 * 128 * multiprocessors * clock on recent GPUs. A scheduler issues one instruction a clock, so what
// is no multiply-add costs as much as one; and each of the two register banks delivers one operand a clock, so one of a
// multiply-add's three operands has to come from the operand cache. What keeps the multiply-adds fed:
// - A thread's 16 x 8 sums stay in registers: six 16-byte loads from shared memory feed 128 multiply-adds, and the
//   values for one position along k are loaded while those before are multiplied. 93 % of the loop's instructions are
//   multiply-adds.
// - Sums are visited row by row, there and back: the value of A, at a turn that of B, is the one used before. The other
//   two operands come from one bank each where the compiler has put the sum opposite to the value of B: see alpha.
// - A warp's lanes are 4 x 8 with neighbours above each other: pairs of lanes read the same 16 bytes, and
//   the hardware then serves a 16-byte load of the whole warp in two turns instead of four.
// - Inputs run along k, shared memory along m and n: a step comes in two to four 16-byte loads a thread and goes from
//   registers to shared memory while the step before is computed; a warp's store takes 16 rows at two positions
//   along k, which are 32 different banks. Two steps of shared memory, one barrier a step.
// Which tile is fastest depends on the GPU and the size, so the shapes are timed once a problem. All sum along k in the
// same order; that their bits are the same is checked before.
// What it reaches on an H200: 51.3 TFLOP/s at 4096 and 51.6 at 8192, 77 % of what the units could at 1980 MHz and 1.01 to
// 1.02 of cuBLAS; 0.99 to 1.00 in tiles of 256 x 128 and 128 x 256, 0.95 with 8 x 8 sums a thread.
#include <algorithm>

#include "kernels/gemm/gemm_device.hpp"
#include "kernels/gemm/gemm_shape_choice.hpp"
#include "kernels/gemm/gemm_tile_order.hpp"

namespace cuparity::device {
namespace {

constexpr int step = 8;  // of k

template <int rows_, int columns_, int thread_rows_, int thread_columns_, int blocks_, int band_>
struct Fp32Shape {
  static constexpr int rows = rows_;                      ///< of C a block
  static constexpr int columns = columns_;                ///< of C a block
  static constexpr int thread_rows = thread_rows_;        ///< of C a thread, in groups of 4
  static constexpr int thread_columns = thread_columns_;  ///< of C a thread, in groups of 4
  static constexpr int blocks = blocks_;                  ///< at least, on a multiprocessor
  static constexpr int band = band_;                      ///< of tile rows, see gemm_tile()

  static constexpr int threads = rows / thread_rows * (columns / thread_columns);
  static constexpr int warp_rows = 4 * thread_rows;
  static constexpr int warp_columns = 8 * thread_columns;
  static constexpr int pass = threads / 2;  ///< rows of which all threads load a step at once, 4 elements each
  static constexpr int a_passes = rows / pass;
  static constexpr int passes = a_passes + columns / pass;
  static constexpr int a_pitch = rows + 4;  ///< 16-byte alignment, and 4 steps along k are half the banks away
  static constexpr int b_pitch = columns + 4;

  /// At which position of a step a pass's elements go to shared memory: as late as they can.
  __device__ static constexpr int store_at(int of_pass) { return step - 1 - passes + of_pass; }

  static_assert(rows % warp_rows == 0 && columns % warp_columns == 0, "whole warps");
  static_assert(rows % pass == 0 && columns % pass == 0, "whole passes");
  static_assert(a_pitch * 4 % 32 == 16 && b_pitch * 4 % 32 == 16, "stores without bank conflicts");
  static_assert(step % 2 == 0, "fragments alternate between two sets of registers");
  static_assert(passes < step, "all is stored before the step's barrier");
  static_assert(2 * step * (a_pitch + b_pitch) * 4 <= 48 * 1024, "static shared memory");
};

struct Fp32Problem {
  const float* a;
  const float* b;
  float* c;
  int m, n, k;
  std::size_t lda, ldb, ldc;
  int tile_rows, tile_columns;
  /// C = alpha * A * B, always 1. The product is another register than the sum: a 16-byte store wants four sums in
  /// registers side by side, and they would then lie in the bank of the values of B that they are computed with.
  float alpha;
};

/// One input's share of a thread in the loads: four elements along k of a row a pass. They are kept in registers, then
/// stored transposed: element (row, p) goes to stage[p][row].
template <typename Shape, int rows, int pitch, bool whole>
struct Loader {
  static constexpr int passes = rows / Shape::pass;
  const float* source;  ///< of the thread's first row, at its position along k in the first step
  std::size_t stride;   ///< elements between the rows of two passes
  int target;           ///< where that goes, as an index into a stage
  int rows_left;        ///< of the matrix, from the thread's first row on; may be negative
  int p;                ///< the thread's position along k in a step
  float held[passes][4];

  __device__ Loader(const float* matrix, std::size_t leading, int first_row, int matrix_rows) {
    const int row = static_cast<int>(threadIdx.x) / 2;
    p = static_cast<int>(threadIdx.x) % 2 * 4;
    rows_left = matrix_rows - first_row - row;
    // Outside the matrix nothing is read, but the address stands in it.
    source = matrix + static_cast<std::size_t>(whole || rows_left > 0 ? first_row + row : 0) * leading + p;
    stride = Shape::pass * leading;
    target = p * pitch + row;
  }

  /// Loads from the step that starts at `first` along k; zeros outside the matrix.
  __device__ void load(int pass, int first, int k) {
    const float* from = source + pass * stride + first;
    if constexpr (whole) {
      const float4 four = *reinterpret_cast<const float4*>(from);
      held[pass][0] = four.x;
      held[pass][1] = four.y;
      held[pass][2] = four.z;
      held[pass][3] = four.w;
    } else {
#pragma unroll
      for (int j = 0; j < 4; ++j)
        held[pass][j] = pass * Shape::pass < rows_left && first + p + j < k ? from[j] : 0.0f;
    }
  }

  __device__ void store(int pass, float* stage) const {
#pragma unroll
    for (int j = 0; j < 4; ++j)
      stage[target + j * pitch + pass * Shape::pass] = held[pass][j];
  }
};

/// Both inputs' loaders: the passes of A, then those of B.
template <typename Shape, bool whole>
struct Loaders {
  Loader<Shape, Shape::rows, Shape::a_pitch, whole> a;
  Loader<Shape, Shape::columns, Shape::b_pitch, whole> b;

  __device__ void load(int pass, int first, int k) {
    if (pass < Shape::a_passes) a.load(pass, first, k);
    else b.load(pass - Shape::a_passes, first, k);
  }
  __device__ void store(int pass, float* a_stage, float* b_stage) const {
    if (pass < Shape::a_passes) a.store(pass, a_stage);
    else b.store(pass - Shape::a_passes, b_stage);
  }
  __device__ void load_all(int first, int k) {
#pragma unroll
    for (int pass = 0; pass < Shape::passes; ++pass)
      load(pass, first, k);
  }
  __device__ void store_all(float* a_stage, float* b_stage) const {
#pragma unroll
    for (int pass = 0; pass < Shape::passes; ++pass)
      store(pass, a_stage, b_stage);
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

/// sums += a * b^T, line by line along the shorter side, there and back, so that two multiply-adds in a row have an
/// operand in common.
template <int rows, int columns>
__device__ inline void multiply_add(const float (&a)[rows], const float (&b)[columns], float (&sums)[rows][columns]) {
  constexpr bool by_rows = rows > columns;
  constexpr int lines = by_rows ? rows : columns, length = by_rows ? columns : rows;
#pragma unroll
  for (int line = 0; line < lines; ++line)
#pragma unroll
    for (int position = 0; position < length; ++position) {
      const int across = line % 2 == 0 ? position : length - 1 - position;
      const int i = by_rows ? line : across, j = by_rows ? across : line;
      sums[i][j] = fmaf(a[i], b[j], sums[i][j]);
    }
}

template <bool vectors>
__device__ inline void store_four(const Fp32Problem& problem, int row, int column, const float* sums) {
  float* target = problem.c + row * problem.ldc + column;
  const float alpha = problem.alpha;
  if (vectors) {
    *reinterpret_cast<float4*>(target) = {alpha * sums[0], alpha * sums[1], alpha * sums[2], alpha * sums[3]};
    return;
  }
  if (row >= problem.m) return;
#pragma unroll
  for (int j = 0; j < 4; ++j)
    if (column + j < problem.n) target[j] = alpha * sums[j];
}

/// whole: m, n and k are multiples of the tile and the step, and rows start at multiples of 16 bytes.
template <typename Shape, bool whole>
__global__ void __launch_bounds__(Shape::threads, Shape::blocks) gemm_fp32_kernel(const Fp32Problem problem) {
  constexpr int a_stage = step * Shape::a_pitch, b_stage = step * Shape::b_pitch;
  __shared__ __align__(16) float shared_a[2 * a_stage];
  __shared__ __align__(16) float shared_b[2 * b_stage];
  const GemmTile tile =
      gemm_tile(static_cast<int>(blockIdx.x), problem.tile_rows, problem.tile_columns, Shape::band);
  const int first_row = tile.row * Shape::rows, first_column = tile.column * Shape::columns;
  const int k = problem.k;
  Loaders<Shape, whole> loaders{{problem.a, problem.lda, first_row, problem.m},
                                {problem.b, problem.ldb, first_column, problem.n}};

  const int warp = static_cast<int>(threadIdx.x) / 32, lane = static_cast<int>(threadIdx.x) % 32;
  constexpr int warps_across = Shape::columns / Shape::warp_columns;
  const int thread_row = warp / warps_across * Shape::warp_rows + (lane / 16 * 2 + lane % 2) * 4;
  const int thread_column = warp % warps_across * Shape::warp_columns + lane / 2 % 8 * 4;

  // Past the end the last step is loaded again, or zeros, for nobody.
  const auto next_step = [k](int first) { return whole ? min(first, k - step) : first; };
  loaders.load_all(0, k);
  loaders.store_all(shared_a, shared_b);
  __syncthreads();

  float sums[Shape::thread_rows][Shape::thread_columns] = {};
  float a[2][Shape::thread_rows], b[2][Shape::thread_columns];
  const float* read_a = shared_a + thread_row;
  const float* read_b = shared_b + thread_column;
  float* write_a = shared_a + a_stage;
  float* write_b = shared_b + b_stage;
  int a_toggle = a_stage, b_toggle = b_stage;  // to the other stage
  read_fragment<Shape::thread_rows, 16>(read_a, a[0]);
  read_fragment<Shape::thread_columns, 32>(read_b, b[0]);

#pragma unroll 1
  for (int first = 0; first < k; first += step) {
    const int next = next_step(first + step);
#pragma unroll
    for (int q = 0; q < step; ++q) {
      if (q == 0) loaders.load_all(next, k);
#pragma unroll
      for (int pass = 0; pass < Shape::passes; ++pass)
        if (q == Shape::store_at(pass)) loaders.store(pass, write_a, write_b);
      if (q == step - 1) {
        // All of this stage is in registers, and all of the other is stored.
        __syncthreads();
        read_a += step * Shape::a_pitch + a_toggle - a_stage;
        read_b += step * Shape::b_pitch + b_toggle - b_stage;
        write_a -= a_toggle;
        write_b -= b_toggle;
        a_toggle = -a_toggle;
        b_toggle = -b_toggle;
      }
      // After the last step this reads values that nobody uses.
      read_fragment<Shape::thread_rows, 16>(read_a + (q + 1) % step * Shape::a_pitch, a[(q + 1) % 2]);
      read_fragment<Shape::thread_columns, 32>(read_b + (q + 1) % step * Shape::b_pitch, b[(q + 1) % 2]);
      multiply_add(a[q % 2], b[q % 2], sums);
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
  return problem.m % Shape::rows == 0 && problem.n % Shape::columns == 0 && problem.k % step == 0 &&
         problem.offset % 4 == 0 && problem.lda % 4 == 0 && problem.ldb % 4 == 0 && problem.ldc % 4 == 0;
}

template <typename Shape>
std::string describe(bool whole) {
  return "tiles " + std::to_string(Shape::rows) + "x" + std::to_string(Shape::columns) + "x" +
         std::to_string(step) + ", " + std::to_string(Shape::thread_rows) + "x" +
         std::to_string(Shape::thread_columns) + " a thread" + (whole ? "" : ", guarded edges");
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
  p.alpha = 1.0f;
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

std::vector<PreparedGemm> prepare_gemm_fp32_shapes(const GemmProblem& problem, const GemmBuffers& buffers) {
  if (problem.m == 0 || problem.n == 0 || problem.k == 0) return {prepare_gemm_zero(problem, buffers)};
  // Rows, columns, a thread's rows and columns, blocks, band. In the order in which they come out on an H200.
  return {prepare<Fp32Shape<128, 128, 16, 8, 2, 16>>(problem, buffers),
          prepare<Fp32Shape<256, 128, 16, 8, 1, 8>>(problem, buffers),
          prepare<Fp32Shape<128, 256, 16, 8, 1, 16>>(problem, buffers),
          prepare<Fp32Shape<128, 128, 8, 8, 2, 16>>(problem, buffers)};
}

PreparedGemm prepare_gemm_fp32(const GemmProblem& problem, const GemmBuffers& buffers, Context& context) {
  return fastest_gemm_shape(prepare_gemm_fp32_shapes(problem, buffers), problem, buffers, context);
}

}  // namespace cuparity::device
