// Comparing in the GPU's clock cycles instead of seconds: two modes of a run, or two runs.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "harness/stats/estimate.hpp"

namespace cuparity {

/// The numbers of both sides, one a block.
struct TwoSamples {
  std::vector<double> baseline;
  std::vector<double> candidate;
};

/// observe_paired() or observe_unpaired().
using Observe = Observation (*)(Comparison, std::span<const double>, std::span<const double>, double alpha);

/// `observe` of the cycles, as the seconds that they last at the clock in the middle of all, with the effect in time
/// beside it. The note says so. `seconds` belong to the cycles one by one; where one is no time, `observe` of them.
Observation observe_per_clock(Comparison comparison, const TwoSamples& seconds, TwoSamples cycles, double alpha,
                              Observe observe);

/// decide(), each reason with its note. A side under which the GPU has a lower clock is slower, though not per clock: a
/// slow-down in time wholly beyond the margin makes the verdict `slower`, or `inconclusive` where Holm's correction over
/// all that were compared in cycles leaves it no proof.
std::vector<Comparison> decide_measured(std::vector<Observation> observations, double alpha, const std::string& unit);

/// By how much it is slower: the effect, or that in time where it is the larger one and made the verdict.
double slow_down(const Comparison& comparison);

}  // namespace cuparity
