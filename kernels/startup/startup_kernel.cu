#include "kernels/startup/startup_kernel.hpp"

#include <cuda_runtime.h>

#include "kernels/device/check.hpp"
#include "kernels/random_input.hpp"

namespace cuparity {
namespace {

using device::check;

// A variable of the module: nothing has to be allocated before the first kernel.
__device__ unsigned long long startup_result;

__global__ void startup_kernel(std::uint64_t argument) { startup_result = mix64(argument); }

}  // namespace

void load_startup_kernel() {
  cudaFuncAttributes attributes{};
  check(cudaFuncGetAttributes(&attributes, startup_kernel), "loading the module of the first kernel");
}

void run_startup_kernel(std::uint64_t argument) {
  startup_kernel<<<1, 1>>>(argument);
  check(cudaGetLastError(), "launching the first kernel");
  check(cudaDeviceSynchronize(), "running the first kernel");
}

std::uint64_t startup_kernel_result() {
  unsigned long long result = 0;
  check(cudaMemcpyFromSymbol(&result, startup_result, sizeof result), "reading the first kernel's result");
  return result;
}

}  // namespace cuparity
