#include "harness/report/why_view.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "harness/explain/explanation.hpp"
#include "harness/explain/explanation_wording.hpp"
#include "harness/record/benchmark_json.hpp"
#include "harness/report/numbers.hpp"
#include "harness/report/text.hpp"

namespace cuparity {
namespace {

WhyBenchmark benchmark_of(const ExplainedBenchmark& explained) {
  const Comparison& comparison = explained.comparison;
  WhyBenchmark benchmark;
  benchmark.name = short_name(comparison.benchmark);
  benchmark.verdict = comparison.verdict;
  benchmark.effect = comparison.effect ? format_effect(*comparison.effect) : "–";
  benchmark.interval = format_interval(comparison.interval_low, comparison.interval_high);
  benchmark.conclusion = explained.conclusion;
  for (std::size_t i = 1; i < explained.causes.size(); ++i) {
    const Cause& cause = explained.causes[i];
    benchmark.possible.push_back(fmt::format("{} ({} → {})", cause.key, cause.baseline, cause.candidate));
  }
  return benchmark;
}

WhyDifference difference_of(const ExplainedDifference& one, const Explanation& explanation, const Run& run) {
  WhyDifference difference{one.difference.key, one.difference.baseline, one.difference.candidate, {}, {}, {}, {}};
  if (one.measured == 0) {
    difference.text = no_cause_text(one);
    return difference;
  }
  difference.text = effect_text(one, explanation) + " " + reach_text(one);
  difference.confirm = experiment_text(one);
  difference.command = shell_quoted(experiment_command(one, explanation, run));
  difference.source = one.influences.front().source;
  return difference;
}

WhyMode mode_of(const Explanation& explanation, const std::vector<Explanation>& earlier, const Run& run) {
  WhyMode mode;
  mode.candidate = explanation.candidate;
  mode.sentence = explanation.sentence;
  for (const ExplainedBenchmark& one : explanation.benchmarks) mode.benchmarks.push_back(benchmark_of(one));
  if (const Explanation* like = first_like(explanation, earlier)) {
    mode.like = like->candidate;
    return mode;
  }
  for (const ExplainedDifference& one : explanation.differences)
    (one.measured > 0 ? mode.known : mode.other).push_back(difference_of(one, explanation, run));
  for (const ExplainedDifference& one : explanation.expected)
    mode.other.push_back(difference_of(one, explanation, run));
  return mode;
}

}  // namespace

std::vector<WhyMode> why_modes(const Run& run, const Analysis& analysis) {
  std::vector<WhyMode> modes;
  std::vector<Explanation> earlier;
  // A file that was edited by hand may name a baseline that is none of its modes; a report is made all the same.
  const bool known = std::find(run.modes.begin(), run.modes.end(), run.baseline_mode) != run.modes.end();
  if (!known || environment_of(run, run.baseline_mode).empty()) return modes;
  for (const std::string& mode : run.modes) {
    const bool compared = std::any_of(
        analysis.comparisons.begin(), analysis.comparisons.end(), [&](const Comparison& comparison) {
          return comparison.baseline == run.baseline_mode && comparison.candidate == mode;
        });
    if (mode == run.baseline_mode || !compared || environment_of(run, mode).empty()) continue;
    const Explanation explanation = explain(run, analysis.comparisons, run.baseline_mode, mode);
    modes.push_back(mode_of(explanation, earlier, run));
    earlier.push_back(explanation);
  }
  return modes;
}

}  // namespace cuparity
