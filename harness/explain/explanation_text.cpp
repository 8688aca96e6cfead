// An explanation for a terminal.
#include <fmt/format.h>

#include <algorithm>

#include "harness/explain/confirmation.hpp"
#include "harness/explain/explanation.hpp"
#include "harness/record/benchmark_json.hpp"
#include "harness/report/text.hpp"
#include "harness/stats/wording.hpp"

namespace cuparity {
namespace {

constexpr std::size_t value_columns = 60;

const char* strength_text(int strength) {
  return strength >= 3 ? "10 % or more" : strength == 2 ? "1 % or more" : "less than 1 %";
}

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

std::string difference_text(const ExplainedDifference& one, std::size_t number) {
  std::string text =
      fmt::format("  {}. {}: {}\n", number, shortened(one.difference.key, 60), values(one.difference));
  const KnownInfluence& influence = one.influences.front();
  text += fmt::format("     {}{} Known to move {} by {}{}.\n", influence.effect,
                      influence.library ? " Different libraries: not container overhead." : "",
                      one.measured == 1 ? "a benchmark" : "benchmarks", strength_text(influence.strength),
                      one.measured == 0 ? ", none of which was measured here"
                                        : fmt::format("; of those measured here: {}", one.measured));
  text += fmt::format("     To confirm: {}{}\n", influence.experiment,
                      one.experiment ? ": " + shortened(one.experiment->flags, 200) : "");
  return text + fmt::format("     Source: {}\n", influence.source);
}

}  // namespace

std::string explanation_as_text(const Explanation& explanation) {
  std::string text = clean_text(explanation.sentence) + "\n";
  if (!explanation.benchmarks.empty()) text += "\nBenchmarks\n";
  for (const ExplainedBenchmark& benchmark : explanation.benchmarks) text += benchmark_text(benchmark);
  std::string known;
  std::string unknown;
  std::size_t number = 0;
  for (const ExplainedDifference& one : explanation.differences) {
    if (one.influences.empty())
      unknown += fmt::format("  {}: {}\n", shortened(one.difference.key, 60), values(one.difference));
    else
      known += difference_text(one, ++number);
  }
  const std::string modes =
      fmt::format("{} → {}", shortened(explanation.baseline, 40), shortened(explanation.candidate, 60));
  if (!known.empty()) text += fmt::format("\nWhat differs, likeliest to matter first ({})\n{}", modes, known);
  if (!unknown.empty()) text += "\nDiffers too, not known to move any benchmark\n" + unknown;
  if (!explanation.expected.empty()) text += "\nExpected of a container\n";
  for (const ExplainedDifference& one : explanation.expected)
    text += fmt::format("  {}: {} ({})\n", shortened(one.difference.key, 60), values(one.difference),
                        one.expected);
  if (known.empty() && unknown.empty() && explanation.expected.empty())
    text += "\nThe environments do not differ in anything that is recorded.\n";
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
