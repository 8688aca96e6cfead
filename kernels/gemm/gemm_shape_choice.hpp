// The choice among the shapes of one GEMM kernel, by time. C++17, included by host and device code.
#pragma once

#include <vector>

#include "kernels/gemm/gemm_device.hpp"

namespace cuparity::device {

/// The fastest of `shapes`, which are prepared on `buffers`, the first unless a later one is faster by 0.2 %. Runs them
/// all, throws std::runtime_error if their bits differ, and times them on the context's stream; a small product gets
/// the first, untimed. Overwrites C; whether its bits are right is for the caller to verify. `shapes` is not empty.
PreparedGemm fastest_gemm_shape(std::vector<PreparedGemm> shapes, const GemmProblem& problem,
                                const GemmBuffers& buffers, Context& context);

}  // namespace cuparity::device
