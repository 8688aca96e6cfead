// Timing candidates in turn, for the searches of the fastest. C++17.
#pragma once

#include <cuda_runtime_api.h>

#include <functional>
#include <vector>

#include "kernels/device/context.hpp"
#include "kernels/timed_choice.hpp"

namespace cuparity::device {

struct TimingLimits {
  int rounds = 9;         ///< times a candidate
  double seconds = 0.3;   ///< no round is begun after this long, but the first
  double give_up = 0.05;  ///< after two rounds, candidates that are slower by this share are not timed further
  /// Enqueue a round before waiting for any of it: a candidate of several kernels is not charged with the host's time between
  /// them. Else the host waits for each run, which keeps the GPU cooler.
  bool host_ahead = false;
};

/// Seconds of each candidate, each run from a flushed L2; candidates take turns within a round. They must have run
/// before, so that their code is loaded. The context's stream is idle at the end.
TimesInTurn time_in_turn(const std::vector<std::function<void(cudaStream_t)>>& candidates, Context& context,
                         const TimingLimits& limits);

struct SustainedSpans {
  double seconds = 0.04;  ///< of a span; as long before it is not counted
  int rounds = 3;         ///< spans a candidate
};

/// Seconds of each candidate while it alone is at work: the mean over a span, after a span of the same, each run from a flushed
/// L2; in turn, `spans.rounds` times. At the power limit every candidate brings about a clock of its own, which those that take
/// turns run by run share. `seconds[i]` is about what a run of candidate i takes.
TimesInTurn time_sustained(const std::vector<std::function<void(cudaStream_t)>>& candidates,
                           const std::vector<double>& seconds, Context& context, const SustainedSpans& spans = {});

}  // namespace cuparity::device
