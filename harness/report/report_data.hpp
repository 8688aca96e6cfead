// The numbers behind the rows of report.html, as JSON that its script reads when a row is opened.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "harness/record/run.hpp"
#include "harness/stats/analysis.hpp"

namespace cuparity {

/// {"comparisons": [in the order of analysis.comparisons],
///  "measured": {mode: {benchmark: {"processes": [[trial, block, seconds, repetitions…]], "label": {key:
///  [values]}}}}, "noise_floor": {benchmark: {effect, low, high}}}. Times in seconds.
nlohmann::json report_data(const Run& run, const Analysis& analysis);

/// As it may stand inside a <script> element: no character of it can end the element.
std::string script_safe(const nlohmann::json& json);

}  // namespace cuparity
