// Dense matrix multiplication C = A * B: what is computed, in which types and layouts. C++17, no CUDA.
//
// Layout, the same for every variant and library ("TN" in BLAS terms, the one that fp8 and int8 need):
//   A  m x k, row-major: A(i, p) stands at a[offset + i * lda + p]
//   B  k x n, given as its transpose n x k, row-major: B(p, j) stands at b[offset + j * ldb + p]
//   C  m x n, row-major: C(i, j) stands at c[offset + i * ldc + j]
// so both inputs run along k without a stride.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "kernels/workload.hpp"

namespace cuparity {

/// The inputs' type. Accumulation and output follow from it:
///   fp64: fp64, fp64 | fp32, tf32: fp32, fp32 | fp16: fp32, fp16 | bf16: fp32, bf16
///   fp8_e4m3: fp32 with the tensor cores' fast accumulation, bf16 | int8: int32, int32
/// tf32 inputs are stored as fp32.
enum class GemmType { fp64, fp32, tf32, fp16, bf16, fp8_e4m3, int8 };

std::string_view to_string(GemmType type);
std::size_t gemm_input_bytes(GemmType type);
std::size_t gemm_output_bytes(GemmType type);

/// How the rows lie in memory.
enum class GemmLayout {
  dense,     ///< no gap between rows
  padded,    ///< rows start at multiples of 16 bytes and a gap of at least 16 bytes follows each
  unaligned  ///< a gap of 3 elements between rows, and the first element stands one element into the buffer
};

/// One multiplication. Leading dimensions and the offset count elements.
struct GemmProblem {
  GemmType type = GemmType::fp32;
  std::size_t m = 0, n = 0, k = 0;
  std::size_t lda = 0, ldb = 0, ldc = 0;
  std::size_t offset = 0;

  static GemmProblem make(GemmType type, std::size_t m, std::size_t n, std::size_t k, GemmLayout layout);

  /// Elements of each buffer, from its start to the end of its last row's gap.
  std::size_t a_elements() const { return offset + m * lda; }
  std::size_t b_elements() const { return offset + n * ldb; }
  std::size_t c_elements() const { return offset + m * ldc; }

  Work work() const;
};

/// Whose code multiplies.
enum class GemmVariant {
  own,           ///< our best kernel for the device and the problem
  own_portable,  ///< our kernel for every GPU: shared-memory tiles (fp32), mma.sync (others)
  own_hopper,    ///< our TMA and wgmma kernel, compute capability 9.0 (fp16, bf16, fp8)
  cublaslt,      ///< cuBLASLt, algorithm found by search
  openblas       ///< OpenBLAS (CPU)
};

std::string_view to_string(GemmVariant variant);

/// A case without its size: "gemm/own/bf16".
struct GemmContender {
  GemmVariant variant;
  GemmType type;
};

std::vector<Case> gemm_bench_cases(Backend backend);
std::vector<Case> gemm_validation_cases(Backend backend);

/// Completes a case that has its name, backend and work: how to prepare it, what it cannot run on.
/// gemm_host.cpp and gemm_cuda.cpp.
void complete_host_gemm_case(Case& row, GemmVariant variant, const GemmProblem& problem);
void complete_cuda_gemm_case(Case& row, GemmVariant variant, const GemmProblem& problem);

}  // namespace cuparity
