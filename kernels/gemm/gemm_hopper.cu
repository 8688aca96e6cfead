// fp16, bf16 and fp8 GEMM for Hopper (compute capability 9.0): TMA, wgmma, warp specialisation.
//
// Bound by FLOP, and at 700 W by power: the clock falls while the tensor cores work. What gets close:
// - One block a multiprocessor, which stays and computes tile after tile. A producer thread keeps three or four
//   stages of 128 bytes along k on their way by TMA; two consumer warpgroups compute a tile of 128 x 256 or 256 x 200,
//   each its rows, sums in registers (up to 200 a thread), inputs read by wgmma from shared memory.
// - Two blocks form a cluster and work on neighbouring tiles: each fetches a part of the rows or columns that they
//   share and the TMA delivers that to both, which saves a fifth to a third of the reads from the L2.
// - Tiles go in bands of rows so that what the GPU works on at one time is about square: fewer distinct
//   inputs, which the L2 holds.
// - The result goes through shared memory to TMA stores that drain while the next tile is computed.
// - No memory fence in the loop along k: see barrier_arrive_at().
// - The tile is the one that keeps the busiest multiprocessor at work for the fewest elements of C, of equal ones the
//   one that reads less: see gemm_tile_fit.hpp. Nothing is timed for it, so every process takes the same. All sum along k
//   in the same order, so the bits are the same.
// Reaches on an H200 beside cuBLASLt's best algorithm: docs/performance.md.
#include "kernels/gemm/gemm_device.hpp"

#if CUDART_VERSION >= 12000

#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "kernels/gemm/gemm_hopper.hpp"

namespace cuparity::device {
namespace {

// Whether this program carries the kernel for the current device: built for sm_90a, not just sm_90.
#if defined(__CUDA_ARCH_FEAT_SM90_ALL)
__device__ int hopper_code_present = 1;
#else
__device__ int hopper_code_present = 0;
#endif

bool code_is_present() {
  int present = 0;
  const cudaError_t status = cudaMemcpyFromSymbol(&present, hopper_code_present, sizeof present);
  if (status != cudaSuccess) cudaGetLastError();  // no code for this device at all: not the next call's error
  return status == cudaSuccess && present == 1;
}

/// The largest element count that starts every row at a multiple of 16 bytes divides the leading dimensions.
bool rows_are_aligned(const GemmProblem& problem) {
  const std::size_t input = 16 / gemm_input_bytes(problem.type), output = 16 / gemm_output_bytes(problem.type);
  return problem.offset == 0 && problem.lda % input == 0 && problem.ldb % input == 0 && problem.ldc % output == 0;
}

}  // namespace

std::optional<std::string> gemm_hopper_unsupported(const GemmProblem& problem, const Context& context) {
  if (problem.type != GemmType::fp16 && problem.type != GemmType::bf16 && problem.type != GemmType::fp8_e4m3)
    return "the kernel takes fp16, bf16 and fp8 e4m3";
  if (context.compute_capability() != 90)
    return "wgmma needs compute capability 9.0; this GPU has " +
           std::to_string(context.compute_capability() / 10) + "." +
           std::to_string(context.compute_capability() % 10);
  if (!rows_are_aligned(problem)) return "the TMA needs rows that start at multiples of 16 bytes";
  if (!code_is_present()) return "built without sm_90a; add 90a to CUPARITY_CUDA_ARCHITECTURES";
  return std::nullopt;
}

std::vector<PreparedGemm> prepare_gemm_hopper_shapes(const GemmProblem& problem, const GemmBuffers& buffers) {
  if (problem.m == 0 || problem.n == 0 || problem.k == 0) return {prepare_gemm_zero(problem, buffers)};
  std::vector<PreparedGemm> shapes = problem.type == GemmType::fp16   ? hopper_shapes_fp16(problem, buffers)
                                     : problem.type == GemmType::bf16 ? hopper_shapes_bf16(problem, buffers)
                                                                      : hopper_shapes_fp8(problem, buffers);
  if (shapes.empty()) throw std::runtime_error("preparing the Hopper GEMM kernel: no cluster fits this GPU");
  return shapes;
}

PreparedGemm prepare_gemm_hopper(const GemmProblem& problem, const GemmBuffers& buffers) {
  return std::move(prepare_gemm_hopper_shapes(problem, buffers).front());
}

}  // namespace cuparity::device

#else

#include <stdexcept>

namespace cuparity::device {

std::optional<std::string> gemm_hopper_unsupported(const GemmProblem&, const Context&) {
  return "built with a CUDA Toolkit older than 12.0, which does not know sm_90a";
}

std::vector<PreparedGemm> prepare_gemm_hopper_shapes(const GemmProblem&, const GemmBuffers&) {
  throw std::runtime_error("preparing the Hopper GEMM kernel: built with a CUDA Toolkit older than 12.0");
}

PreparedGemm prepare_gemm_hopper(const GemmProblem& problem, const GemmBuffers& buffers) {
  return prepare_gemm_hopper_shapes(problem, buffers).front();
}

}  // namespace cuparity::device

#endif
