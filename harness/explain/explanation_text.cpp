// An explanation for a terminal.
#include <fmt/format.h>

#include <algorithm>

#include "harness/explain/confirmation.hpp"
#include "harness/explain/explanation.hpp"
#include "harness/explain/explanation_wording.hpp"
#include "harness/record/benchmark_json.hpp"
#include "harness/report/text.hpp"
#include "harness/stats/wording.hpp"

namespace cuparity {
namespace {

constexpr std::size_t value_columns = 60;

std::string values(const EnvironmentDifference& difference) {
  return fmt::format("{} → {}", shortened(difference.baseline, value_columns),
                     shortened(difference.candidate, value_columns));
}

std::string benchmark_text(const ExplainedBenchmark& benchmark) {
  const Comparison& comparison = benchmark.comparison;
  std::string text =
      fmt::format("  {}: {} {} ({})\n      {}\n", shortened(short_name(comparison.benchmark), 60),
                  to_string(comparison.verdict), signed_percent(comparison.effect.value_or(0)),
                  interval_text(comparison), shortened(benchmark.conclusion, 160));
  for (std::size_t i = 1; i < std::min<std::size_t>(benchmark.causes.size(), 4); ++i) {
    const Cause& cause = benchmark.causes[i];
    text +=
        fmt::format("      {}{}\n", i == 1 ? "also possible: " : "               ",
                    shortened(fmt::format("{} ({} → {})", cause.key, cause.baseline, cause.candidate), 90));
  }
  return text;
}

std::string difference_text(const ExplainedDifference& one, const Explanation& explanation, std::size_t number) {
  return fmt::format("  {}. {}: {}\n     {} {}\n     To confirm: {}{}\n     Source: {}\n", number,
                     shortened(one.difference.key, 60), values(one.difference),
                     shortened(effect_text(one, explanation), 400), reach_text(one), experiment_text(one),
                     one.experiment ? ": " + shortened(one.experiment->flags, 200) : "",
                     one.influences.front().source);
}

std::string other_differences_text(const std::string& heading, const std::vector<ExplainedDifference>& list) {
  std::string text = list.empty() ? "" : "\n" + heading + "\n";
  for (const ExplainedDifference& one : list)
    text += fmt::format("  {}: {} ({})\n", shortened(one.difference.key, 60), values(one.difference),
                        no_cause_text(one));
  return text;
}

std::string explained_text(const Explanation& explanation) {
  std::string known;
  std::vector<ExplainedDifference> other;
  std::size_t number = 0;
  for (const ExplainedDifference& one : explanation.differences) {
    if (one.measured > 0)
      known += difference_text(one, explanation, ++number);
    else
      other.push_back(one);
  }
  if (explanation.differences.empty() && explanation.expected.empty())
    return "\nThe environments do not differ in anything that is recorded.\n";
  const std::string modes =
      fmt::format("{} → {}", shortened(explanation.baseline, 40), shortened(explanation.candidate, 60));
  return (known.empty() ? "\n" + std::string(no_known_difference) + "\n"
                        : fmt::format("\nWhat differs, likeliest to matter first ({})\n{}", modes, known)) +
         other_differences_text("Differs too", other) +
         other_differences_text("Expected of a container", explanation.expected);
}

}  // namespace

std::string explanation_as_text(const Explanation& explanation, const std::vector<Explanation>& earlier) {
  std::string text = clean_text(explanation.sentence) + "\n";
  if (!explanation.benchmarks.empty()) text += "\nBenchmarks\n";
  for (const ExplainedBenchmark& benchmark : explanation.benchmarks) text += benchmark_text(benchmark);
  if (const Explanation* like = first_like(explanation, earlier))
    text += fmt::format("What differs is what differs under {}, above.\n", shortened(like->candidate, 60));
  else
    text += explained_text(explanation);
  const std::string startup = startup_as_text(explanation.startup);
  return startup.empty() ? text : text + "\n" + startup;
}

std::string confirmations_as_text(const std::vector<ConfirmationResult>& results) {
  std::string text = "\nExperiments\n";
  if (results.empty()) text += "  None: no cause of a slower or faster benchmark can be undone by a flag.\n";
  for (const ConfirmationResult& result : results) {
    text += fmt::format("  {} under {}, to test {}\n", shortened(result.plan.experiment.flags, 160),
                        shortened(result.plan.candidate, 60),
                        shortened(fmt::format("{}", fmt::join(result.plan.keys, ", ")), 60));
    if (!result.failure.empty()) text += "    could not be made: " + clean_text(result.failure) + "\n";
    for (const ConfirmedBenchmark& benchmark : result.benchmarks)
      text +=
          fmt::format("    {}: {}\n", shortened(benchmark.benchmark, 60), shortened(benchmark.sentence, 300));
    if (!result.folder.empty()) text += "    Recorded in " + clean_text(result.folder) + "\n";
  }
  return text;
}

}  // namespace cuparity
