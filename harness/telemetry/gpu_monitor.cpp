#include "harness/telemetry/gpu_monitor.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <utility>

namespace cuparity {
namespace {

using environment::NvmlReading;

// nvml.h: nvmlClocksEventReason* (nvmlClocksThrottleReason* before CUDA 12.2).
constexpr std::uint64_t hardware_slowdown = 0x08;
constexpr std::uint64_t software_thermal_slowdown = 0x20;
constexpr std::uint64_t hardware_thermal_slowdown = 0x40;
constexpr std::uint64_t hardware_power_brake = 0x80;
constexpr std::uint64_t rejecting_reasons =
    hardware_slowdown | software_thermal_slowdown | hardware_thermal_slowdown | hardware_power_brake;

void add_statistics(std::map<std::string, std::string>& summary, const std::string& name,
                    std::vector<double> values) {
  if (values.empty()) return;
  std::sort(values.begin(), values.end());
  const auto text = [](double value) { return fmt::format("{:.6g}", value); };
  summary[name + "_min"] = text(values.front());
  summary[name + "_median"] = text((values[(values.size() - 1) / 2] + values[values.size() / 2]) / 2);
  summary[name + "_max"] = text(values.back());
}

template <typename Field>
std::vector<double> gather(const std::vector<NvmlReading>& readings, Field field) {
  std::vector<double> values;
  for (const NvmlReading& reading : readings) {
    if (reading.*field) values.push_back(static_cast<double>(*(reading.*field)));
  }
  return values;
}

/// Rounded to a tenth, so that the record stays small; NaN where none of them has the field.
template <typename Field>
double mean_of(const std::vector<NvmlReading>& readings, Field field) {
  const std::vector<double> values = gather(readings, field);
  if (values.empty()) return std::numeric_limits<double>::quiet_NaN();
  double sum = 0;
  for (const double value : values) sum += value;
  return std::round(10 * sum / static_cast<double>(values.size())) / 10;
}

/// The mask is below 2^53: exact as a double.
double all_reasons(const std::vector<NvmlReading>& readings) {
  std::optional<std::uint64_t> reasons;
  for (const NvmlReading& reading : readings)
    if (reading.clocks_event_reasons) reasons = reasons.value_or(0) | *reading.clocks_event_reasons;
  return reasons ? static_cast<double>(*reasons) : std::numeric_limits<double>::quiet_NaN();
}

/// Processes that are not the trial's: all that are there before and after it, and those beyond its own.
unsigned foreign_processes(const TrialReadings& readings, unsigned own_processes) {
  unsigned foreign = std::max(readings.before.processes.value_or(0), readings.after.processes.value_or(0));
  for (const NvmlReading& reading : readings.during) {
    const unsigned seen = reading.processes.value_or(0);
    if (seen > own_processes) foreign = std::max(foreign, seen - own_processes);
  }
  return foreign;
}

}  // namespace

std::map<std::string, std::string> summarise(const TrialReadings& readings, unsigned own_processes) {
  std::map<std::string, std::string> summary;
  add_statistics(summary, "sm_clock_mhz", gather(readings.during, &NvmlReading::sm_clock_mhz));
  add_statistics(summary, "memory_clock_mhz", gather(readings.during, &NvmlReading::memory_clock_mhz));
  add_statistics(summary, "temperature_celsius", gather(readings.during, &NvmlReading::temperature_celsius));
  add_statistics(summary, "power_watts", gather(readings.during, &NvmlReading::power_watts));
  summary["samples"] = std::to_string(readings.during.size());

  std::optional<std::uint64_t> reasons;
  for (const NvmlReading& reading : readings.during) {
    if (reading.clocks_event_reasons) reasons = reasons.value_or(0) | *reading.clocks_event_reasons;
  }
  if (reasons) {
    summary["clocks_event_reasons"] =
        fmt::format("{}", fmt::join(environment::clocks_event_reason_names(*reasons), ", "));
  }
  const unsigned foreign = foreign_processes(readings, own_processes);
  if (readings.before.processes) summary["foreign_processes"] = std::to_string(foreign);

  if (foreign > 0) {
    summary["block_rejected"] =
        fmt::format("{} other compute process{} on the GPU", foreign, foreign == 1 ? "" : "es");
  } else if (reasons.value_or(0) & rejecting_reasons) {
    const auto names = environment::clocks_event_reason_names(*reasons & rejecting_reasons);
    summary["block_rejected"] = fmt::format("the GPU was slowed down: {}", fmt::join(names, ", "));
  }
  return summary;
}

std::map<std::string, std::vector<double>> series_of(const TrialReadings& readings, std::size_t most_points) {
  std::map<std::string, std::vector<double>> series;
  const std::size_t count = std::min(readings.during.size(), readings.seconds.size());
  const std::size_t points = std::min(count, most_points);
  for (std::size_t point = 0; point < points; ++point) {
    const std::size_t begin = point * count / points;
    const std::size_t end = (point + 1) * count / points;
    const std::vector<NvmlReading> group(readings.during.begin() + static_cast<std::ptrdiff_t>(begin),
                                         readings.during.begin() + static_cast<std::ptrdiff_t>(end));
    series["seconds"].push_back(readings.seconds[(begin + end - 1) / 2]);
    series["sm_clock_mhz"].push_back(mean_of(group, &NvmlReading::sm_clock_mhz));
    series["memory_clock_mhz"].push_back(mean_of(group, &NvmlReading::memory_clock_mhz));
    series["temperature_celsius"].push_back(mean_of(group, &NvmlReading::temperature_celsius));
    series["power_watts"].push_back(mean_of(group, &NvmlReading::power_watts));
    series["clocks_event_reasons"].push_back(all_reasons(group));
  }
  return series;
}

GpuMonitor::GpuMonitor(Reader reader, std::chrono::milliseconds interval)
    : reader_(std::move(reader)), interval_(interval) {}

GpuMonitor::~GpuMonitor() {
  if (thread_.joinable()) stop();
}

void GpuMonitor::start() {
  readings_ = {};
  readings_.before = read_between_trials();
  started_ = std::chrono::steady_clock::now();
  stop_ = false;
  thread_ = std::thread([this] { sample_until_stopped(); });
}

TrialReadings GpuMonitor::stop() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stop_ = true;
  }
  stopping_.notify_one();
  thread_.join();
  readings_.after = read_between_trials();
  return std::move(readings_);
}

/// The driver may list a process for a moment after it ended: a foreign one stays.
NvmlReading GpuMonitor::read_between_trials() const {
  NvmlReading reading = reader_();
  for (int attempt = 0; attempt < 5 && reading.processes.value_or(0) > 0; ++attempt) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    reading = reader_();
  }
  return reading;
}

void GpuMonitor::sample_until_stopped() {
  std::unique_lock<std::mutex> lock(mutex_);
  while (!stopping_.wait_for(lock, interval_, [this] { return stop_; })) {
    lock.unlock();
    NvmlReading reading = reader_();
    const std::chrono::duration<double> since = std::chrono::steady_clock::now() - started_;
    lock.lock();
    readings_.during.push_back(std::move(reading));
    readings_.seconds.push_back(since.count());
  }
}

}  // namespace cuparity
