// What NVML saw of the GPU during a run, for reports: a line a mode, and its curves over the run.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "harness/record/run.hpp"

namespace cuparity {

struct TelemetryCells {
  std::string mode;
  std::string sm_clock, memory_clock, power, temperature;  ///< "1980 MHz (1875 … 1980)": median, extremes
  std::string reasons;                                     ///< "sw_power_cap in 12 of 24 processes"
};

/// One mode's readings, all of the same length; between two processes stands a NaN.
struct TelemetryCurve {
  std::string mode;
  std::vector<double> seconds;  ///< since the first process of the run
  std::map<std::string, std::vector<double>> values;  ///< sm_clock_mhz, power_watts, temperature_celsius
  std::vector<double> clocks_event_reasons;           ///< NVML's bit mask
};

/// Modes in the order given; those without a watched benchmark process are left out.
std::vector<TelemetryCells> telemetry_cells(const Run& run, const std::vector<std::string>& modes);

/// At most about `points` a mode: neighbours inside a process are put together, numbers by their mean, event
/// reasons by "or". Empty where a run holds no series.
std::vector<TelemetryCurve> telemetry_curves(const Run& run, const std::vector<std::string>& modes,
                                             std::size_t points = 1200);

}  // namespace cuparity
