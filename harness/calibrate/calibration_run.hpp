// The run behind a calibration: known truths as arms of one interleaved run.
#pragma once

#include <chrono>
#include <filesystem>
#include <vector>

#include "harness/calibrate/calibration.hpp"
#include "harness/run/run_command.hpp"

namespace cuparity {

struct CalibrationOptions {
  std::vector<double> slowdowns = {0.005, 0.01, 0.02, 0.05};  ///< relative
  std::vector<int> group_sizes = {6, 12, 20};
  double minutes = 20;
  std::filesystem::path folder;  ///< gets run/, suite.yaml, calibration.json and calibration.md
  RunOptions run;                ///< suite (empty: the one for calibration), modes, image, backend, seed, filter
};

/// The arms of a run under `modes`: each mode and the same again; and under the first one more for each
/// slow-down. The modes' names come first.
std::vector<CalibrationArm> calibration_arms(const std::vector<std::string>& modes,
                                             const std::vector<double>& slowdowns);

/// Runs blocks until the next one would end after the minutes are over (two at least, unless the user stops
/// it), and writes the results. Throws UsageError or EnvironmentError.
Calibration run_calibration(const CalibrationOptions& options, const RunSurroundings& surroundings);

}  // namespace cuparity
