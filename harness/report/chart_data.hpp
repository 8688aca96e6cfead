// The numbers of the charts that report.html draws without a click, as JSON for its script.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "harness/explain/startup.hpp"
#include "harness/report/telemetry_view.hpp"

namespace cuparity {

/// {"modes": [...], "phases": [{"name", "seconds": [of each mode, or null]}]} in the order of events, without sums.
nlohmann::json startup_data(const StartupTable& table);

/// {"reasons": [names seen], "modes": [{"mode", "seconds", "sm_clock_mhz", "power_watts", "temperature_celsius",
/// "events": [[second, index into reasons]]}]}; null where a reading lacks a number, and between processes.
nlohmann::json telemetry_data(const std::vector<TelemetryCurve>& curves);

}  // namespace cuparity
