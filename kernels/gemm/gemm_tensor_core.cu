// fp16, bf16 and fp8 GEMM on the tensor cores with mma.sync, for every GPU that has them.
//
// Bound by FLOP (the tensor cores' rate). A block of four warps computes a 128 x 128 tile of C, a warp
// 64 x 64 of it, all sums in registers: each 16-byte row of shared memory that ldmatrix reads is used 64
// times. Three stages of 64 bytes along k travel by cp.async straight to shared memory while earlier ones are
// computed; two blocks fit a multiprocessor and hide each other's barriers. Before compute capability 8.0
// there is no cp.async and a stage is copied through registers. On Hopper mma.sync reaches about two
// thirds of the tensor cores' rate; gemm_hopper.cu is for that.
#include <cuda_bf16.h>
#include <cuda_fp16.h>
#include <cuda_runtime_api.h>
#if CUDART_VERSION >= 11080
#include <cuda_fp8.h>
#endif

#include <cstdint>
#include <stdexcept>
#include <type_traits>

#include "kernels/gemm/gemm_device.hpp"
#include "kernels/gemm/gemm_tile_order.hpp"

namespace cuparity::device {
namespace {

constexpr int tile = 128;       // rows and columns of C a block
constexpr int step_bytes = 64;  // of k a stage
constexpr int stages = 3;
constexpr int threads = 128;
constexpr int chunk_bytes = 16;                   // that one access moves
constexpr int chunks = step_bytes / chunk_bytes;  // a row of a stage
constexpr int stage_bytes = tile * step_bytes;    // of one operand
constexpr int shared_bytes = 2 * stages * stage_bytes;
constexpr int band = 16;  // of tile rows, see gemm_tile()
static_assert(shared_bytes <= 48 * 1024, "more needs cudaFuncSetAttribute");

/// What is computed from inputs of type Element.
template <typename Element>
struct OutputOf {
  using Type = Element;
};
#if CUDART_VERSION >= 12040  // the first whose mma.sync takes fp8
#define CUPARITY_HAVE_FP8_MMA
template <>
struct OutputOf<__nv_fp8_e4m3> {
  using Type = __nv_bfloat16;
};
#endif
template <typename Element>
using Output = typename OutputOf<Element>::Type;

template <typename Element>
constexpr int step = step_bytes / static_cast<int>(sizeof(Element));
template <typename Element>
constexpr int chunk = chunk_bytes / static_cast<int>(sizeof(Element));

template <typename Element>
struct Operands {
  const Element* a;
  const Element* b;
  Output<Element>* c;
  int m, n, k;
  std::size_t lda, ldb, ldc;
  int tile_rows, tile_columns;
};

/// Byte offset of a 16-byte chunk in a stage. Rows are 64 bytes, so two rows span the 32 banks; the
/// exclusive or spreads the same chunk of eight successive rows over all of them.
__device__ std::uint32_t chunk_offset(int row, int column) {
  return static_cast<std::uint32_t>(row * step_bytes + ((column ^ (row >> 1 & 3)) << 4));
}

__device__ void copy_chunk(std::uint32_t shared, const void* global, bool inside) {
#if __CUDA_ARCH__ >= 800
  // With a source size of 0 nothing is read and 16 zero bytes are written.
  asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"(shared), "l"(global),
               "r"(inside ? 16 : 0)
               : "memory");
#else
  const uint4 value = inside ? *static_cast<const uint4*>(global) : uint4{0, 0, 0, 0};
  asm volatile("st.shared.v4.u32 [%0], {%1, %2, %3, %4};" ::"r"(shared), "r"(value.x), "r"(value.y),
               "r"(value.z), "r"(value.w)
               : "memory");
#endif
}

__device__ void commit_copies() {
#if __CUDA_ARCH__ >= 800
  asm volatile("cp.async.commit_group;" ::: "memory");
#endif
}

/// Waits until at most `pending` of this thread's groups are under way.
template <int pending>
__device__ void wait_for_copies() {
#if __CUDA_ARCH__ >= 800
  asm volatile("cp.async.wait_group %0;" ::"n"(pending) : "memory");
#endif
}

/// Element e of a chunk, or zero, to shared memory.
template <typename Element>
__device__ void store_element(std::uint32_t target, int e, const Element* source, bool inside) {
  if (sizeof(Element) == 2) {
    const std::uint16_t bits = inside ? reinterpret_cast<const std::uint16_t*>(source)[e] : std::uint16_t{0};
    asm volatile("st.shared.u16 [%0], %1;" ::"r"(target + 2 * e), "h"(bits) : "memory");
  } else {
    const std::uint32_t bits = inside ? reinterpret_cast<const std::uint8_t*>(source)[e] : 0u;
    asm volatile("st.shared.u8 [%0], %1;" ::"r"(target + e), "r"(bits) : "memory");
  }
}

/// Copies a stage of one operand: rows first_row.. of a matrix, k from p. Outside it is zero. Not
/// `vectors`: rows may start anywhere and each element is copied on its own.
template <bool vectors, typename Element>
__device__ void load_stage(std::uint32_t shared, const Element* matrix, std::size_t leading, int first_row,
                           int rows, int p, int k) {
#pragma unroll
  for (int i = 0; i < tile * chunks / threads; ++i) {
    const int index = i * threads + static_cast<int>(threadIdx.x);
    const int row = index / chunks, column = index % chunks;
    const int from = p + column * chunk<Element>;
    const bool row_inside = first_row + row < rows;
    const Element* source = matrix + (first_row + row) * leading + from;
    const std::uint32_t target = shared + chunk_offset(row, column);
    if (vectors) {
      const bool inside = row_inside && from < k;
      copy_chunk(target, inside ? source : matrix, inside);
    } else {
#pragma unroll
      for (int e = 0; e < chunk<Element>; ++e) store_element(target, e, source, row_inside && from + e < k);
    }
  }
}

__device__ void load_matrices(std::uint32_t (&fragment)[4], std::uint32_t shared) {
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];"
               : "=r"(fragment[0]), "=r"(fragment[1]), "=r"(fragment[2]), "=r"(fragment[3])
               : "r"(shared)
               : "memory");
}

#if __CUDA_ARCH__ >= 800
#define CUPARITY_MMA(SHAPE, TYPE)                                     \
  asm volatile("mma.sync.aligned." SHAPE ".row.col.f32." TYPE "." TYPE \
               ".f32 {%0, %1, %2, %3}, "                              \
               "{%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"        \
               : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])       \
               : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1))
#endif

/// c (16 x 8) += a * b, 16 rows and 8 columns of 32 bytes along k, b given by its two halves along k.
__device__ void multiply_add(float (&c)[4], const std::uint32_t (&a)[4], std::uint32_t b0, std::uint32_t b1,
                             __half) {
#if __CUDA_ARCH__ >= 800
  CUPARITY_MMA("m16n8k16", "f16");
#else
  asm volatile(
      "mma.sync.aligned.m16n8k8.row.col.f32.f16.f16.f32 {%0, %1, %2, %3}, {%4, %5}, {%6}, {%0, %1, %2, %3};"
      : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
      : "r"(a[0]), "r"(a[1]), "r"(b0));
  asm volatile(
      "mma.sync.aligned.m16n8k8.row.col.f32.f16.f16.f32 {%0, %1, %2, %3}, {%4, %5}, {%6}, {%0, %1, %2, %3};"
      : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
      : "r"(a[2]), "r"(a[3]), "r"(b1));
#endif
}

__device__ void multiply_add(float (&c)[4], const std::uint32_t (&a)[4], std::uint32_t b0, std::uint32_t b1,
                             __nv_bfloat16) {
#if __CUDA_ARCH__ >= 800
  CUPARITY_MMA("m16n8k16", "bf16");
#else
  __trap();  // never chosen: bf16 needs compute capability 8.0
#endif
}

#ifdef CUPARITY_HAVE_FP8_MMA
__device__ void multiply_add(float (&c)[4], const std::uint32_t (&a)[4], std::uint32_t b0, std::uint32_t b1,
                             __nv_fp8_e4m3) {
#if __CUDA_ARCH__ >= 890
  CUPARITY_MMA("m16n8k32", "e4m3");
#else
  __trap();  // never chosen: fp8 needs compute capability 8.9
#endif
}
#endif

__device__ __half2 round_pair(float low, float high, __half) { return __floats2half2_rn(low, high); }
__device__ __nv_bfloat162 round_pair(float low, float high, __nv_bfloat16) {
  return __floats2bfloat162_rn(low, high);
}

/// Two neighbours of a row of C. pairs: ldc is even and C(0, 0) aligned to 4 bytes.
template <typename Element>
__device__ void store_pair(const Operands<Element>& o, int row, int column, float low, float high,
                           bool pairs) {
  if (row >= o.m || column >= o.n) return;
  const auto pair = round_pair(low, high, Output<Element>{});
  Output<Element>* target = o.c + row * o.ldc + column;
  if (pairs && column + 1 < o.n) {
    *reinterpret_cast<std::remove_const_t<decltype(pair)>*>(target) = pair;
    return;
  }
  target[0] = pair.x;
  if (column + 1 < o.n) target[1] = pair.y;
}

/// One stage: the warp's 64 x 64 tile += its 64 rows of A times its 64 columns of B.
template <typename Element>
__device__ void multiply_stage(float (&sums)[4][8][4], std::uint32_t shared_a, std::uint32_t shared_b,
                               int warp_row, int warp_column, int lane) {
#pragma unroll
  for (int q = 0; q < step_bytes / 32; ++q) {
    std::uint32_t a[4][4], b[4][4];
    // A: matrices (rows 0-7, k 0-7), (8-15, 0-7), (0-7, 8-15), (8-15, 8-15) are mma's four registers.
#pragma unroll
    for (int i = 0; i < 4; ++i)
      load_matrices(a[i], shared_a + chunk_offset(warp_row + i * 16 + lane % 16, q * 2 + lane / 16));
      // B, stored by columns: (columns 0-7, k 0-7), (0-7, 8-15), (8-15, 0-7), (8-15, 8-15), two mma's pairs.
#pragma unroll
    for (int j = 0; j < 4; ++j)
      load_matrices(b[j], shared_b + chunk_offset(warp_column + j * 16 + lane / 16 * 8 + lane % 8,
                                                  q * 2 + lane / 8 % 2));
#pragma unroll
    for (int i = 0; i < 4; ++i)
#pragma unroll
      for (int j = 0; j < 8; ++j)
        multiply_add(sums[i][j], a[i], b[j / 2][j % 2 * 2], b[j / 2][j % 2 * 2 + 1], Element{});
  }
}

/// vectors: rows of A and B start at multiples of 16 bytes and k is one, too.
template <bool vectors, typename Element>
__global__ void __launch_bounds__(threads, 2) gemm_tensor_core_kernel(const Operands<Element> o, bool pairs) {
  extern __shared__ __align__(128) unsigned char shared[];
  const auto shared_a = static_cast<std::uint32_t>(__cvta_generic_to_shared(shared));
  const std::uint32_t shared_b = shared_a + stages * stage_bytes;
  const GemmTile position = gemm_tile(static_cast<int>(blockIdx.x), o.tile_rows, o.tile_columns, band);
  const int first_row = position.row * tile, first_column = position.column * tile;
  const int warp = static_cast<int>(threadIdx.x) / 32, lane = static_cast<int>(threadIdx.x) % 32;
  const int warp_row = warp / 2 * 64, warp_column = warp % 2 * 64;
  const int steps = (o.k + step<Element> - 1) / step<Element>;

  const auto load = [&](int index) {
    if (index < steps) {
      const int slot = index % stages;
      load_stage<vectors>(shared_a + slot * stage_bytes, o.a, o.lda, first_row, o.m, index * step<Element>, o.k);
      load_stage<vectors>(shared_b + slot * stage_bytes, o.b, o.ldb, first_column, o.n, index * step<Element>, o.k);
    }
    commit_copies();  // an empty group too, so that the count of groups is that of steps
  };

#pragma unroll
  for (int index = 0; index < stages - 1; ++index)
    load(index);
  float sums[4][8][4] = {};
  for (int index = 0; index < steps; ++index) {
    wait_for_copies<stages - 2>();
    __syncthreads();  // this stage has arrived for all threads, and all are done with the one before it
    load(index + stages - 1);
    const int slot = index % stages;
    multiply_stage<Element>(sums, shared_a + slot * stage_bytes, shared_b + slot * stage_bytes, warp_row,
                            warp_column, lane);
  }

#pragma unroll
  for (int i = 0; i < 4; ++i)
#pragma unroll
    for (int j = 0; j < 8; ++j) {
      const int row = first_row + warp_row + i * 16 + lane / 4;
      const int column = first_column + warp_column + j * 8 + lane % 4 * 2;
      store_pair(o, row, column, sums[i][j][0], sums[i][j][1], pairs);
      store_pair(o, row + 8, column, sums[i][j][2], sums[i][j][3], pairs);
    }
}

template <typename Element>
PreparedGemm prepare(const GemmProblem& problem, const GemmBuffers& buffers) {
  Operands<Element> o;
  o.a = static_cast<const Element*>(buffers.a) + problem.offset;
  o.b = static_cast<const Element*>(buffers.b) + problem.offset;
  o.c = static_cast<Output<Element>*>(buffers.c) + problem.offset;
  o.m = static_cast<int>(problem.m);
  o.n = static_cast<int>(problem.n);
  o.k = static_cast<int>(problem.k);
  o.lda = problem.lda;
  o.ldb = problem.ldb;
  o.ldc = problem.ldc;
  o.tile_rows = (o.m + tile - 1) / tile;
  o.tile_columns = (o.n + tile - 1) / tile;
  constexpr std::size_t whole = chunk<Element>;
  const bool vectors = problem.offset % whole == 0 && problem.lda % whole == 0 && problem.ldb % whole == 0 &&
                       problem.k % whole == 0;
  const bool pairs = problem.offset % 2 == 0 && problem.ldc % 2 == 0;
  const unsigned blocks = static_cast<unsigned>(o.tile_rows * o.tile_columns);
  return {[o, vectors, pairs, blocks](cudaStream_t stream) {
            if (vectors) {
              gemm_tensor_core_kernel<true><<<blocks, threads, shared_bytes, stream>>>(o, pairs);
            } else {
              gemm_tensor_core_kernel<false><<<blocks, threads, shared_bytes, stream>>>(o, pairs);
            }
            check(cudaGetLastError(), "launching the tensor-core GEMM kernel");
          },
          "mma.sync 128x128x" + std::to_string(step<Element>) + (vectors ? "" : " with guarded loads")};
}

}  // namespace

PreparedGemm prepare_gemm_tensor_core(const GemmProblem& problem, const GemmBuffers& buffers) {
  if (problem.m == 0 || problem.n == 0 || problem.k == 0) return prepare_gemm_zero(problem, buffers);
  if (problem.type == GemmType::fp16) return prepare<__half>(problem, buffers);
  if (problem.type == GemmType::bf16) return prepare<__nv_bfloat16>(problem, buffers);
#ifdef CUPARITY_HAVE_FP8_MMA
  if (problem.type == GemmType::fp8_e4m3) return prepare<__nv_fp8_e4m3>(problem, buffers);
#endif
  throw std::runtime_error("preparing the tensor-core GEMM: this build has no kernel for " +
                           std::string(to_string(problem.type)));
}

}  // namespace cuparity::device
