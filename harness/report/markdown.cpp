// The report for a pull request's comment (at most 65,536 characters) or a step's summary.
#include <fmt/format.h>

#include <algorithm>

#include "harness/explain/explanation_wording.hpp"
#include "harness/explain/startup.hpp"
#include "harness/report/access_section.hpp"
#include "harness/report/numbers.hpp"
#include "harness/report/report.hpp"
#include "harness/report/report_view.hpp"
#include "harness/report/text.hpp"
#include "harness/report/why_view.hpp"

namespace cuparity {
namespace {

// GitHub refuses a comment above 65,536 characters; bytes are counted here, which is never less.
constexpr std::size_t table_budget = 36'000;
constexpr std::size_t list_budget = 6'000;

std::string plain(const std::string& text, std::size_t limit = 400) {
  return markdown_text_without_links(shortened(text, limit));
}

const char* mark(Verdict verdict) {
  switch (verdict) {
    case Verdict::same:
      return "✅";
    case Verdict::faster:
      return "⏩";
    case Verdict::slower:
      return "❌";
    case Verdict::inconclusive:
      return "❔";
    case Verdict::invalid:
      return "⛔";
  }
  return "";
}

std::string table_row(const ComparisonCells& row) {
  return fmt::format("| {} | {} | {} | {} | {} | {} | {} | {} {}{} |\n", markdown_code(row.name, 80, true),
                     row.baseline_value, row.candidate_value, row.effect, row.interval, row.blocks,
                     row.minimum_detectable_effect, mark(row.comparison->verdict), row.verdict,
                     row.remark.empty() ? "" : " (" + row.remark + ")");
}

/// All rows where they fit, else those that are not `same` first.
std::string table_text(const ModeTable& table, std::size_t budget) {
  std::string text = fmt::format(
      "\n**{}** against **{}**\n\n| benchmark | {} | {} | effect | {} interval | n | MDE | verdict |\n"
      "|:--|--:|--:|--:|:-:|--:|--:|:--|\n",
      plain(table.candidate, 80), plain(table.baseline, 80), markdown_code(table.baseline, 40, true),
      markdown_code(table.candidate, 40, true), format_percent(table.rows.front().comparison->confidence_level));
  std::vector<std::string> lines;
  std::size_t bytes = 0;
  for (const ComparisonCells& row : table.rows) bytes += lines.emplace_back(table_row(row)).size();
  const bool fits = bytes <= budget;
  std::size_t left_out = 0, used = 0;
  for (const bool same : {false, true}) {
    for (std::size_t i = 0; i < lines.size(); ++i) {
      if (!fits && (table.rows[i].comparison->verdict == Verdict::same) != same) continue;
      if (fits && same) continue;  // all were written in their order
      if (used + lines[i].size() > budget) {
        ++left_out;
        continue;
      }
      used += lines[i].size();
      text += lines[i];
    }
  }
  if (left_out > 0) text += fmt::format("\n… and {} more rows, in report.html\n", left_out);
  return text;
}

std::string list_text(const std::string& title, const std::vector<std::string>& lines, bool open) {
  if (lines.empty()) return "";
  std::string text =
      fmt::format("\n<details{}><summary>{} ({})</summary>\n\n", open ? " open" : "", title, lines.size());
  std::size_t used = 0, written = 0;
  for (const std::string& line : lines) {
    if (used + line.size() > list_budget) break;
    text += "- " + line + "\n";
    used += line.size();
    ++written;
  }
  if (written < lines.size())
    text += fmt::format("- … and {} more, in report.html\n", lines.size() - written);
  return text + "\n</details>\n";
}

std::string measured_text(const ReportView& view) {
  if (view.measured.empty()) return "";
  std::string text =
      "\nMeasured, with nothing to compare it with:\n\n| benchmark | mode | median | processes "
      "|\n|:--|:--|--:|--:|\n";
  std::size_t written = 0;
  for (const MeasuredCells& row : view.measured) {
    if (text.size() > table_budget) break;
    text += fmt::format("| {} | {} | {} | {} |\n", markdown_code(row.name, 80, true), markdown_code(row.mode, 60, true),
                        row.value, row.processes);
    ++written;
  }
  if (written < view.measured.size()) {
    text += fmt::format("\n… and {} more rows, in report.html\n", view.measured.size() - written);
  }
  return text;
}

/// Inside an HTML tag Markdown's escapes are shown as they are.
std::string html(const std::string& text, std::size_t limit) {
  std::string escaped;
  for (const char c : shortened(text, limit)) {
    if (c == '&') escaped += "&amp;";
    else if (c == '<') escaped += "&lt;";
    else if (c == '>') escaped += "&gt;";
    else if (c == '@') escaped += "@<!-- -->";
    else escaped += c;
  }
  return escaped;
}

std::vector<std::string> escaped(const std::vector<std::string>& lines) {
  std::vector<std::string> result;
  for (const std::string& line : lines) result.push_back(plain(line));
  return result;
}

std::string environment_text(const ReportView& view) {
  std::vector<std::string> lines;
  for (const EnvironmentKey& key : view.environment) {
    if (!key.differs) continue;
    std::string line = markdown_code(key.key, 60) + ": ";
    for (std::size_t i = 0; i < key.values.size(); ++i)
      line += (i > 0 ? " → " : "") + markdown_code(key.values[i], 80);
    lines.push_back(std::move(line));
  }
  std::string title = "What differs between the environments: ";
  for (std::size_t i = 0; i < view.modes.size(); ++i) title += (i > 0 ? " → " : "") + html(view.modes[i], 60);
  return list_text(title, lines, false);
}

/// The likeliest three differences of a mode, and the command that tests the first that a flag can undo.
std::string why_mode_text(const WhyMode& mode, const std::string& baseline) {
  std::string text = fmt::format("- {}: {}\n", markdown_code(mode.candidate, 60), plain(mode.sentence));
  constexpr std::size_t most = 5;
  for (std::size_t i = 0; i < std::min(mode.benchmarks.size(), most); ++i)
    text += fmt::format("  - {} {}: {}\n", markdown_code(mode.benchmarks[i].name, 80), mode.benchmarks[i].effect,
                        plain(mode.benchmarks[i].conclusion, 200));
  if (mode.benchmarks.size() > most)
    text += fmt::format("  - … and {} more, in report.html\n", mode.benchmarks.size() - most);
  if (!mode.like.empty())
    return text + fmt::format("  - What differs is what differs under {}, above.\n", markdown_code(mode.like, 60));
  if (mode.known.empty()) return text + "  - " + no_known_difference + "\n";
  text += fmt::format("  - Known to move benchmarks like these ({} → this):", plain(baseline, 60));
  for (std::size_t i = 0; i < std::min<std::size_t>(mode.known.size(), 3); ++i)
    text += fmt::format("{} {} ({} → {})", i > 0 ? ";" : "", markdown_code(mode.known[i].key, 60),
                        plain(mode.known[i].baseline, 40), plain(mode.known[i].candidate, 40));
  text += mode.known.size() > 3 ? fmt::format("; and {} more\n", mode.known.size() - 3) : "\n";
  const auto testable = std::find_if(mode.known.begin(), mode.known.end(),
                                     [](const WhyDifference& one) { return !one.command.empty(); });
  if (testable == mode.known.end()) return text;
  return text + fmt::format("  - To test {}: {}\n", markdown_code(testable->key, 60),
                            markdown_code(testable->command, 600));
}

std::string why_text(const Run& run, const Analysis& analysis) {
  const std::vector<WhyMode> modes = why_modes(run, analysis);
  if (modes.empty()) return "";
  std::string text = "\n**Why**\n\n";
  std::size_t left_out = 0;
  for (const WhyMode& mode : modes) {
    const std::string lines = why_mode_text(mode, run.baseline_mode);
    if (text.size() + lines.size() > list_budget)
      ++left_out;
    else
      text += lines;
  }
  if (left_out > 0) text += fmt::format("- … and {} more modes, in report.html\n", left_out);
  return text;
}

std::string skipped_text(const ReportView& view) {
  std::vector<std::string> lines;
  for (const SkippedGroup& group : view.skipped) {
    std::string line = plain(group.reason);
    for (std::size_t i = 0; i < group.benchmarks.size(); ++i) {
      if (i == 20) {
        line += fmt::format(" and {} more", group.benchmarks.size() - i);
        break;
      }
      line += (i == 0 ? ": " : ", ") + markdown_code(group.benchmarks[i], 80);
    }
    lines.push_back(std::move(line));
  }
  return list_text("Skipped, by reason", lines, false);
}

std::string provenance_text(const ReportView& view) {
  std::vector<std::string> lines;
  for (const auto& [label, value] : view.provenance) lines.push_back(label + ": " + plain(value, 160));
  return list_text("Where this comes from", lines, false);
}

}  // namespace

std::string render_markdown(const Run& run, const Analysis& analysis) {
  const ReportView view = describe(run, analysis);
  std::string text = fmt::format("### {} {}\n", mark(view.verdict), plain(view.sentence, 1000));
  if (!view.state.empty()) text += fmt::format("\n{}\n", plain(view.state));
  for (const ModeTable& table : view.tables) {
    text += table_text(table, table_budget / std::max<std::size_t>(view.tables.size(), 1));
  }
  if (!view.tables.empty()) {
    text +=
        "\n<sub>effect: how much longer it takes, + is slower · n: paired blocks · "
        "MDE: effect that a row alone shows in 95 % of runs</sub>\n";
  }
  text += why_text(run, analysis);
  text += measured_text(view);
  const std::string startup = startup_as_markdown(startup_table(run));
  if (!startup.empty()) text += "\n" + startup;
  text += list_text("Wrong", escaped(view.wrong), true);
  text += skipped_text(view);
  text += list_text("Notes", escaped(view.notes), false);
  text += access_section_markdown(run.access);
  text += environment_text(view);
  text += provenance_text(view);
  if (!view.noise_floor_summary.empty()) text += "\nNoise floor: " + plain(view.noise_floor_summary) + "\n";
  if (!view.validation.empty()) text += "\nValidation: " + plain(view.validation) + "\n";
  if (!view.overhead.empty()) text += "\nHarness: " + plain(view.overhead) + "\n";
  if (!view.command.empty()) text += "\nRepeat: " + markdown_code(view.command, 1000) + "\n";
  return text;
}

}  // namespace cuparity
