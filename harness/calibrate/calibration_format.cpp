#include "harness/calibrate/calibration_format.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "harness/stats/fingerprint.hpp"
#include "harness/stats/wording.hpp"

namespace cuparity {
namespace {

using Table = std::vector<std::vector<std::string>>;  ///< the first row is the heading

std::string share_text(const Proportion& proportion) {
  return fmt::format("{:.1f} % ({:.1f} to {:.1f})", 100 * proportion.share(), 100 * proportion.low,
                     100 * proportion.high);
}

std::string found_text(const Proportion& proportion) {
  return fmt::format("{} of {}: {}", proportion.count, proportion.of, share_text(proportion));
}

std::string expectation(const CalibrationCell& cell) {
  if (cell.slowdown > 0) {
    return fmt::format("{:.1f} %", 100 * cell.expected_power);
  }
  return fmt::format("at most {}{}", cell.most_false_alarms,
                     cell.found.count > cell.most_false_alarms ? ": EXCEEDED" : "");
}

/// A/A arms, or those with a slow-down.
Table cells_table(const Calibration& calibration, bool slowdowns) {
  Table table = {{"class", "arm", "blocks", slowdowns ? "interval above 0" : "interval excludes 0",
                  slowdowns ? "formula says" : "99 % bound", "worth", "called slower", "called same"}};
  for (const CalibrationCell& cell : calibration.cells) {
    if ((cell.slowdown > 0) == slowdowns) {
      table.push_back({cell.benchmark_class, cell.arm, std::to_string(cell.blocks), found_text(cell.found),
                       expectation(cell), fmt::format("{:.0f}", cell.found.effective),
                       share_text(cell.called_slower), share_text(cell.called_same)});
    }
  }
  return table;
}

Table resolution_table(const Calibration& calibration) {
  Table table = {{"class", "arm", "rows", "correlation", "scatter of a block", "MDE, 20 blocks",
                  "largest MDE", "in"}};
  for (const CalibrationResolution& resolution : calibration.resolutions) {
    table.push_back({resolution.benchmark_class, resolution.arm, std::to_string(resolution.by_row.size()),
                     fmt::format("{:.2f}", resolution.correlation), plain_percent(resolution.median_deviation),
                     plain_percent(resolution.median_detectable),
                     plain_percent(resolution.largest_detectable), resolution.largest_in});
  }
  return table;
}

Table rows_table(const Calibration& calibration) {
  Table table = {{"row", "arm", "scatter of a block", "MDE, 20 blocks"}};
  for (const CalibrationResolution& resolution : calibration.resolutions) {
    for (const RowResolution& row : resolution.by_row) {
      table.push_back({row.benchmark, resolution.arm, plain_percent(row.deviation), plain_percent(row.detectable)});
    }
  }
  return table;
}

Table effect_table(const Calibration& calibration) {
  Table table = {{"class", "arm", "injected", "found (median)"}};
  for (const CalibrationEffect& effect : calibration.effects) {
    table.push_back({effect.benchmark_class, effect.arm, plain_percent(effect.slowdown),
                     signed_percent(effect.median_effect)});
  }
  return table;
}

std::string summary(const Calibration& calibration) {
  return fmt::format("{} blocks counted, {} rejected; {} processes of {} arms, {:.0f} s in them; seed {}{}",
                     calibration.blocks, calibration.rejected, calibration.processes,
                     calibration.arms.size(), calibration.process_seconds, calibration.seed,
                     calibration.interrupted ? "; stopped before its time was over" : "");
}

constexpr const char* explanation =
    "A comparison is one benchmark in one group of consecutive blocks, as many as the column 'blocks' says; "
    "groups do not overlap, so within a line no number is used twice. Shares have 95 % intervals "
    "(Clopper-Pearson). Benchmarks of a class share processes: where their differences are correlated, "
    "comparisons are worth fewer independent ones (column 'worth'), and the interval is that of those. "
    "Verdicts are those of a comparison alone, with the suite's margin. The scatter of a block is its standard deviation or "
    "what the interval over all blocks implies, whichever is smaller: single outliers count little.";

std::string as_text(const Table& table) {
  std::vector<std::size_t> widths(table.front().size(), 0);
  for (const auto& row : table) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], row[i].size());
    }
  }
  std::string text;
  for (const auto& row : table) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      line += fmt::format("{:<{}}  ", row[i], widths[i]);
    }
    text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  return text;
}

std::string escaped(const std::string& value) {
  std::string text;
  for (const char c : value) {
    text += c == '|' ? "\\|" : std::string(1, c);
  }
  return text;
}

std::string as_markdown(const Table& table) {
  std::string text;
  for (std::size_t i = 0; i < table.size(); ++i) {
    for (const std::string& value : table[i]) {
      text += "| " + escaped(value) + " ";
    }
    text += "|\n";
    if (i == 0) {
      for (std::size_t j = 0; j < table[i].size(); ++j) {
        text += "|---";
      }
      text += "|\n";
    }
  }
  return text;
}

/// Heading and table; nothing where the table has no rows.
std::string section(const std::string& heading, const Table& table, bool markdown) {
  if (table.size() < 2) {
    return "";
  }
  return markdown ? "\n## " + heading + "\n\n" + as_markdown(table) : "\n" + heading + "\n" + as_text(table);
}

std::string sections(const Calibration& calibration, bool markdown) {
  std::string text = section("False alarms: the same thing twice", cells_table(calibration, false), markdown) +
                     section("Power: an injected slow-down", cells_table(calibration, true), markdown) +
                     section("Resolution", resolution_table(calibration), markdown) +
                     section("Resolution, row by row", rows_table(calibration), markdown) +
                     section("Injected and found", effect_table(calibration), markdown);
  for (std::size_t i = 0; i < calibration.left_out.size(); ++i) {
    text += i == 0 ? (markdown ? "\n## Left out\n\n" : "\nLeft out\n") : "";
    text += (markdown ? "- " : "") + calibration.left_out[i] + "\n";
  }
  return text;
}

}  // namespace

std::string calibration_as_text(const Calibration& calibration) {
  return machine_fingerprint(calibration.environment) + "\n" + summary(calibration) + "\n" +
         sections(calibration, false) + "\n" + explanation + "\n";
}

std::string calibration_as_markdown(const Calibration& calibration) {
  return "# Calibration\n\n" + machine_fingerprint(calibration.environment) + "\n\n" + summary(calibration) +
         ".\n\n" + explanation + "\n" + sections(calibration, true);
}

}  // namespace cuparity
