// SAXPY in CUDA.
#pragma once

#include <cuda_runtime_api.h>

#include <cstddef>
#include <memory>

#include "kernels/device/context.hpp"
#include "kernels/saxpy/saxpy.hpp"

namespace cuparity {

namespace device {
/// Enqueues y = y + a x. Any alignment of a float; x and y do not overlap. `compute_capability` is
/// 10 * major + minor. Throws CudaError when the launch fails.
void launch_saxpy(float a, const float* x, float* y, std::size_t count, int compute_capability,
                  cudaStream_t stream);
}  // namespace device

/// An Execution of `problem` in device memory; timed by events. Throws std::runtime_error where cuBLAS is not
/// built in.
std::unique_ptr<Execution> prepare_saxpy(device::Context& context, const SaxpyProblem& problem);

}  // namespace cuparity
