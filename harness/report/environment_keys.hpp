// The environments of a run's modes side by side, and where the run came from.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "harness/record/run.hpp"
#include "harness/report/report_view.hpp"

namespace cuparity {

/// Every key seen from inside any trial, sorted, those that differ between modes first. Readings that move
/// from moment to moment (clocks, temperature, power) are shown as a range and never called a difference.
std::vector<EnvironmentKey> environment_keys(const Run& run, const std::vector<std::string>& modes);

/// Device, driver, libraries, image, version, seed, start and end: label and value, known ones only.
std::vector<std::pair<std::string, std::string>> provenance(const Run& run);

}  // namespace cuparity
