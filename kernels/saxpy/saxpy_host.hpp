// SAXPY on the CPU.
#pragma once

#include <cstddef>
#include <memory>

#include "kernels/saxpy/saxpy.hpp"

namespace cuparity::host {

/// y = y + a x over all cores. Any alignment of a float; x and y do not overlap.
void saxpy(float a, const float* x, float* y, std::size_t count);

/// An Execution of `problem` on the CPU. Throws std::runtime_error where the BLAS is not built in.
std::unique_ptr<Execution> prepare_saxpy(const SaxpyProblem& problem);

}  // namespace cuparity::host
