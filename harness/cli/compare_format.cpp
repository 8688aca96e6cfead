#include "harness/cli/compare_format.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "harness/counted.hpp"
#include "harness/record/benchmark_json.hpp"
#include "harness/record/run_json.hpp"
#include "harness/report/numbers.hpp"
#include "harness/report/text.hpp"
#include "harness/stats/per_clock.hpp"
#include "harness/stats/wording.hpp"

namespace cuparity {
namespace {

constexpr int comparison_schema_version = 1;
constexpr std::size_t widest_name = 36;

std::string effect_text(const Comparison& comparison) {
  return comparison.effect ? signed_percent(*comparison.effect) : "-";
}

std::string detectable_text(const Comparison& comparison) {
  return comparison.minimum_detectable_effect ? plain_percent(*comparison.minimum_detectable_effect) : "-";
}

std::string interval_cell(const Comparison& comparison) {
  return comparison.interval_low ? interval_text(comparison) : "-";
}

/// What came from the files made safe to show, and names as people write them.
FileComparison cleaned(FileComparison comparison) {
  comparison.baseline = clean_text(comparison.baseline);
  comparison.candidate = clean_text(comparison.candidate);
  for (Comparison& c : comparison.comparisons) {
    c.benchmark = clean_text(c.benchmark);
    c.reason = clean_text(c.reason);
  }
  comparison.only_in_baseline = short_names(comparison.only_in_baseline);
  comparison.only_in_candidate = short_names(comparison.only_in_candidate);
  for (auto* texts : {&comparison.only_in_baseline, &comparison.only_in_candidate, &comparison.skipped_in_both,
                      &comparison.environment_differences, &comparison.wrong_in_candidate, &comparison.notes}) {
    for (std::string& text : *texts) text = clean_text(text);
  }
  return comparison;
}

/// The level of the intervals, which all have in common; 95 where there is none.
double level_percent(const FileComparison& comparison) {
  return comparison.comparisons.empty()
             ? 95
             : std::round(1000 * comparison.comparisons.front().confidence_level) / 10;
}

std::string counts_text(const FileComparison& comparison) {
  std::string text;
  for (const Verdict verdict :
       {Verdict::slower, Verdict::invalid, Verdict::inconclusive, Verdict::faster, Verdict::same}) {
    const auto count = std::count_if(comparison.comparisons.begin(), comparison.comparisons.end(),
                                     [&](const Comparison& c) { return c.verdict == verdict; });
    if (count > 0) {
      text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, to_string(verdict));
    }
  }
  return fmt::format("{} of {}", text, comparison.comparisons.size());
}

std::string conclusion(const FileComparison& comparison) {
  const std::size_t wrong = comparison.wrong_in_candidate.size();
  return wrong == 0 ? to_string(comparison.verdict) : "wrong, " + counted(wrong, "finding");
}

bool needs_reason(const Comparison& comparison) {
  return comparison.verdict == Verdict::invalid || comparison.verdict == Verdict::inconclusive ||
         comparison.detectable_below_margin || comparison.same_bits == false ||
         slow_down(comparison) > comparison.effect.value_or(0);  // that in time isn't in the table
}

std::string table_line(const std::string& name, std::size_t width, const std::string& a, const std::string& b,
                       const std::string& effect, const std::string& interval, const std::string& n,
                       const std::string& detectable, const std::string& verdict) {
  return fmt::format("{:<{}}  {:>9}  {:>9}  {:>9}  {:>22}  {:>4}  {:>7}  {}\n", name, width, a, b, effect,
                     interval, n, detectable, verdict);
}

std::string table(const FileComparison& comparison) {
  std::size_t width = 9;
  for (const Comparison& c : comparison.comparisons) {
    width = std::max(width, std::min(widest_name, display_width(short_name(c.benchmark))));
  }
  std::string text =
      table_line("benchmark", width, "baseline", "candidate", "effect",
                 fmt::format("{} % interval", level_percent(comparison)), "n", "MDE", "verdict");
  for (const Comparison& c : comparison.comparisons) {
    std::string name = short_name(c.benchmark);
    if (display_width(name) > width) {
      text += name + "\n";
      name.clear();
    }
    text += table_line(name, width, seconds_or_dash(c.baseline_seconds), seconds_or_dash(c.candidate_seconds),
                       effect_text(c), interval_cell(c), std::to_string(c.n), detectable_text(c),
                       to_string(c.verdict));
    if (c.measure == Measure::cycles) {
      text += "    " + per_clock_remark(c) + "\n";
    }
  }
  return text;
}

std::string list(const std::string& title, const std::vector<std::string>& items, const std::string& bullet) {
  std::string text = items.empty() ? "" : "\n" + title + "\n";
  for (const std::string& item : items) {
    text += bullet + item + "\n";
  }
  return text;
}

/// One line a verdict and reason, however many benchmarks share it.
std::vector<std::string> reasons(const FileComparison& comparison) {
  std::vector<std::pair<std::string, std::vector<std::string>>> by_reason;
  for (const Comparison& c : comparison.comparisons) {
    if (!needs_reason(c)) {
      continue;
    }
    const std::string reason = fmt::format("{}: {}", to_string(c.verdict), c.reason);
    auto place =
        std::find_if(by_reason.begin(), by_reason.end(), [&](const auto& r) { return r.first == reason; });
    if (place == by_reason.end()) {
      place = by_reason.insert(place, {reason, {}});
    }
    place->second.push_back(short_name(c.benchmark));
  }
  std::vector<std::string> lines;
  for (const auto& [reason, names] : by_reason) {
    const std::string who = names.size() > 3 ? fmt::format("{} benchmarks", names.size())
                                             : fmt::format("{}", fmt::join(names, ", "));
    lines.push_back(fmt::format("{}: {}", who, reason));
  }
  return lines;
}

/// Says first what must not be overlooked; empty where nothing has to be said.
std::string cross_environment_line(const FileComparison& comparison) {
  if (comparison.environment_differences.empty()) {
    return "";
  }
  return fmt::format("CROSS-ENVIRONMENT: {}; a difference in time need not come from what you changed",
                     fmt::join(comparison.environment_differences, ", "));
}

/// Breaks at spaces, so that no line is longer than a terminal is wide, unless one word is.
std::string wrapped(const std::string& text) {
  constexpr std::size_t width = 104;
  std::string result;
  std::size_t column = 0;
  for (std::size_t start = 0; start < text.size();) {
    const std::size_t end = std::min(text.find(' ', start), text.size());
    const std::size_t length = end - start;
    if (column > 0 && column + 1 + length > width) {
      result += "\n    ";
      column = 0;
    } else if (column > 0) {
      result += ' ';
      ++column;
    }
    result.append(text, start, length);
    column += length;
    start = end + 1;
  }
  return result;
}

std::vector<std::string> wrapped(std::vector<std::string> lines) {
  for (std::string& line : lines) {
    line = wrapped(line);
  }
  return lines;
}

}  // namespace

std::string comparison_as_text(const FileComparison& raw) {
  const FileComparison comparison = cleaned(raw);
  std::string text =
      fmt::format("baseline   {}\ncandidate  {}\n\n", comparison.baseline, comparison.candidate);
  const std::string crossing = cross_environment_line(comparison);
  text += crossing.empty() ? "" : wrapped(crossing) + "\n\n";
  text += table(comparison);
  text += list("WRONG:", wrapped(comparison.wrong_in_candidate), "  ");
  text +=
      "\nA positive effect means the candidate is slower. It is the median of all ratios, the times are medians.\n"
      "MDE: what would have been found with 95 % power.\n";
  text += list("Why:", wrapped(reasons(comparison)), "  ");
  text += list("Only in the baseline:", comparison.only_in_baseline, "  ");
  text += list("Only in the candidate:", comparison.only_in_candidate, "  ");
  text += list("Skipped in both:", wrapped(comparison.skipped_in_both), "  ");
  text += list("Notes:", wrapped(comparison.notes), "  ");
  text += fmt::format("\n{}: {}{}\n", conclusion(comparison), counts_text(comparison),
                      crossing.empty() ? "" : ", across environments");
  return text;
}

std::string comparison_as_markdown(const FileComparison& raw) {
  const FileComparison comparison = cleaned(raw);
  std::string text =
      fmt::format("**{}**: {} (baseline {}, candidate {})\n\n", conclusion(comparison), counts_text(comparison),
                  markdown_text(comparison.baseline), markdown_text(comparison.candidate));
  const std::string crossing = cross_environment_line(comparison);
  text += crossing.empty() ? "" : "**" + markdown_text(crossing) + "**\n\n";
  text += fmt::format(
      "| benchmark | baseline | candidate | effect | {} % interval | n | MDE | verdict |\n"
      "|---|---:|---:|---:|---:|---:|---:|---|\n",
      level_percent(comparison));
  for (const Comparison& c : comparison.comparisons) {
    const std::string remark = c.measure == Measure::cycles ? " (" + per_clock_remark(c) + ")" : "";
    text += fmt::format("| {} | {} | {} | {} | {} | {} | {} | {}{} |\n",
                        markdown_text(short_name(c.benchmark)), seconds_or_dash(c.baseline_seconds),
                        seconds_or_dash(c.candidate_seconds), effect_text(c), interval_cell(c), c.n,
                        detectable_text(c), to_string(c.verdict), remark);
  }
  text += markdown_list("**Wrong:**", comparison.wrong_in_candidate);
  text +=
      "\nA positive effect means the candidate is slower. It is the median of all ratios, the times are medians.\n"
      "MDE: what would have been found with 95 % power.\n";
  text += markdown_list("Why:", reasons(comparison));
  text += markdown_list("Only in the baseline:", comparison.only_in_baseline);
  text += markdown_list("Only in the candidate:", comparison.only_in_candidate);
  text += markdown_list("Skipped in both:", comparison.skipped_in_both);
  text += markdown_list("Notes:", comparison.notes);
  return text;
}

std::string comparison_as_json(const FileComparison& comparison) {
  nlohmann::json comparisons = nlohmann::json::array();
  for (const Comparison& c : comparison.comparisons) {
    comparisons.push_back(to_json(c));
  }
  const nlohmann::json json = {{"format", "cuparity-comparison"},
                               {"schema_version", comparison_schema_version},
                               {"baseline", comparison.baseline},
                               {"candidate", comparison.candidate},
                               {"verdict", to_string(comparison.verdict)},
                               {"exit_code", comparison.exit_code},
                               {"comparisons", std::move(comparisons)},
                               {"wrong", comparison.wrong_in_candidate},
                               {"only_in_baseline", comparison.only_in_baseline},
                               {"only_in_candidate", comparison.only_in_candidate},
                               {"skipped_in_both", comparison.skipped_in_both},
                               {"environment_differences", comparison.environment_differences},
                               {"notes", comparison.notes}};
  return json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

}  // namespace cuparity
