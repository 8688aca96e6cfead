// Execution plans of cuDNN's graph API for one convolution: which the library offers, which of them
// compute what was asked for, and which of those is fastest here.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "kernels/convolution/convolution.hpp"
#include "kernels/convolution/convolution_execution.hpp"
#include "kernels/convolution/cudnn_descriptor.hpp"
#include "kernels/device/context.hpp"

namespace cuparity {

/// A plan that the library has accepted.
struct CudnnPlan {
  CudnnDescriptor configuration;
  CudnnDescriptor plan;
  std::int64_t workspace_bytes = 0;
  /// "engine 17, knobs 2=5 14=3": global engine index and the chosen value of each knob, by the numbers of
  /// cudnnBackendKnobType_t.
  std::string algorithm;
};

/// How far the library is asked for plans.
enum class PlanBreadth {
  heuristics,  ///< no further list once three plans were accepted
  everything,  ///< every list of the heuristics, then every engine with its default choices, those left out below included and
               ///< named so in `algorithm`: slow, for looking into
};

/// The plans for a problem, best first by cuDNN's heuristics: mode A, then, while fewer than three were
/// accepted, mode B and the fallback list. Left out are engines whose numerical notes say that they
///  - are not deterministic: two runs must give the same bits
///  - use Winograd or Fourier transforms: their error is not bounded as convolution_reference.hpp says
///  - convert the inputs down
///  - for fp32: use tensor cores, which would mean tf32; for tf32: do not use them
/// and plans that need more than workspace_limit_bytes. An engine that may sum in less than fp32 is judged by its result, as
/// any: cuDNN's older interface and what is built on it take such engines for fp16, and the bound is that of sums in fp32.
class CudnnCandidates {
 public:
  static constexpr std::int64_t workspace_limit_bytes = std::int64_t{1} << 30;

  /// Builds the operation graph. Throws CudnnError.
  CudnnCandidates(cudnnHandle_t handle, const ConvolutionProblem& problem,
                  PlanBreadth breadth = PlanBreadth::heuristics);

  /// Builds the next plan; nothing when there is no further one.
  std::optional<CudnnPlan> next();

  /// The plan that next() gave last is of no use, so it does not count as accepted.
  void withdraw_latest() { --accepted_; }

  /// Why next() gave nothing, in one line. Throws CudnnError if that was a failure rather than a refusal.
  std::string refusal() const;

  /// How many configurations were left out so far, by reason.
  const std::map<std::string, int>& excluded() const { return excluded_; }

 private:
  /// Asks for the next list of configurations; false if there is none.
  bool next_list();
  void query(cudnnBackendHeurMode_t mode);
  void enumerate_engines();
  std::optional<CudnnPlan> build(CudnnDescriptor configuration, std::string algorithm);

  cudnnHandle_t handle_;
  ElementType type_;
  PlanBreadth breadth_;
  std::vector<CudnnDescriptor> operands_;  ///< descriptors that the graph was made from
  CudnnDescriptor graph_;
  std::vector<CudnnDescriptor> configurations_;
  std::size_t position_ = 0;
  std::size_t lists_ = 0;  ///< that were asked for
  int accepted_ = 0;
  std::set<std::string> seen_;
  std::map<std::string, int> excluded_;
  std::optional<CudnnError> failure_;
};

/// A plan with all that it needs to run.
struct CudnnExecutable {
  CudnnPlan plan;
  device::Buffer<unsigned char> workspace;
  CudnnDescriptor variant_pack;
  std::string algorithm;  ///< of the plan, with remarks on plans that were rejected and a search cut short

  /// Enqueues on the handle's stream. Throws CudnnError.
  void run(cudnnHandle_t handle) const;
};

/// Builds plans, `first` before the others; those whose result is wrong are dropped, for the numerical notes
/// do not say everything about an engine's accuracy, and a wrong result is never timed. Of up to
/// search.candidates that are left, each timed, the earliest in the heuristics' order is returned that is not
/// measurably slower than the best, or by less than 0.3 % (timed_choice.hpp), so that two processes choose alike.
/// Candidates take turns, each run from a flushed L2; those that are about as fast are compared again, from 0.5 ms on
/// while each alone is at work. The result tensor is overwritten. Throws CudnnError, CudaError, or std::runtime_error if every
/// plan's result is wrong.
CudnnExecutable choose_plan(device::Context& context, cudnnHandle_t handle, CudnnCandidates& candidates,
                            CudnnPlan first, const CudnnTensors& tensors, const ErrorAfter& error_after,
                            const PlanSearch& search);

}  // namespace cuparity
