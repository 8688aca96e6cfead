#include "harness/calibrate/calibration_plan.hpp"

#include <fmt/format.h>

#include "harness/errors.hpp"
#include "harness/record/json_fields.hpp"
#include "harness/whole_file.hpp"

namespace cuparity {
namespace {

constexpr const char* format_name = "cuparity-calibration-plan";

std::filesystem::path plan_path(const std::filesystem::path& folder) { return folder / "plan.json"; }

void check(const CalibrationPlan& plan, const std::filesystem::path& path) {
  for (const int group : plan.group_sizes) {
    if (group < 2) throw UsageError(fmt::format("{}: group_sizes: {} is below 2", path.string(), group));
  }
  if (plan.modes.empty()) throw UsageError(fmt::format("{}: modes is empty", path.string()));
}

}  // namespace

std::vector<CalibrationArm> calibration_arms(const CalibrationPlan& plan) {
  std::vector<CalibrationArm> arms;
  for (const std::string& mode : plan.modes) {
    arms.push_back({mode + ", again", mode, 0});
  }
  for (const double slowdown : plan.slowdowns) {
    arms.push_back({fmt::format("{}, {:g} % slower", plan.modes.front(), 100 * slowdown), plan.modes.front(),
                    slowdown});
  }
  return arms;
}

void write_plan(const CalibrationPlan& plan, const std::filesystem::path& folder) {
  const nlohmann::json json = {{"format", format_name},
                               {"schema_version", 1},
                               {"modes", plan.modes},
                               {"slowdowns", plan.slowdowns},
                               {"group_sizes", plan.group_sizes},
                               {"minutes", plan.minutes}};
  write_whole_file(plan_path(folder), json.dump(2) + "\n", "free some space or choose another folder");
}

CalibrationPlan read_plan(const std::filesystem::path& folder) {
  const std::filesystem::path path = plan_path(folder);
  std::error_code error;
  if (!std::filesystem::exists(path, error)) {
    throw UsageError(
        fmt::format("there is no calibration in the folder '{}' (no plan.json)", folder.string()));
  }
  const nlohmann::json json = read_json_file(path);
  const JsonFields fields(json, "");
  CalibrationPlan plan;
  try {
    if (fields.find<std::string>("format") != format_name) {
      throw UsageError("not the plan of a calibration");
    }
    plan.modes = fields.get<std::vector<std::string>>("modes");
    plan.slowdowns = fields.get<std::vector<double>>("slowdowns");
    plan.group_sizes = fields.get<std::vector<int>>("group_sizes");
    plan.minutes = fields.get<double>("minutes");
  } catch (const UsageError& wrong) {
    throw UsageError(fmt::format("{}: {}", path.string(), wrong.what()));
  }
  check(plan, path);
  return plan;
}

}  // namespace cuparity
