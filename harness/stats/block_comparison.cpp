#include "harness/stats/block_comparison.hpp"

#include <fmt/format.h>

#include <cmath>

#include "harness/record/benchmark_json.hpp"
#include "harness/record/median.hpp"
#include "harness/stats/margins.hpp"
#include "harness/stats/verdict.hpp"
#include "harness/stats/wording.hpp"

namespace cuparity {
namespace {

/// Cycles as the seconds that they would last at the clock in the middle of those that the blocks had.
PairedNumbers at_one_clock(PairedNumbers cycles, const PairedNumbers& seconds) {
  std::vector<double> hertz;
  for (std::size_t i = 0; i < cycles.baseline.size(); ++i) {
    hertz.push_back(cycles.baseline[i] / seconds.baseline[i]);
    hertz.push_back(cycles.candidate[i] / seconds.candidate[i]);
  }
  const double clock = median(hertz);
  for (double& number : cycles.baseline) number /= clock;
  for (double& number : cycles.candidate) number /= clock;
  return cycles;
}

/// What the comparison would be in time.
void set_time_effect(const PairedNumbers& seconds, double alpha, Comparison& comparison) {
  const auto estimate = observe_paired(comparison, seconds.baseline, seconds.candidate, alpha).estimate;
  if (!estimate) return;
  comparison.time_effect = std::expm1(estimate->shift);
  if (estimate->interval.bounded()) {
    comparison.time_interval_low = std::expm1(estimate->interval.low);
    comparison.time_interval_high = std::expm1(estimate->interval.high);
  }
}

/// Takes cycles instead of seconds where every process counted them. Returns what there is to say.
std::string measure_in_cycles(PairedNumbers cycles, double alpha, PairedNumbers& numbers, Comparison& comparison) {
  if (cycles.baseline.empty()) return "";  // a CPU has none
  if (cycles.baseline.size() < numbers.baseline.size())
    return "; compared in time, for not every process counted its clock cycles";
  set_time_effect(numbers, alpha, comparison);
  comparison.measure = Measure::cycles;
  numbers = at_one_clock(std::move(cycles), numbers);
  return fmt::format("; compared in clock cycles, in time it is {}",
                     signed_percent(comparison.time_effect.value_or(std::nan(""))));
}

/// A mode under which the GPU has a lower clock is slower, though not per clock.
bool is_slower_in_time_alone(const Comparison& comparison) {
  return comparison.verdict != Verdict::invalid && comparison.verdict != Verdict::slower &&
         comparison.time_interval_low.value_or(0) > comparison.margin;
}

}  // namespace

PairedNumbers paired_numbers(const std::vector<Block>& blocks, const std::string& benchmark, const BlockSide& baseline,
                             const BlockSide& candidate, BlockNumber number_of) {
  PairedNumbers numbers;
  for (const Block& block : blocks) {
    const auto before = block.rejected.empty() ? number_of(block, baseline, benchmark) : std::nullopt;
    const auto after = before ? number_of(block, candidate, benchmark) : std::nullopt;
    if (after) {
      numbers.baseline.push_back(*before);
      numbers.candidate.push_back(*after);
    }
  }
  return numbers;
}

Observation observe_blocks(Comparison comparison, const std::vector<Block>& blocks, const BlockSide& baseline,
                           const BlockSide& candidate, const std::vector<std::string>& per_clock, double alpha) {
  const std::string benchmark = comparison.benchmark;
  PairedNumbers numbers = paired_numbers(blocks, benchmark, baseline, candidate, block_seconds);
  std::string note;
  if (!numbers.baseline.empty() && is_per_clock(short_name(benchmark), per_clock)) {
    note = measure_in_cycles(paired_numbers(blocks, benchmark, baseline, candidate, block_cycles), alpha, numbers,
                             comparison);
  }
  Observation observation = observe_paired(std::move(comparison), numbers.baseline, numbers.candidate, alpha);
  observation.note = note;
  return observation;
}

std::vector<Comparison> decide_blocks(std::vector<Observation> observations, double alpha) {
  std::vector<std::string> notes;
  std::vector<bool> imposed;
  for (const Observation& observation : observations) {
    notes.push_back(observation.note);
    imposed.push_back(observation.imposed.has_value());
  }
  std::vector<Comparison> comparisons = decide(std::move(observations), alpha, "blocks");
  for (std::size_t i = 0; i < comparisons.size(); ++i) {
    Comparison& comparison = comparisons[i];
    if (!imposed[i] && is_slower_in_time_alone(comparison)) {
      comparison.only_in_time = true;
      comparison.verdict = Verdict::slower;
      comparison.reason = fmt::format("slower in time by {} to {}, beyond the margin: the GPU's clock is lower",
                                      signed_percent(*comparison.time_interval_low),
                                      signed_percent(comparison.time_interval_high.value_or(std::nan(""))));
    }
    comparison.reason += notes[i];
  }
  return comparisons;
}

}  // namespace cuparity
