// The report in a terminal: the verdict first, then a table a mode, then what a reader has to know besides.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "harness/explain/startup.hpp"
#include "harness/report/numbers.hpp"
#include "harness/report/report.hpp"
#include "harness/report/report_view.hpp"
#include "harness/report/text.hpp"

namespace cuparity {
namespace {

constexpr std::size_t columns = 8;
constexpr std::size_t name_columns = 42;
constexpr std::size_t value_columns = 42;  // of an environment value
constexpr std::size_t list_limit = 12;     // lines of one list before "… and N more"

using TableLine = std::array<std::string, columns>;

const char* colour_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::same:
      return "\x1b[32m";
    case Verdict::faster:
      return "\x1b[36m";
    case Verdict::inconclusive:
      return "\x1b[33m";
    case Verdict::slower:
    case Verdict::invalid:
      return "\x1b[31m";
  }
  return "";
}

std::string painted(const std::string& text, const char* escape, bool colour) {
  return colour ? fmt::format("{}{}\x1b[0m", escape, text) : text;
}

std::string bold(const std::string& text, bool colour) { return painted(text, "\x1b[1m", colour); }

std::string heading(const std::string& text, bool colour) {
  return fmt::format("\n{}\n", bold(text, colour));
}

/// First column to the left, numbers to the right, the verdict to the left.
std::string padded(const TableLine& line, const std::array<std::size_t, columns>& widths,
                   const char* escape) {
  std::string text;
  for (std::size_t i = 0; i < columns; ++i) {
    const std::size_t width = display_width(line[i]);
    const std::string blanks(widths[i] > width ? widths[i] - width : 0, ' ');
    const bool last = i + 1 == columns;
    if (i > 0) text += "  ";
    if (last) text += *escape ? escape + line[i] + "\x1b[0m" : line[i];
    else text += i == 0 ? line[i] + blanks : blanks + line[i];
  }
  return text + "\n";
}

std::string table_text(const ModeTable& table, bool colour) {
  std::vector<TableLine> lines;
  const double level = table.rows.front().comparison->confidence_level;
  lines.push_back({"benchmark", shortened(table.baseline, 20), shortened(table.candidate, 20), "effect",
                   format_percent(level) + " interval", "n", "MDE", "verdict"});
  for (const ComparisonCells& row : table.rows) {
    lines.push_back({shortened(row.name, name_columns), row.baseline_value, row.candidate_value, row.effect,
                     row.interval, row.blocks, row.minimum_detectable_effect,
                     row.remark.empty() ? row.verdict : row.verdict + " (" + row.remark + ")"});
  }
  std::array<std::size_t, columns> widths{};
  for (const TableLine& line : lines) {
    for (std::size_t i = 0; i < columns; ++i) widths[i] = std::max(widths[i], display_width(line[i]));
  }
  std::string text =
      heading(clean_text(table.candidate) + " against " + clean_text(table.baseline), colour);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    text += padded(lines[i], widths, i > 0 && colour ? colour_of(table.rows[i - 1].comparison->verdict) : "");
  }
  return text;
}

std::string measured_text(const ReportView& view, bool colour) {
  if (view.measured.empty()) return "";
  std::size_t width = 0;
  for (const MeasuredCells& row : view.measured) {
    width = std::max(width, display_width(shortened(row.name, name_columns)));
  }
  std::string text = heading("Measured, with nothing to compare it with", colour);
  for (const MeasuredCells& row : view.measured) {
    const std::string name = shortened(row.name, name_columns);
    text += name + std::string(width - display_width(name), ' ');
    text += fmt::format("  {}  ({}, processes: {})\n", row.value, shortened(row.mode, 40), row.processes);
  }
  return text;
}

std::string list_text(const char* title, const std::vector<std::string>& lines, bool colour,
                      std::size_t limit) {
  if (lines.empty()) return "";
  std::string text = heading(fmt::format("{} ({})", title, lines.size()), colour);
  for (std::size_t i = 0; i < std::min(lines.size(), limit); ++i)
    text += "  " + shortened(lines[i], 400) + "\n";
  if (lines.size() > limit) text += fmt::format("  … and {} more, in report.html\n", lines.size() - limit);
  return text;
}

std::string skipped_text(const ReportView& view, bool colour) {
  std::vector<std::string> lines;
  for (const SkippedGroup& group : view.skipped) {
    if (group.benchmarks.empty()) {
      lines.push_back(group.reason);
      continue;
    }
    lines.push_back(shortened(group.reason, 200) + ": " +
                    shortened(fmt::format("{}", fmt::join(group.benchmarks, ", ")), 180));
  }
  return list_text("Skipped, by reason", lines, colour, list_limit);
}

std::string environment_text(const ReportView& view, bool colour) {
  std::vector<std::string> lines;
  for (const EnvironmentKey& key : view.environment) {
    if (!key.differs) continue;
    std::string line = key.key + ": ";
    line += fmt::format("{}", fmt::join(shortened_to_differ(key.values, value_columns), " | "));
    lines.push_back(line);
  }
  std::string title = "Environment differs: ";
  for (std::size_t i = 0; i < view.modes.size(); ++i) {
    title += (i > 0 ? " | " : "") + shortened(view.modes[i], 30);
  }
  return list_text(title.c_str(), lines, colour, list_limit);
}

}  // namespace

std::string render_terminal(const Run& run, const Analysis& analysis, bool colour) {
  const ReportView view = describe(run, analysis);
  std::string text = painted(clean_text(view.sentence), colour ? colour_of(view.verdict) : "", colour) + "\n";
  if (!view.state.empty()) text += clean_text(view.state) + "\n";
  for (const ModeTable& table : view.tables) text += table_text(table, colour);
  if (!view.tables.empty()) {
    text +=
        "effect: how much longer it takes, + is slower; n: paired blocks; "
        "MDE: effect that a row alone shows in 95 % of runs\n";
  }
  text += measured_text(view, colour);
  const std::string startup = startup_as_text(startup_table(run));
  if (!startup.empty()) text += "\n" + startup;
  text += list_text("Wrong", view.wrong, colour, 40);
  text += skipped_text(view, colour);
  text += list_text("Notes", view.notes, colour, list_limit);
  text += environment_text(view, colour);
  text += "\n";
  const auto line = [&](const char* title, const std::string& value) {
    if (!value.empty()) text += bold(title, colour) + " " + clean_text(value) + "\n";
  };
  line("Noise floor:", view.noise_floor_summary);
  line("Validation:", view.validation);
  line("Harness:", view.overhead);
  line("Repeat:", view.command);
  return text;
}

}  // namespace cuparity
