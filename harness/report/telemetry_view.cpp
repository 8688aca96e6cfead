#include "harness/report/telemetry_view.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <ctime>
#include <limits>
#include <optional>
#include <sstream>

#include <iomanip>

#include "harness/record/median.hpp"

namespace cuparity {
namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();

bool is_watched(const Trial& trial, const std::string& mode) {
  return trial.kind == TrialKind::benchmark && trial.mode == mode && !trial.telemetry.empty();
}

std::optional<double> number(const Trial& trial, const std::string& key) {
  const auto found = trial.telemetry.find(key);
  if (found == trial.telemetry.end()) return std::nullopt;
  return std::strtod(found->second.c_str(), nullptr);
}

/// Over the mode's processes: the median of their medians, the least and the greatest of all readings.
std::string range(const Run& run, const std::string& mode, const std::string& name, const char* unit) {
  std::vector<double> medians;
  double low = std::numeric_limits<double>::infinity(), high = -low;
  for (const Trial& trial : run.trials) {
    if (!is_watched(trial, mode)) continue;
    if (const auto value = number(trial, name + "_median")) medians.push_back(*value);
    if (const auto value = number(trial, name + "_min")) low = std::min(low, *value);
    if (const auto value = number(trial, name + "_max")) high = std::max(high, *value);
  }
  if (medians.empty()) return "–";
  const double middle = median(medians);
  if (!(low <= high)) return fmt::format("{:.4g} {}", middle, unit);
  return fmt::format("{:.4g} {} ({:.4g} … {:.4g})", middle, unit, low, high);
}

std::string reasons_of(const Run& run, const std::string& mode) {
  std::map<std::string, int> seen;
  int processes = 0;
  for (const Trial& trial : run.trials) {
    const auto found = trial.telemetry.find("clocks_event_reasons");
    if (!is_watched(trial, mode) || found == trial.telemetry.end()) continue;
    ++processes;
    std::string rest = found->second + ", ";
    for (std::size_t comma = rest.find(", "); comma != std::string::npos; comma = rest.find(", ")) {
      if (comma > 0) ++seen[rest.substr(0, comma)];
      rest.erase(0, comma + 2);
    }
  }
  if (processes == 0) return "–";
  if (seen.empty()) return "none";
  std::vector<std::string> parts;
  for (const auto& [reason, count] : seen) parts.push_back(fmt::format("{} in {}", reason, count));
  return fmt::format("{} of {} processes", fmt::join(parts, ", "), processes);
}

/// Seconds since 1970 of "2026-11-23T16:42:05Z".
std::optional<double> time_of(const std::string& text) {
  std::tm time{};
  std::istringstream stream(text);
  stream >> std::get_time(&time, "%Y-%m-%dT%H:%M:%S");
  if (stream.fail()) return std::nullopt;
  return static_cast<double>(timegm(&time));
}

double mean(const std::vector<double>& values, std::size_t begin, std::size_t end) {
  double sum = 0;
  int count = 0;
  for (std::size_t i = begin; i < std::min(end, values.size()); ++i) {
    if (std::isnan(values[i])) continue;
    sum += values[i];
    ++count;
  }
  return count > 0 ? sum / count : missing;
}

double any_bit(const std::vector<double>& values, std::size_t begin, std::size_t end) {
  std::uint64_t bits = 0;
  bool known = false;
  for (std::size_t i = begin; i < std::min(end, values.size()); ++i) {
    if (std::isnan(values[i])) continue;
    bits |= static_cast<std::uint64_t>(values[i]);
    known = true;
  }
  return known ? static_cast<double>(bits) : missing;
}

constexpr const char* curve_names[] = {"sm_clock_mhz", "power_watts", "temperature_celsius"};

void add_process(TelemetryCurve& curve, const Trial& trial, double start, std::size_t points) {
  const auto seconds = trial.telemetry_series.find("seconds");
  if (seconds == trial.telemetry_series.end() || seconds->second.empty()) return;
  static const std::vector<double> none;
  const auto series = [&](const char* name) -> const std::vector<double>& {
    const auto found = trial.telemetry_series.find(name);
    return found == trial.telemetry_series.end() ? none : found->second;
  };
  const std::size_t count = seconds->second.size();
  const std::size_t group = (count + points - 1) / points;
  if (!curve.seconds.empty()) {  // the line is not drawn from one process to the next
    curve.seconds.push_back(start);
    for (const char* name : curve_names) curve.values[name].push_back(missing);
    curve.clocks_event_reasons.push_back(missing);
  }
  for (std::size_t begin = 0; begin < count; begin += group) {
    curve.seconds.push_back(start + mean(seconds->second, begin, begin + group));
    for (const char* name : curve_names)
      curve.values[name].push_back(mean(series(name), begin, begin + group));
    curve.clocks_event_reasons.push_back(any_bit(series("clocks_event_reasons"), begin, begin + group));
  }
}

}  // namespace

std::vector<TelemetryCells> telemetry_cells(const Run& run, const std::vector<std::string>& modes) {
  std::vector<TelemetryCells> lines;
  for (const std::string& mode : modes) {
    const bool watched = std::any_of(run.trials.begin(), run.trials.end(),
                                     [&](const Trial& trial) { return is_watched(trial, mode); });
    if (!watched) continue;
    lines.push_back({mode, range(run, mode, "sm_clock_mhz", "MHz"), range(run, mode, "memory_clock_mhz", "MHz"),
                     range(run, mode, "power_watts", "W"), range(run, mode, "temperature_celsius", "°C"),
                     reasons_of(run, mode)});
  }
  return lines;
}

std::vector<TelemetryCurve> telemetry_curves(const Run& run, const std::vector<std::string>& modes,
                                             std::size_t points) {
  std::map<std::string, std::size_t> processes;
  std::optional<double> first;
  for (const Trial& trial : run.trials) {
    if (trial.telemetry_series.empty() || trial.kind != TrialKind::benchmark) continue;
    ++processes[trial.mode];
    if (const auto start = time_of(trial.started_at)) first = std::min(first.value_or(*start), *start);
  }
  std::vector<TelemetryCurve> curves;
  for (const std::string& mode : modes) {
    if (processes[mode] == 0) continue;
    TelemetryCurve& curve = curves.emplace_back(TelemetryCurve{mode, {}, {}, {}});
    const std::size_t each = std::max<std::size_t>(points / processes[mode], 2);
    for (const Trial& trial : run.trials) {
      if (trial.mode != mode || trial.kind != TrialKind::benchmark) continue;
      const auto start = time_of(trial.started_at);
      add_process(curve, trial, start && first ? *start - *first : 0, each);
    }
  }
  return curves;
}

}  // namespace cuparity
