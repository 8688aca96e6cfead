// Watches one GPU from the host while a trial runs, and decides from that alone whether its block counts.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "environment/nvml.hpp"

namespace cuparity {

/// Readings of one trial: just before the process started, while it ran, just after it ended.
struct TrialReadings {
  environment::NvmlReading before;
  std::vector<environment::NvmlReading> during;
  environment::NvmlReading after;
  std::vector<double> seconds = {};  ///< since start(), one for each of `during`
};

/// Trial.telemetry: sm_clock_mhz, memory_clock_mhz, temperature_celsius, power_watts each as _min, _median
/// and _max over the trial; clocks_event_reasons (names of all that were seen, separated by ", "),
/// foreign_processes, samples; and "block_rejected" with the reason where the block must not count: thermal
/// or hardware slowdown, power brake, a foreign process on the GPU. A software power cap is only recorded: a
/// GEMM meets it by right. `own_processes`: how many compute processes of the trial itself may be on the GPU
/// at once.
std::map<std::string, std::string> summarise(const TrialReadings& readings, unsigned own_processes);

/// Trial.telemetry_series: at most `most_points` points. Where there were more readings, neighbours are put
/// together: the mean of each number, all event reasons that any of them had. Empty where nothing was read.
std::map<std::string, std::vector<double>> series_of(const TrialReadings& readings,
                                                     std::size_t most_points = 120);

/// One trial at a time: start(), run the process, stop(). Readings are taken on a thread of its own.
class GpuMonitor {
 public:
  using Reader = std::function<environment::NvmlReading()>;

  explicit GpuMonitor(Reader reader, std::chrono::milliseconds interval = std::chrono::milliseconds(100));
  ~GpuMonitor();
  GpuMonitor(const GpuMonitor&) = delete;
  GpuMonitor& operator=(const GpuMonitor&) = delete;

  void start();
  TrialReadings stop();

 private:
  void sample_until_stopped();
  environment::NvmlReading read_between_trials() const;

  Reader reader_;
  std::chrono::milliseconds interval_;
  TrialReadings readings_;
  std::chrono::steady_clock::time_point started_;
  std::mutex mutex_;
  std::condition_variable stopping_;
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace cuparity
