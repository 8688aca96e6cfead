// What a calibration is to be; kept in its folder, so that it can go on and be counted again.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "harness/calibrate/calibration.hpp"

namespace cuparity {

struct CalibrationPlan {
  std::vector<std::string> modes;  ///< each is compared with itself; slow-downs are injected under the first
  std::vector<double> slowdowns = {0.005, 0.01, 0.02, 0.05};  ///< relative
  std::vector<int> group_sizes = {6, 12, 20};                 ///< blocks of one comparison
  double minutes = 20;
};

/// Each mode and the same again; and under the first mode one more for each slow-down.
std::vector<CalibrationArm> calibration_arms(const CalibrationPlan& plan);

/// plan.json in `folder`. Throws EnvironmentError.
void write_plan(const CalibrationPlan& plan, const std::filesystem::path& folder);
/// Throws UsageError: none there, or not a plan.
CalibrationPlan read_plan(const std::filesystem::path& folder);

}  // namespace cuparity
