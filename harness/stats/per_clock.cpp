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

/// After Holm, of those compared in cycles. They are a family of their own: slower is one of the two sides of each
/// test, so that a false alarm among the cycles and one among the seconds have alpha together.
std::vector<std::optional<double>> adjusted_time_p_values(const std::vector<Observation>& observations) {
  std::vector<double> p_values;
  for (const Observation& observation : observations) {
    if (observation.time_p_value) p_values.push_back(*observation.time_p_value);
  }
  const std::vector<double> adjusted = holm(p_values);
  std::vector<std::optional<double>> result;
  std::size_t place = 0;
  for (const Observation& observation : observations) {
    result.push_back(observation.time_p_value ? std::optional(adjusted[place++]) : std::nullopt);
  }
  return result;
}

/// What lies beyond the margin in time is slower or, where that is no more than one of many can show by chance, open.
void decide_in_time(double p_value, double alpha, std::ptrdiff_t rows, Comparison& comparison) {
  const bool proved = p_value <= alpha;
  comparison.only_in_time = proved;
  comparison.verdict = proved ? Verdict::slower : Verdict::inconclusive;
  comparison.detectable_below_margin = false;
  comparison.blocks_to_settle.reset();
  comparison.reason =
      fmt::format("slower in time by {} to {}, beyond the margin{}", signed_percent(*comparison.time_interval_low),
                  signed_percent(comparison.time_interval_high.value_or(std::nan(""))),
                  proved ? ": the GPU's clock is lower"
                         : fmt::format(", but not after the correction for {} comparisons in time", rows));
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
  observation.time_p_value = in_time.estimate->p_value;
  return observation;
}

std::vector<Comparison> decide_measured(std::vector<Observation> observations, double alpha, const std::string& unit) {
  const std::vector<std::optional<double>> in_time = adjusted_time_p_values(observations);
  const auto rows_in_time = std::count_if(in_time.begin(), in_time.end(), [](const auto& p) { return p.has_value(); });
  std::vector<std::string> notes;
  std::vector<bool> imposed;
  for (const Observation& observation : observations) {
    notes.push_back(observation.note);
    imposed.push_back(observation.imposed.has_value());
  }
  std::vector<Comparison> comparisons = decide(std::move(observations), alpha, unit);
  for (std::size_t i = 0; i < comparisons.size(); ++i) {
    if (!imposed[i] && comparisons[i].verdict != Verdict::slower && is_slower_in_time(comparisons[i])) {
      decide_in_time(in_time[i].value_or(1), alpha, rows_in_time, comparisons[i]);
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
