// The two libraries that compute convolutions, behind the same call.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "kernels/convolution/convolution.hpp"

namespace cuparity {

/// How cuDNN's plan is found. The counts are the same in every process, so that the same machine finds
/// the same plan; `seconds` only bounds what a slow compiler of plans can cost. Plans that are about as fast are compared once
/// more after that: shorter ones than 0.5 ms in 201 more runs each, the others each alone, a quarter of a second a plan and, where
/// that does not decide, 2.4 s.
struct PlanSearch {
  int candidates = 16;   ///< plans timed at most, in the order of cuDNN's heuristics
  int rounds = 5;        ///< timed runs of each candidate; their median counts
  double seconds = 0.5;  ///< no further candidate is built, no further round begun after this long
};

/// The first plan whose result is right is taken, without timing.
constexpr PlanSearch first_plan{1, 0, 0};

#ifdef CUPARITY_HAVE_CUDA
/// Device memory of the three tensors: x or its gradient, w or its gradient, y or its gradient.
struct CudnnTensors {
  void* image = nullptr;
  void* filter = nullptr;
  void* output = nullptr;
};

/// Poisons the result, calls `enqueue`, waits, and gives the largest error in units of its bound.
using ErrorAfter = std::function<double(const std::function<void()>& enqueue)>;

/// A convolution ready to run on fixed tensors.
struct PreparedConvolution {
  std::function<void()> enqueue;  ///< on the context's stream
  std::string algorithm;
};

/// Whose convolution runs: may try candidates and overwrite the result. Not asked about empty problems.
using ConvolutionPreparation = std::function<PreparedConvolution(
    const ConvolutionProblem&, const CudnnTensors&, const ErrorAfter&, device::Context&)>;

/// An Execution with filled inputs and a verified output, around any convolution, also one that the caller brings.
std::unique_ptr<Execution> prepare_convolution(const ConvolutionProblem& problem, device::Context& context,
                                               const ConvolutionPreparation& preparation);

/// Fills `unsupported` and `prepare` of a case on the GPU. Cases that share a handle share its start-up.
void use_cudnn(std::vector<Case>& cases, const std::vector<ConvolutionProblem>& problems, PlanSearch search);
#endif

/// Fills `unsupported` and `prepare` of a case on the CPU.
void use_onednn(std::vector<Case>& cases, const std::vector<ConvolutionProblem>& problems);

}  // namespace cuparity
