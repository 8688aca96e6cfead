#include "harness/calibrate/calibration_format.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "harness/record/json_fields.hpp"
#include "harness/stats/fingerprint.hpp"
#include "harness/stats/wording.hpp"

namespace cuparity {
namespace {

std::string share_text(const Proportion& proportion) {
  return fmt::format("{} of {}: {:.1f} % ({:.1f} to {:.1f})", proportion.count, proportion.of,
                     100 * proportion.share(), 100 * proportion.low, 100 * proportion.high);
}

std::string truth_of(const CalibrationCell& cell) {
  return cell.slowdown > 0 ? "slower by " + plain_percent(cell.slowdown) : "no difference";
}

std::string remark_of(const CalibrationCell& cell) {
  if (cell.slowdown > 0) {
    return "";
  }
  return fmt::format("at most {} expected{}", cell.most_false_alarms,
                     cell.found.count > cell.most_false_alarms ? ": EXCEEDED" : "");
}

/// The parts that both texts have in common, as rows of cells.
using Table = std::vector<std::vector<std::string>>;

Table cells_table(const Calibration& calibration) {
  Table table = {{"class", "arm", "truth", "blocks", "interval excludes 0", "called slower", "called same", "bound"}};
  for (const CalibrationCell& cell : calibration.cells) {
    table.push_back({cell.benchmark_class, cell.arm, truth_of(cell), std::to_string(cell.blocks),
                     share_text(cell.found), fmt::format("{:.1f} %", 100 * cell.called_slower.share()),
                     fmt::format("{:.1f} %", 100 * cell.called_same.share()), remark_of(cell)});
  }
  return table;
}

Table resolution_table(const Calibration& calibration) {
  Table table = {{"class", "arm", "rows", "scatter of a block", "MDE, 20 blocks", "largest MDE", "in"}};
  for (const CalibrationResolution& resolution : calibration.resolutions) {
    table.push_back({resolution.benchmark_class, resolution.arm, std::to_string(resolution.rows),
                     plain_percent(resolution.median_deviation), plain_percent(resolution.median_detectable),
                     plain_percent(resolution.largest_detectable), resolution.largest_in});
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

std::string heading(const Calibration& calibration) {
  return fmt::format("{} blocks of {} processes each counted, {} rejected; {} processes in all; seed {}",
                     calibration.blocks, calibration.blocks + calibration.rejected > 0
                                             ? calibration.processes / (calibration.blocks + calibration.rejected)
                                             : 0,
                     calibration.rejected, calibration.processes, calibration.seed);
}

constexpr const char* explanation =
    "A comparison is one benchmark in one group of consecutive blocks; groups do not overlap. Intervals in brackets: "
    "95 %, Clopper-Pearson. Benchmarks share processes, so the comparisons of a group are not wholly independent.";

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

std::string as_markdown(const Table& table) {
  std::string text;
  for (std::size_t i = 0; i < table.size(); ++i) {
    for (const std::string& value : table[i]) {
      text += "| " + value + " ";
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

std::string left_out_text(const Calibration& calibration, const char* bullet) {
  std::string text;
  for (const std::string& row : calibration.left_out) {
    text += fmt::format("{}{}: left out, not measured in every block\n", bullet, row);
  }
  return text;
}

nlohmann::json to_json(const Proportion& proportion) {
  return {{"count", proportion.count},
          {"of", proportion.of},
          {"share", proportion.share()},
          {"low", proportion.low},
          {"high", proportion.high}};
}

nlohmann::json cells_json(const Calibration& calibration) {
  nlohmann::json cells = nlohmann::json::array();
  for (const CalibrationCell& cell : calibration.cells) {
    cells.push_back({{"class", cell.benchmark_class},
                     {"arm", cell.arm},
                     {"slowdown", cell.slowdown},
                     {"blocks", cell.blocks},
                     {"interval_excludes_zero", to_json(cell.found)},
                     {"called_slower", to_json(cell.called_slower)},
                     {"called_same", to_json(cell.called_same)},
                     {"most_false_alarms", cell.most_false_alarms}});
  }
  return cells;
}

nlohmann::json resolutions_json(const Calibration& calibration) {
  nlohmann::json resolutions = nlohmann::json::array();
  for (const CalibrationResolution& resolution : calibration.resolutions) {
    resolutions.push_back({{"class", resolution.benchmark_class},
                           {"arm", resolution.arm},
                           {"rows", resolution.rows},
                           {"median_deviation", number_to_json(resolution.median_deviation)},
                           {"median_mde_20_blocks", number_to_json(resolution.median_detectable)},
                           {"largest_mde_20_blocks", number_to_json(resolution.largest_detectable)},
                           {"largest_in", resolution.largest_in}});
  }
  return resolutions;
}

nlohmann::json effects_json(const Calibration& calibration) {
  nlohmann::json effects = nlohmann::json::array();
  for (const CalibrationEffect& effect : calibration.effects) {
    effects.push_back({{"class", effect.benchmark_class},
                       {"arm", effect.arm},
                       {"slowdown", effect.slowdown},
                       {"median_effect", number_to_json(effect.median_effect)}});
  }
  return effects;
}

}  // namespace

std::string calibration_as_text(const Calibration& calibration) {
  return machine_fingerprint(calibration.environment) + "\n" + heading(calibration) + "\n\n" +
         as_text(cells_table(calibration)) + "\n" + as_text(resolution_table(calibration)) + "\n" +
         as_text(effect_table(calibration)) + "\n" + left_out_text(calibration, "") + explanation + "\n";
}

std::string calibration_as_markdown(const Calibration& calibration) {
  return "# Calibration\n\n" + machine_fingerprint(calibration.environment) + "\n\n" + heading(calibration) + ". " +
         explanation + "\n\n## Error rates and power\n\n" + as_markdown(cells_table(calibration)) +
         "\n## Resolution\n\n" + as_markdown(resolution_table(calibration)) + "\n## Injected and found\n\n" +
         as_markdown(effect_table(calibration)) + "\n" + left_out_text(calibration, "- ");
}

std::string calibration_as_json(const Calibration& calibration) {
  nlohmann::json arms = nlohmann::json::array();
  for (const CalibrationArm& arm : calibration.arms) {
    arms.push_back({{"name", arm.name}, {"reference", arm.reference}, {"slowdown", arm.slowdown}});
  }
  const nlohmann::json json = {{"format", "cuparity-calibration"},
                               {"schema_version", 1},
                               {"seed", calibration.seed},
                               {"blocks", calibration.blocks},
                               {"rejected_blocks", calibration.rejected},
                               {"processes", calibration.processes},
                               {"environment", calibration.environment},
                               {"arms", std::move(arms)},
                               {"error_rates", cells_json(calibration)},
                               {"resolution", resolutions_json(calibration)},
                               {"effects", effects_json(calibration)},
                               {"left_out", calibration.left_out}};
  return json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

}  // namespace cuparity
