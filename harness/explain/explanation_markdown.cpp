// An explanation for a pull request or a step's summary.
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

std::string plain(const std::string& text, std::size_t columns = 300) {
  return markdown_text_without_links(shortened(text, columns));
}

std::string benchmark_row(const ExplainedBenchmark& benchmark) {
  const Comparison& comparison = benchmark.comparison;
  return fmt::format("| {} | {} {} | {} | {} |\n", markdown_code(short_name(comparison.benchmark), 80, true),
                     to_string(comparison.verdict), signed_percent(comparison.effect.value_or(0)),
                     interval_text(comparison), plain(benchmark.conclusion));
}

std::string difference_line(const ExplainedDifference& one, const Explanation& explanation) {
  std::string line = fmt::format("- {}: {} → {}", markdown_code(one.difference.key, 60),
                                 markdown_code(one.difference.baseline, 80), markdown_code(one.difference.candidate, 80));
  if (one.measured == 0) return line + ": " + no_cause_text(one) + "\n";
  line += fmt::format(". {} To confirm: {}", plain(effect_text(one, explanation)), experiment_text(one));
  if (one.experiment) line += ", " + markdown_code(one.experiment->flags, 200);
  return line + fmt::format(". ({})\n", one.influences.front().source);
}

std::string differences_text(const Explanation& explanation) {
  std::string text;
  std::string other;
  for (const ExplainedDifference& one : explanation.differences)
    (one.measured > 0 ? text : other) += difference_line(one, explanation);
  text = text.empty() ? "\n" + std::string(no_known_difference) + "\n"
                      : fmt::format("\nWhat differs, likeliest to matter first ({} → {}):\n\n{}",
                                    markdown_code(explanation.baseline, 60), markdown_code(explanation.candidate, 60), text);
  if (!other.empty()) text += "\nDiffers too:\n\n" + other;
  if (explanation.expected.empty()) return text;
  text += fmt::format("\n<details><summary>Expected of a container ({})</summary>\n\n",
                      explanation.expected.size());
  for (const ExplainedDifference& one : explanation.expected) text += difference_line(one, explanation);
  return text + "\n</details>\n";
}

}  // namespace

std::string explanation_as_markdown(const Explanation& explanation, const std::vector<Explanation>& earlier) {
  std::string text = "### " + plain(explanation.sentence, 600) + "\n";
  if (!explanation.benchmarks.empty())
    text += "\n| benchmark | effect | interval | why |\n|:--|--:|--:|:--|\n";
  for (const ExplainedBenchmark& benchmark : explanation.benchmarks) text += benchmark_row(benchmark);
  if (const Explanation* like = first_like(explanation, earlier))
    text += fmt::format("\nWhat differs is what differs under {}, above.\n", markdown_code(like->candidate, 60));
  else
    text += differences_text(explanation);
  const std::string startup = startup_as_markdown(explanation.startup);
  return startup.empty() ? text : text + "\n" + startup;
}

std::string confirmations_as_markdown(const std::vector<ConfirmationResult>& results) {
  std::string text = "\n**Experiments**\n\n";
  if (results.empty()) text += "None: no cause of a slower or faster benchmark can be undone by a flag.\n";
  for (const ConfirmationResult& result : results) {
    const std::string head =
        fmt::format("{} under {}", markdown_code(result.plan.experiment.flags, 200), markdown_code(result.plan.candidate, 80));
    if (!result.failure.empty())
      text += fmt::format("- {}: could not be made: {}\n", head, plain(result.failure));
    for (const ConfirmedBenchmark& benchmark : result.benchmarks)
      text += fmt::format("- {}, {}: {}\n", head, markdown_code(benchmark.benchmark, 80), plain(benchmark.sentence));
  }
  return text;
}

}  // namespace cuparity
