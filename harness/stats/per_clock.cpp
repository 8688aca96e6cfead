#include "harness/stats/per_clock.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "harness/record/median.hpp"
#include "harness/stats/multiple_comparisons.hpp"
#include "harness/stats/verdict.hpp"
#include "harness/stats/wording.hpp"

namespace cuparity {
namespace {

TwoSamples at_one_clock(TwoSamples cycles, const TwoSamples& seconds) {
  std::vector<double> hertz;
  for (std::size_t i = 0; i < cycles.baseline.size(); ++i) hertz.push_back(cycles.baseline[i] / seconds.baseline[i]);
  for (std::size_t i = 0; i < cycles.candidate.size(); ++i) hertz.push_back(cycles.candidate[i] / seconds.candidate[i]);
  const double clock = median(hertz);
  for (double& number : cycles.baseline) number /= clock;
  for (double& number : cycles.candidate) number /= clock;
  return cycles;
}

void set_time_effect(const Estimate& in_time, Comparison& comparison) {
  comparison.time_effect = std::expm1(in_time.shift);
  if (in_time.interval.bounded()) {
    comparison.time_interval_low = std::expm1(in_time.interval.low);
    comparison.time_interval_high = std::expm1(in_time.interval.high);
  }
}

bool is_slower_in_time(const Comparison& comparison) {
  return comparison.verdict != Verdict::invalid && comparison.time_interval_low.value_or(0) > comparison.margin;
}

/// What the seconds say of a comparison in cycles.
struct InTime {
  Estimate estimate;
  double adjusted_p_value = 1;
  int comparisons = 0;  ///< in cycles, with this one
};

/// Those compared in cycles are a family of their own: slower is one of the two sides of each test, so that a false alarm among
/// the cycles and one among the seconds have alpha together. By Holm.
std::vector<std::optional<InTime>> all_in_time(const std::vector<Observation>& observations) {
  std::vector<std::optional<double>> p_values;
  int comparisons = 0;
  for (const Observation& observation : observations) {
    p_values.push_back(observation.in_time ? std::optional(observation.in_time->p_value) : std::nullopt);
    if (observation.in_time) ++comparisons;
  }
  const std::vector<std::optional<double>> adjusted = holm_of_present(p_values);
  std::vector<std::optional<InTime>> result(observations.size());
  for (std::size_t i = 0; i < observations.size(); ++i) {
    if (adjusted[i]) result[i] = InTime{*observations[i].in_time, *adjusted[i], comparisons};
  }
  return result;
}

/// What lies beyond the margin in time is slower or, where that is no more than one of many can show by chance, open.
void decide_in_time(const InTime& in_time, double alpha, const std::string& unit, Comparison& comparison) {
  const bool proved = in_time.adjusted_p_value <= alpha;
  comparison.only_in_time = proved;
  comparison.verdict = proved ? Verdict::slower : Verdict::inconclusive;
  comparison.detectable_below_margin = false;
  comparison.blocks_to_settle = proved ? std::nullopt : blocks_to_prove(in_time.estimate, in_time.comparisons, alpha);
  comparison.reason =
      fmt::format("slower in time by {} to {}, beyond the margin{}", signed_percent(*comparison.time_interval_low),
                  signed_percent(comparison.time_interval_high.value_or(std::nan(""))),
                  proved ? ": the GPU's clock is lower"
                         : fmt::format(", but not after the correction for {} comparisons in time; {}", in_time.comparisons,
                                       settle_advice(comparison.blocks_to_settle, unit)));
}

}  // namespace

Observation observe_per_clock(Comparison comparison, const TwoSamples& seconds, TwoSamples cycles, double alpha,
                              Observe observe) {
  Observation in_time = observe(comparison, seconds.baseline, seconds.candidate, alpha);
  if (!in_time.estimate) return in_time;
  set_time_effect(*in_time.estimate, comparison);
  comparison.measure = Measure::cycles;
  const TwoSamples numbers = at_one_clock(std::move(cycles), seconds);
  Observation observation = observe(std::move(comparison), numbers.baseline, numbers.candidate, alpha);
  observation.note = per_clock_note(*observation.comparison.time_effect);
  observation.in_time = in_time.estimate;
  return observation;
}

std::vector<Comparison> decide_measured(std::vector<Observation> observations, double alpha, const std::string& unit) {
  const std::vector<std::optional<InTime>> in_time = all_in_time(observations);
  std::vector<std::string> notes;
  std::vector<bool> imposed;
  for (const Observation& observation : observations) {
    notes.push_back(observation.note);
    imposed.push_back(observation.imposed.has_value());
  }
  std::vector<Comparison> comparisons = decide(std::move(observations), alpha, unit);
  for (std::size_t i = 0; i < comparisons.size(); ++i) {
    if (!imposed[i] && in_time[i] && comparisons[i].verdict != Verdict::slower && is_slower_in_time(comparisons[i])) {
      decide_in_time(*in_time[i], alpha, unit, comparisons[i]);
    }
    comparisons[i].reason += notes[i];
  }
  return comparisons;
}

double slow_down(const Comparison& comparison) {
  const double effect = comparison.effect.value_or(0);
  return is_slower_in_time(comparison) ? std::max(effect, comparison.time_effect.value_or(0)) : effect;
}

}  // namespace cuparity
