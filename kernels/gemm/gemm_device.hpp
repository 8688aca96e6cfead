// The GPU's GEMM kernels, each as a function that prepares one problem on given buffers and returns what
// enqueues it. C++17, included by host and device code.
#pragma once

#include <cuda_runtime_api.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "kernels/device/context.hpp"
#include "kernels/gemm/gemm.hpp"

namespace cuparity::device {

/// The buffers' starts; A(0, 0) and the others stand GemmProblem::offset elements further.
struct GemmBuffers {
  void* a = nullptr;
  void* b = nullptr;
  void* c = nullptr;
};

/// A problem ready to run on fixed buffers.
struct PreparedGemm {
  std::function<void(cudaStream_t)> enqueue;  ///< throws CudaError when a launch fails
  std::string algorithm;                      ///< which kernel, with its tile; without ';'
};

/// Whose GEMM runs: may time candidates and overwrite C.
using GemmPreparation = std::function<PreparedGemm(const GemmProblem&, const GemmBuffers&, Context&)>;

/// An Execution with filled inputs and a verified output, around any GEMM, also one that the caller brings.
std::unique_ptr<Execution> prepare_gemm(const GemmProblem& problem, Context& context,
                                        const GemmPreparation& preparation);

/// Fills `rows` rows of `columns` elements, `leading` apart, with gemm_input_bits(seed, row, column).
/// `matrix` points at element (0, 0). Leaves the gaps between rows alone.
void fill_gemm_input(GemmType type, void* matrix, std::uint64_t seed, std::size_t rows, std::size_t columns,
                     std::size_t leading, cudaStream_t stream);

/// gathered[i * column_count + j] = bits of matrix(rows[i], columns[j]); all pointers are device memory.
void gather_gemm_output(std::size_t element_bytes, const void* matrix, std::size_t leading,
                        const std::size_t* rows, std::size_t row_count, const std::size_t* columns,
                        std::size_t column_count, std::uint64_t* gathered, cudaStream_t stream);

/// C = 0, for k = 0.
PreparedGemm prepare_gemm_zero(const GemmProblem& problem, const GemmBuffers& buffers);

/// fp32 on the ordinary arithmetic units, in the fastest of several shapes: runs them all, throws if their bits differ,
/// times them on the context's stream. Any size, any layout.
PreparedGemm prepare_gemm_fp32(const GemmProblem& problem, const GemmBuffers& buffers, Context& context);

/// Each of those shapes by itself, nothing run: they have to give equal bits.
std::vector<PreparedGemm> prepare_gemm_fp32_shapes(const GemmProblem& problem, const GemmBuffers& buffers);

/// fp16, bf16 and fp8 with mma.sync. Any size, any layout. fp16 needs compute capability 7.5, bf16 8.0, fp8 8.9
/// and CUDA 12.4.
PreparedGemm prepare_gemm_tensor_core(const GemmProblem& problem, const GemmBuffers& buffers);

/// fp16, bf16 and fp8 with TMA and wgmma, in the shape that fits the problem and the current GPU best. Runs nothing. Throws
/// unless gemm_hopper_unsupported() says nothing.
PreparedGemm prepare_gemm_hopper(const GemmProblem& problem, const GemmBuffers& buffers);

/// That shape and the others, which give equal bits.
std::vector<PreparedGemm> prepare_gemm_hopper_shapes(const GemmProblem& problem, const GemmBuffers& buffers);

/// Why prepare_gemm_hopper cannot take this problem on this device, or nothing.
std::optional<std::string> gemm_hopper_unsupported(const GemmProblem& problem, const Context& context);

/// How thoroughly cuBLASLt's algorithms are searched.
enum class CublasltSearch {
  stable,  ///< a few of its heuristic's first algorithms; a later one only if it is clearly faster
  best     ///< all that it names, the fastest by any amount: its bits may differ from process to process
};

/// Any type, with the fastest of cuBLASLt's algorithms (see gemm_cublaslt.cpp). Times candidates on
/// the context's stream and overwrites C. Throws when cuBLASLt has no algorithm for the problem.
PreparedGemm prepare_gemm_cublaslt(const GemmProblem& problem, const GemmBuffers& buffers, Context& context,
                                   CublasltSearch search = CublasltSearch::stable);

/// Why cuBLASLt cannot be used here for this type, or nothing.
std::optional<std::string> gemm_cublaslt_unsupported(GemmType type, const Context& context);

}  // namespace cuparity::device
