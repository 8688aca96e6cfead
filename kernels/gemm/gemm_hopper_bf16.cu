// The Hopper GEMM kernel for bf16: see gemm_hopper.cu.
#include <cuda_runtime_api.h>

#if CUDART_VERSION >= 12000

#include "kernels/gemm/gemm_hopper_launch.cuh"

namespace cuparity::device {

std::vector<PreparedGemm> hopper_shapes_bf16(const GemmProblem& problem, const GemmBuffers& buffers) {
  return hopper_shapes<__nv_bfloat16>(problem, buffers);
}

}  // namespace cuparity::device

#endif
