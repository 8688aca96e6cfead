#include "harness/report/environment_keys.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <set>

namespace cuparity {
namespace {

/// Readings of a moment, and names that differ in any container whatever it does.
const std::set<std::string>& passing_keys() {
  static const std::set<std::string> keys = {"clocks_event_reasons", "date",
                                             "executable",           "host_name",
                                             "json_schema_version",  "load_avg",
                                             "mhz_per_cpu",          "memory_clock_mhz",
                                             "power_watts",          "process_seconds_before_benchmarks",
                                             "sm_clock_mhz",         "temperature_celsius"};
  return keys;
}

std::optional<double> number(const std::string& text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::string summary(const std::set<std::string>& values) {
  if (values.empty()) return "–";
  if (values.size() == 1) return *values.begin();
  double low = 0, high = 0;
  bool numeric = true, first = true;
  for (const std::string& value : values) {
    const std::optional<double> parsed = number(value);
    if (!parsed) {
      numeric = false;
      break;
    }
    low = first ? *parsed : std::min(low, *parsed);
    high = first ? *parsed : std::max(high, *parsed);
    first = false;
  }
  if (numeric) return fmt::format("{:g} … {:g}", low, high);
  return fmt::format("{} (and {} other values)", *values.begin(), values.size() - 1);
}

}  // namespace

std::vector<EnvironmentKey> environment_keys(const Run& run, const std::vector<std::string>& modes) {
  std::map<std::string, std::map<std::string, std::set<std::string>>> seen;  // key, mode, values
  std::set<std::string> passing = passing_keys();
  std::set<std::string> modes_with_environment;
  for (const Trial& trial : run.trials) {
    if (trial.kind != TrialKind::benchmark) continue;
    if (!trial.environment.empty()) modes_with_environment.insert(trial.mode);
    for (const auto& [key, value] : trial.environment) seen[key][trial.mode].insert(value);
    for (const auto& [key, value] : trial.telemetry) {
      const std::string name = "host telemetry: " + key;
      seen[name][trial.mode].insert(value);
      passing.insert(name);
    }
  }
  std::vector<EnvironmentKey> keys;
  for (const auto& [key, by_mode] : seen) {
    EnvironmentKey entry{key, {}, false};
    const std::set<std::string>* first = nullptr;
    for (const std::string& mode : modes) {
      static const std::set<std::string> none;
      const auto found = by_mode.find(mode);
      const std::set<std::string>& values = found == by_mode.end() ? none : found->second;
      entry.values.push_back(summary(values));
      if (!modes_with_environment.contains(mode)) continue;  // never ran: nothing to compare with
      if (first && *first != values && !passing.contains(key)) entry.differs = true;
      if (!first) first = &values;
    }
    keys.push_back(std::move(entry));
  }
  std::stable_sort(keys.begin(), keys.end(),
                   [](const EnvironmentKey& a, const EnvironmentKey& b) { return a.differs > b.differs; });
  return keys;
}

std::vector<std::pair<std::string, std::string>> provenance(const Run& run) {
  std::map<std::string, std::string> known = run.environment;
  // From inside the baseline's processes first: they saw the device that was measured.
  for (const bool baseline : {true, false}) {
    for (const Trial& trial : run.trials) {
      if ((trial.mode == run.baseline_mode) != baseline) continue;
      known.insert(trial.environment.begin(), trial.environment.end());
    }
  }
  std::vector<std::pair<std::string, std::string>> lines;
  const auto add = [&](const char* label, const std::string& value) {
    if (!value.empty()) lines.emplace_back(label, value);
  };
  const auto add_key = [&](const char* label, const char* key) {
    if (const auto found = known.find(key); found != known.end()) add(label, found->second);
  };
  add_key("GPU", "gpu_name");
  add_key("GPU UUID", "gpu_uuid");
  add_key("Driver", "driver_version");
  add_key("CUDA allowed by the driver", "cuda_driver_version");
  add_key("CUDA runtime", "cuda_runtime_version");
  add_key("cuBLAS", "cublas_version");
  add_key("cuDNN", "cudnn_version");
  add_key("Backend", "backend");
  add_key("Why this backend", "backend_reason");
  add_key("CPU", "cpu_model");
  add_key("OpenBLAS", "openblas_config");
  add_key("oneDNN", "onednn_version");
  add_key("Operating system", "os");
  add_key("Kernel", "kernel");
  add("Image", run.image);
  add("Image digest", run.image_digest);
  add("cuparity", run.version);
  add("Suite", run.suite);
  add("Seed", run.command.empty() && run.seed == 0 ? "" : std::to_string(run.seed));
  add("Started", run.started_at);
  add("Finished", run.finished_at.empty() && !run.started_at.empty() ? "interrupted" : run.finished_at);
  return lines;
}

}  // namespace cuparity
