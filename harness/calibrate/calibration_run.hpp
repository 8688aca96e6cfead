// The run behind a calibration: known truths as arms of one interleaved run.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "harness/calibrate/calibration_plan.hpp"
#include "harness/run/run_command.hpp"

namespace cuparity {

struct CalibrationOptions {
  CalibrationPlan plan;          ///< without modes; where a calibration goes on, that of its folder stands
  std::filesystem::path folder;  ///< gets run/, plan.json, calibration.json and calibration.md
  bool resume = false;           ///< go on with the calibration in `folder`
  std::optional<double> minutes;  ///< where it goes on: another limit than it began with
  RunOptions run;                ///< suite (empty: calibrate), modes, image, bin, backend, seed, filter
};

/// Runs blocks until the next one would end after the minutes are over (two at least, unless the user stops
/// it), and writes the results, also those of a part. Minutes that an earlier part spent in its processes
/// count. Throws UsageError or EnvironmentError.
Calibration run_calibration(const CalibrationOptions& options, const RunSurroundings& surroundings);

/// The command that goes on with the calibration in `folder`, in words.
std::vector<std::string> resume_words(const std::filesystem::path& folder);

/// The calibration of what was measured in `folder`, where plan.json is, with the run in run/ or, as published ones have it,
/// beside it. Writes nothing. Throws UsageError.
Calibration recount_calibration(const std::filesystem::path& folder);

}  // namespace cuparity
