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
};

/// Seconds of each candidate, each run from a flushed L2; candidates take turns within a round. They must have run
/// before, so that their code is loaded. The context's stream is idle at the end.
TimesInTurn time_in_turn(const std::vector<std::function<void(cudaStream_t)>>& candidates, Context& context,
                         const TimingLimits& limits);

}  // namespace cuparity::device
