#include <fmt/format.h>

#include "harness/gate/gate_formats.hpp"
#include "harness/record/benchmark_json.hpp"
#include "harness/report/numbers.hpp"
#include "harness/report/text.hpp"
#include "harness/stats/per_clock.hpp"
#include "harness/stats/wording.hpp"

namespace cuparity {
namespace {

std::string mark_of(const GateEntry& entry) {
  if (!entry.expected.empty()) {
    return "slower, expected";
  }
  const bool bold = entry.comparison.verdict == Verdict::slower || entry.comparison.verdict == Verdict::invalid;
  const std::string verdict = to_string(entry.comparison.verdict);
  return bold ? "**" + verdict + "**" : verdict;
}

/// As GitHub's workflow commands want it: one line, and no separators in a property.
std::string command_text(const std::string& text, bool property) {
  std::string result;
  for (const char c : clean_text(text)) {
    if (c == '%') {
      result += "%25";
    } else if (property && c == ':') {
      result += "%3A";
    } else if (property && c == ',') {
      result += "%2C";
    } else {
      result += c;
    }
  }
  return result;
}

std::string command(const char* level, const std::string& title, const std::string& message) {
  return fmt::format("::{} title={}::{}\n", level, command_text(title, true), command_text(message, false));
}

std::string annotation(const GateResult& result, const GateEntry& entry) {
  const Comparison& c = entry.comparison;
  const std::string name = in_mode(result, short_name(c.benchmark));
  if (!entry.expected.empty()) {
    return command("notice", name + " is slower as expected",
                   fmt::format("{}: {} ({})", signed_percent(slow_down(c)), entry.expected, entry.where));
  }
  switch (c.verdict) {
    case Verdict::slower:
      return command("error", name + " is slower", fmt::format("{}; {}", signed_percent(slow_down(c)), c.reason));
    case Verdict::invalid: return command("warning", name + " could not be compared", c.reason);
    case Verdict::inconclusive: return command("warning", name + " is inconclusive", c.reason);
    case Verdict::faster:
    case Verdict::same: break;
  }
  return "";
}

}  // namespace

std::string gate_as_markdown(const GateResults& results) {
  std::string text = "## cuparity gate\n";
  for (const GateResult& result : results) {
    text += fmt::format("\n**{}**\n\nCandidate {}, {} {}.\n\n", markdown_text(result.sentence), markdown_text(result.candidate),
                        result.kind, markdown_text(result.baseline));
    text += "| benchmark | before | now | effect | interval | verdict | why |\n|---|---:|---:|---:|---:|---|---|\n";
    for (const GateEntry& entry : result.entries) {
      const Comparison& c = entry.comparison;
      text += fmt::format("| {} | {} | {} | {} | {} | {} | {} |\n", markdown_text(short_name(c.benchmark)),
                          seconds_or_dash(c.baseline_seconds), seconds_or_dash(c.candidate_seconds),
                          c.effect ? signed_percent(*c.effect) : "-", c.interval_low ? interval_text(c) : "-",
                          mark_of(entry), markdown_text(gate_reason(entry)));
    }
    if (!result.entries.empty()) text += fmt::format("\n{}\n", effect_legend);
    text += markdown_list("Wrong:", result.wrong);
    text += markdown_list("**Cross-environment**, a difference need not come from what you changed:",
                          result.environment_differences);
    text += markdown_list("Warnings:", result.warnings);
    text += markdown_list("Only in the candidate:", short_names(result.only_in_candidate));
    text += markdown_list("Skipped:", result.skipped_in_both);
    text += markdown_list("Notes:", result.notes);
  }
  return text;
}

std::string gate_as_github_annotations(const GateResults& results) {
  std::string text;
  for (const GateResult& result : results) {
    for (const std::string& wrong : result.wrong) {
      text += command("error", "Wrong result", wrong);
    }
    for (const GateEntry& entry : result.entries) {
      text += annotation(result, entry);
    }
    for (const std::string& difference : result.environment_differences) {
      text += command("warning", "Compared across environments", difference);
    }
    for (const std::string& warning : result.warnings) {
      text += command("warning", "cuparity gate", warning);
    }
  }
  return text;
}

}  // namespace cuparity
