// The shapes of the Hopper GEMM kernel, each prepared on the same buffers. One function an input type, each in
// a file of its own: they take long to compile. C++17.
#pragma once

#include <vector>

#include "kernels/gemm/gemm_device.hpp"

namespace cuparity::device {

/// Those that fit the current GPU, the best fit first. All sum along k in the same order,
/// so all give the same bits. The problem has m, n, k above 0 and is one that gemm_hopper_unsupported() admits.
std::vector<PreparedGemm> hopper_shapes_bf16(const GemmProblem& problem, const GemmBuffers& buffers);
std::vector<PreparedGemm> hopper_shapes_fp16(const GemmProblem& problem, const GemmBuffers& buffers);
std::vector<PreparedGemm> hopper_shapes_fp8(const GemmProblem& problem, const GemmBuffers& buffers);

}  // namespace cuparity::device
