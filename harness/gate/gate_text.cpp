#include <fmt/format.h>

#include <algorithm>

#include "harness/errors.hpp"
#include "harness/gate/gate_formats.hpp"
#include "harness/record/benchmark_json.hpp"
#include "harness/report/numbers.hpp"
#include "harness/report/text.hpp"
#include "harness/stats/wording.hpp"

namespace cuparity {
namespace {

constexpr std::size_t widest_name = 40;

std::string verdict_text(const GateEntry& entry) {
  const std::string verdict = to_string(entry.comparison.verdict);
  return entry.expected.empty() ? verdict : verdict + ", expected";
}

/// Pads by what is seen, not by bytes.
std::string right_aligned(const std::string& text, std::size_t width) {
  const std::size_t columns = display_width(text);
  return (columns < width ? std::string(width - columns, ' ') : "") + text;
}

std::string table(const GateResult& result) {
  std::size_t width = 9;
  for (const GateEntry& entry : result.entries) {
    width = std::max(width, std::min(widest_name, display_width(clean_text(short_name(entry.comparison.benchmark)))));
  }
  std::string text = fmt::format("{:<{}}  {:>9}  {:>9}  {:>8}  {:>20}  {}\n", "benchmark", width, "before", "now",
                                 "effect", "interval", "verdict");
  for (const GateEntry& entry : result.entries) {
    const Comparison& c = entry.comparison;
    std::string name = clean_text(short_name(c.benchmark));
    if (display_width(name) > width) {
      text += name + "\n";
      name.clear();
    }
    text += name + std::string(width - display_width(name), ' ');
    text += fmt::format("  {}  {}  {:>8}  {:>20}  {}\n", right_aligned(seconds_or_dash(c.baseline_seconds), 9),
                        right_aligned(seconds_or_dash(c.candidate_seconds), 9),
                        c.effect ? signed_percent(*c.effect) : "-", c.interval_low ? interval_text(c) : "-",
                        verdict_text(entry));
    if (const std::string reason = gate_reason(entry); !reason.empty()) {
      text += "    " + clean_text(reason) + "\n";
    }
  }
  return text;
}

std::string list(const std::string& title, const std::vector<std::string>& items) {
  std::string text = items.empty() ? "" : "\n" + title + "\n";
  for (const std::string& item : items) {
    text += "  " + clean_text(item) + "\n";
  }
  return text;
}

std::string one_as_text(const GateResult& result) {
  std::string text = fmt::format("{:<10} {}\ncandidate  {}\n\n", result.kind, clean_text(result.baseline),
                                 clean_text(result.candidate));
  text += table(result);
  if (!result.entries.empty()) text += fmt::format("\n{}\n", effect_legend);
  text += list("WRONG:", result.wrong);
  text += list("CROSS-ENVIRONMENT, a difference need not come from what you changed:",
               result.environment_differences);
  text += list("Warnings:", result.warnings);
  text += list("Only in the candidate:", short_names(result.only_in_candidate));
  text += list("Skipped:", result.skipped_in_both);
  text += list("Notes:", result.notes);
  return text + "\n" + clean_text(result.sentence) + "\n";
}

}  // namespace

std::string gate_reason(const GateEntry& entry) {
  const std::string remark = per_clock_remark(entry.comparison);
  if (!entry.expected.empty()) {
    return fmt::format("{} ({})", entry.expected, entry.where) + (remark.empty() ? "" : "; " + remark);
  }
  const Verdict verdict = entry.comparison.verdict;
  return verdict == Verdict::same || verdict == Verdict::faster ? remark : entry.comparison.reason;
}

std::string in_mode(const GateResult& result, const std::string& what) {
  return result.mode.empty() ? what : fmt::format("{} ({})", what, result.mode);
}

int exit_code_of(const GateResults& results) {
  int code = exit_pass;
  for (const GateResult& result : results) {
    if (result.exit_code == exit_regression || code == exit_pass) {
      code = result.exit_code;
    }
  }
  return code;
}

std::string gate_as_text(const GateResults& results) {
  std::string text;
  for (const GateResult& result : results) {
    text += (text.empty() ? "" : "\n") + one_as_text(result);
  }
  return text;
}

}  // namespace cuparity
