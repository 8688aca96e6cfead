// The start-up table for a terminal and for Markdown.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "harness/counted.hpp"
#include "harness/explain/startup.hpp"
#include "harness/report/numbers.hpp"
#include "harness/report/text.hpp"

namespace cuparity {
namespace {

std::string seconds_text(double seconds) {
  return seconds < 0 ? "−" + format_seconds(-seconds) : format_seconds(seconds);
}

/// In the unit of the value itself, which stands before it.
std::string interval_text(const StartupValue& value) {
  if (!value.low || !value.high) return "";
  const std::string shown = format_seconds(std::abs(value.seconds));
  for (const auto& [unit, factor] : {std::pair{" s", 1.0}, {" ms", 1e3}, {" µs", 1e6}, {" ns", 1e9}}) {
    if (!shown.ends_with(unit) || shown.find("min") != std::string::npos) continue;
    const auto number = [factor = factor](double seconds) {  // clang before 16 captures no structured binding by itself
      const double scaled = std::abs(seconds) * factor;
      const int decimals = scaled >= 100 ? 1 : scaled >= 10 ? 2 : 3;
      return fmt::format("{}{:.{}f}", seconds < 0 ? "−" : "", scaled, decimals);
    };
    return fmt::format(" ({} … {})", number(*value.low), number(*value.high));
  }
  return fmt::format(" ({} … {})", seconds_text(*value.low), seconds_text(*value.high));
}

std::string value_text(const std::optional<StartupValue>& value) {
  return value ? seconds_text(value->seconds) + interval_text(*value) : "–";
}

std::string difference_text(const std::optional<StartupValue>& value) {
  if (!value) return "–";
  return (value->seconds > 0 ? "+" : value->seconds == 0 ? "±" : "") + seconds_text(value->seconds) + interval_text(*value);
}

std::string cell(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '|' || c == '\\' || c == '`' || c == '<' || c == '*' || c == '_' || c == '[') escaped += '\\';
    if (c == '@')
      escaped += "@<!-- -->";
    else
      escaped += c;
  }
  return escaped;
}

}  // namespace

std::vector<std::vector<std::string>> startup_lines(const StartupTable& table) {
  std::vector<std::vector<std::string>> lines = {{"phase"}};
  for (std::size_t mode = 0; mode < table.modes.size(); ++mode) {
    lines.front().push_back(shortened(table.modes[mode], 32));
    if (mode > 0) lines.front().push_back("difference");
  }
  for (const StartupPhase& phase : table.phases) {
    std::vector<std::string> line = {phase.name};
    for (std::size_t mode = 0; mode < table.modes.size(); ++mode) {
      line.push_back(value_text(phase.values[mode]));
      if (mode > 0) line.push_back(difference_text(phase.differences[mode]));
    }
    lines.push_back(std::move(line));
  }
  return lines;
}

std::string startup_caption(const StartupTable& table) {
  int most = 0;
  for (const StartupPhase& phase : table.phases)
    for (const auto& value : phase.values) most = std::max(most, value ? value->blocks : 0);
  return fmt::format("Start-up: Hodges–Lehmann estimates and {} intervals over {}", format_percent(table.confidence_level),
                     counted(most, "block"));
}

std::string startup_as_text(const StartupTable& table) {
  if (table.phases.empty()) return "";
  const auto lines = startup_lines(table);
  std::vector<std::size_t> widths(lines.front().size(), 0);
  for (const auto& line : lines)
    for (std::size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], display_width(line[i]));
  std::string text = startup_caption(table) + "\n";
  for (const auto& line : lines) {
    std::string row;
    for (std::size_t i = 0; i < line.size(); ++i)
      row += (i > 0 ? "  " : "") + line[i] + std::string(widths[i] - display_width(line[i]), ' ');
    text += row.substr(0, row.find_last_not_of(' ') + 1) + "\n";
  }
  for (const std::string& note : table.notes) text += note + "\n";
  return text;
}

std::string startup_as_markdown(const StartupTable& table) {
  if (table.phases.empty()) return "";
  std::string text = "**" + startup_caption(table) + "**\n\n";
  const auto lines = startup_lines(table);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    text += "|";
    for (const std::string& value : lines[i]) text += " " + cell(value) + " |";
    text += "\n";
    if (i > 0) continue;
    text += "|:--|";
    for (std::size_t column = 1; column < lines[i].size(); ++column) text += "--:|";
    text += "\n";
  }
  text += "\n<sub>";
  for (std::size_t i = 0; i < table.notes.size(); ++i) text += (i > 0 ? " " : "") + table.notes[i];
  return text + "</sub>\n";
}

}  // namespace cuparity
