// Bound: FLOP of the vector units. After Goto and van de Geijn, Anatomy of High-Performance Matrix Multiplication (2008): a panel of B
// (depth x width) is packed once for all threads and stays in the outer caches, each thread packs a block
// of A (height x depth) for its L2, and the micro kernel keeps a tile of C in registers while it runs
// along the depth. Packing turns both operands into the micro kernel's order and pads edges with zeros,
// so there is one micro kernel and no special case inside it.
#include "kernels/gemm/gemm_blocked.hpp"

#include <omp.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <new>

#if defined(__x86_64__) && defined(__GNUC__)
#define CUPARITY_X86_VECTOR_UNITS
#endif

namespace cuparity {
namespace {

constexpr std::size_t depth = 256;
constexpr std::size_t width = 3072;
constexpr std::size_t largest_height = 192;
constexpr std::size_t alignment = 64;

/// tile = packed_a (depth x rows) * packed_b (depth x columns); the tile is row-major, rows x columns.
template <typename Real>
using MicroKernel = void (*)(std::size_t depth_here, const Real* packed_a, const Real* packed_b, Real* tile);

template <typename Real>
struct Kernel {
  std::size_t rows;
  std::size_t columns;
  MicroKernel<Real> multiply;
};

template <typename Real, int bytes>
struct Vector {
  typedef Real type __attribute__((vector_size(bytes)));
};

/// Inlined into functions that name a vector unit, so that `bytes` is the width of its registers.
template <typename Real, int bytes, int rows, int vectors>
__attribute__((always_inline)) inline void multiply_tile(std::size_t depth_here, const Real* packed_a,
                                                         const Real* packed_b, Real* tile) {
  using V = typename Vector<Real, bytes>::type;
  constexpr int lanes = bytes / static_cast<int>(sizeof(Real));
  V sums[rows][vectors] = {};
  for (std::size_t p = 0; p < depth_here; ++p) {
    V b[vectors];
#pragma GCC unroll 8
    for (int v = 0; v < vectors; ++v)
      std::memcpy(&b[v], packed_b + v * lanes, bytes);
#pragma GCC unroll 16
    for (int i = 0; i < rows; ++i) {
#pragma GCC unroll 8
      for (int v = 0; v < vectors; ++v)
        sums[i][v] += packed_a[i] * b[v];
    }
    packed_a += rows;
    packed_b += vectors * lanes;
  }
#pragma GCC unroll 16
  for (int i = 0; i < rows; ++i)
    for (int v = 0; v < vectors; ++v)
      std::memcpy(tile + (i * vectors + v) * lanes, &sums[i][v], bytes);
}

template <typename Real>
void multiply_baseline(std::size_t depth_here, const Real* a, const Real* b, Real* tile) {
  multiply_tile<Real, 16, 4, 2>(depth_here, a, b, tile);
}

#ifdef CUPARITY_X86_VECTOR_UNITS
template <typename Real>
__attribute__((target("avx2,fma"))) void multiply_avx2(std::size_t depth_here, const Real* a, const Real* b,
                                                       Real* tile) {
  multiply_tile<Real, 32, 6, 2>(depth_here, a, b, tile);
}

template <typename Real>
__attribute__((target("avx512f"))) void multiply_avx512(std::size_t depth_here, const Real* a, const Real* b,
                                                        Real* tile) {
  multiply_tile<Real, 64, 12, 2>(depth_here, a, b, tile);
}
#endif

template <typename Real>
Kernel<Real> best_kernel() {
  [[maybe_unused]] constexpr std::size_t size = sizeof(Real);
#ifdef CUPARITY_X86_VECTOR_UNITS
  if (__builtin_cpu_supports("avx512f")) return {12, 2 * 64 / size, multiply_avx512<Real>};
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
    return {6, 2 * 32 / size, multiply_avx2<Real>};
#endif
  return {4, 2 * 16 / size, multiply_baseline<Real>};
}

struct AlignedDelete {
  void operator()(void* memory) const { ::operator delete (memory, std::align_val_t{alignment}); }
};

template <typename Real>
using Packed = std::unique_ptr<Real[], AlignedDelete>;

template <typename Real>
Packed<Real> allocate(std::size_t count) {
  return Packed<Real>(static_cast<Real*>(::operator new (count * sizeof(Real), std::align_val_t{alignment})));
}

/// Rows first..first+count of a row-major matrix, columns column..column+depth_here, as one strip that
/// holds, for each column, `strip` rows; rows past the end are zero.
template <typename Real>
void pack_strip(const Real* matrix, std::size_t leading, std::size_t count, std::size_t depth_here,
                std::size_t strip, Real* packed) {
  for (std::size_t i = 0; i < strip; ++i) {
    if (i < count) {
      for (std::size_t p = 0; p < depth_here; ++p)
        packed[p * strip + i] = matrix[i * leading + p];
    } else {
      for (std::size_t p = 0; p < depth_here; ++p)
        packed[p * strip + i] = 0;
    }
  }
}

template <typename Real>
void add_tile(const Real* tile, std::size_t tile_columns, std::size_t rows, std::size_t columns, bool first,
              Real* c, std::size_t ldc) {
  for (std::size_t i = 0; i < rows; ++i)
    for (std::size_t j = 0; j < columns; ++j) {
      const Real value = tile[i * tile_columns + j];
      c[i * ldc + j] = first ? value : c[i * ldc + j] + value;
    }
}

/// A block of A of at most height rows times the packed panel of B, added to C.
template <typename Real>
void multiply_block(const Kernel<Real>& kernel, const Real* packed_a, const Real* packed_b, std::size_t rows,
                    std::size_t columns, std::size_t depth_here, bool first, Real* c, std::size_t ldc) {
  alignas(alignment) Real tile[12 * 2 * 64 / sizeof(Real)];
  for (std::size_t j = 0; j < columns; j += kernel.columns)
    for (std::size_t i = 0; i < rows; i += kernel.rows) {
      kernel.multiply(depth_here, packed_a + i * depth_here, packed_b + j * depth_here, tile);
      add_tile(tile, kernel.columns, std::min(kernel.rows, rows - i), std::min(kernel.columns, columns - j),
               first, c + i * ldc + j, ldc);
    }
}

std::size_t round_up(std::size_t value, std::size_t multiple) {
  return (value + multiple - 1) / multiple * multiple;
}

template <typename Real>
void zero(const GemmProblem& problem, Real* c) {
  for (std::size_t i = 0; i < problem.m; ++i)
    std::fill_n(c + i * problem.ldc, problem.n, Real{0});
}

template <typename Real>
void multiply(const GemmProblem& problem, const Real* a, const Real* b, Real* c) {
  a += problem.offset;
  b += problem.offset;
  c += problem.offset;
  if (problem.k == 0) return zero(problem, c);
  const Kernel<Real> kernel = best_kernel<Real>();
  const std::size_t threads = static_cast<std::size_t>(omp_get_max_threads());
  // At least two blocks a thread, so that an unlucky one does not hold up all.
  const std::size_t height =
      round_up(std::clamp(problem.m / (2 * threads), std::size_t{1}, largest_height), kernel.rows);
  const std::size_t panel = std::min(round_up(problem.n, kernel.columns), round_up(width, kernel.columns));
  const Packed<Real> packed_b = allocate<Real>(panel * depth);
#pragma omp parallel
  {
    const Packed<Real> packed_a = allocate<Real>(height * depth);
    for (std::size_t column = 0; column < problem.n; column += panel)
      for (std::size_t p = 0; p < problem.k; p += depth) {
        const std::size_t columns = std::min(panel, problem.n - column);
        const std::size_t depth_here = std::min(depth, problem.k - p);
#pragma omp for schedule(static)
        for (std::size_t j = 0; j < columns; j += kernel.columns)
          pack_strip(b + (column + j) * problem.ldb + p, problem.ldb, std::min(kernel.columns, columns - j),
                     depth_here, kernel.columns, packed_b.get() + j * depth_here);
#pragma omp for schedule(dynamic)
        for (std::size_t row = 0; row < problem.m; row += height) {
          const std::size_t rows = std::min(height, problem.m - row);
          for (std::size_t i = 0; i < rows; i += kernel.rows)
            pack_strip(a + (row + i) * problem.lda + p, problem.lda, std::min(kernel.rows, rows - i),
                       depth_here, kernel.rows, packed_a.get() + i * depth_here);
          multiply_block(kernel, packed_a.get(), packed_b.get(), rows, columns, depth_here, p == 0,
                         c + row * problem.ldc + column, problem.ldc);
        }
      }
  }
}

}  // namespace

void gemm_blocked(const GemmProblem& problem, const float* a, const float* b, float* c) {
  multiply(problem, a, b, c);
}

void gemm_blocked(const GemmProblem& problem, const double* a, const double* b, double* c) {
  multiply(problem, a, b, c);
}

const char* gemm_blocked_vector_unit() {
  const std::size_t rows = best_kernel<float>().rows;
  return rows == 12 ? "avx512f" : rows == 6 ? "avx2+fma" : "baseline";
}

}  // namespace cuparity
