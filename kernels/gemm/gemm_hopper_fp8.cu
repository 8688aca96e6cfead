// The Hopper GEMM kernel for fp8 e4m3 inputs and bf16 output: see gemm_hopper.cu.
#include <cuda_runtime_api.h>

#if CUDART_VERSION >= 12000

#include "kernels/gemm/gemm_hopper_launch.cuh"

namespace cuparity::device {

std::vector<PreparedGemm> hopper_shapes_fp8(const GemmProblem& problem, const GemmBuffers& buffers) {
  return hopper_shapes<__nv_fp8_e4m3>(problem, buffers);
}

}  // namespace cuparity::device

#endif
