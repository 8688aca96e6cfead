// One process under one mode -> one Trial. A process that fails is a record, never an exception, unless the disk is full.
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "harness/access/access_mode.hpp"
#include "harness/engine/engine.hpp"
#include "harness/record/run.hpp"
#include "harness/telemetry/gpu_monitor.hpp"

namespace cuparity {

/// What every process of a run has in common.
struct TrialSettings {
  std::filesystem::path folder;  ///< the run's; raw files go to raw/ in it
  std::string backend;           ///< "cuda" or "cpu"
  std::string benchmark_filter;  ///< Google Benchmark's regular expression
  int repetitions = 5;
  double min_time_seconds = 0.05;
  std::string validate;  ///< GoogleTest filter
  std::chrono::seconds time_limit{120};
  bool startup = false;          ///< one startup trial a mode in every block
  unsigned own_gpu_processes = 1;  ///< that one trial may have on the GPU at once
};

/// Trial::index of a process that looks before anything is measured; no trial of the run has its file in raw/, for such files
/// begin with the prefix.
inline constexpr int probe_index = -1;
inline constexpr const char* probe_prefix = "probe-";

/// A mode that is ready to run.
struct Arm {
  AccessMode mode;
  Engine* engine = nullptr;
  std::map<std::string, std::string> variables;  ///< environment variables for its processes
  std::vector<std::string> arguments = {};       ///< further ones for cuparity-bench
};

/// Runs and reads. `trial` comes with index, block, position and kind; `monitor` may be null. `interrupted`
/// is set where the user stopped it: such a trial says nothing and is not to be kept. Throws EnvironmentError where it failed on
/// a full disk.
Trial run_trial(Trial trial, const Arm& arm, const TrialSettings& settings, GpuMonitor* monitor,
                bool& interrupted);

/// Now, UTC, ISO 8601 with seconds.
std::string utc_now();

}  // namespace cuparity
