// A calibration as table, Markdown and JSON.
#pragma once

#include <string>

#include "harness/calibrate/calibration.hpp"

namespace cuparity {

std::string calibration_as_text(const Calibration& calibration);
std::string calibration_as_markdown(const Calibration& calibration);
std::string calibration_as_json(const Calibration& calibration);

}  // namespace cuparity
