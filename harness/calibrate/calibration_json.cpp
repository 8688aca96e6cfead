// results/schema/calibration.schema.json says what these members are.
#include <nlohmann/json.hpp>

#include "harness/calibrate/calibration_format.hpp"
#include "harness/record/json_fields.hpp"

namespace cuparity {
namespace {

nlohmann::json to_json(const Proportion& proportion) {
  return {{"count", proportion.count},
          {"of", proportion.of},
          {"effective", proportion.effective},
          {"share", proportion.share()},
          {"low", proportion.low},
          {"high", proportion.high}};
}

nlohmann::json cells_json(const Calibration& calibration) {
  nlohmann::json cells = nlohmann::json::array();
  for (const CalibrationCell& cell : calibration.cells) {
    nlohmann::json json = {{"class", cell.benchmark_class},
                           {"arm", cell.arm},
                           {"slowdown", cell.slowdown},
                           {"blocks", cell.blocks},
                           {"found", to_json(cell.found)},
                           {"called_slower", to_json(cell.called_slower)},
                           {"called_same", to_json(cell.called_same)}};
    if (cell.slowdown > 0) {
      json["expected_power"] = cell.expected_power;
    } else {
      json["most_false_alarms"] = cell.most_false_alarms;
    }
    cells.push_back(std::move(json));
  }
  return cells;
}

nlohmann::json resolutions_json(const Calibration& calibration) {
  nlohmann::json resolutions = nlohmann::json::array();
  for (const CalibrationResolution& resolution : calibration.resolutions) {
    nlohmann::json by_row = nlohmann::json::array();
    for (const RowResolution& row : resolution.by_row) {
      by_row.push_back({{"benchmark", row.benchmark},
                        {"deviation", number_to_json(row.deviation)},
                        {"mde_20_blocks", number_to_json(row.detectable)}});
    }
    resolutions.push_back({{"class", resolution.benchmark_class},
                           {"arm", resolution.arm},
                           {"rows", resolution.by_row.size()},
                           {"correlation", number_to_json(resolution.correlation)},
                           {"median_deviation", number_to_json(resolution.median_deviation)},
                           {"median_mde_20_blocks", number_to_json(resolution.median_detectable)},
                           {"largest_mde_20_blocks", number_to_json(resolution.largest_detectable)},
                           {"largest_in", resolution.largest_in},
                           {"by_row", std::move(by_row)}});
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

std::string calibration_as_json(const Calibration& calibration) {
  nlohmann::json arms = nlohmann::json::array();
  for (const CalibrationArm& arm : calibration.arms) {
    arms.push_back({{"name", arm.name}, {"reference", arm.reference}, {"slowdown", arm.slowdown}});
  }
  const nlohmann::json json = {{"format", "cuparity-calibration"},
                               {"schema_version", 1},
                               {"seed", calibration.seed},
                               {"interrupted", calibration.interrupted},
                               {"blocks", calibration.blocks},
                               {"rejected_blocks", calibration.rejected},
                               {"processes", calibration.processes},
                               {"process_seconds", calibration.process_seconds},
                               {"environment", calibration.environment},
                               {"arms", std::move(arms)},
                               {"rates", cells_json(calibration)},
                               {"resolution", resolutions_json(calibration)},
                               {"effects", effects_json(calibration)},
                               {"left_out", calibration.left_out}};
  return json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

}  // namespace cuparity
