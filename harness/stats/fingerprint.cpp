#include "harness/stats/fingerprint.hpp"

#include <fmt/format.h>

namespace cuparity {
namespace {

/// They change from start to start, or with what is compared: worth a note, but no obstacle.
const std::vector<std::string>& circumstance_keys() {
  static const std::vector<std::string> keys = {
      "cpus_allowed", "cpu_quota",       "kernel",     "os",
      "host_name",    "mhz_per_cpu",     "cpu_scaling_enabled", "library_version",
      "executable",   "cuparity_version", "source_digest", "python_version", "nvbench_version"};
  return keys;
}

const std::string& value_of(const Environment& environment, const std::string& key) {
  static const std::string unknown;
  const auto found = environment.find(key);
  return found == environment.end() ? unknown : found->second;
}

std::string difference(const std::string& key, const std::string& before, const std::string& after) {
  return fmt::format("{} differs: {} against {}", key, before.empty() ? "unknown" : before,
                     after.empty() ? "unknown" : after);
}

}  // namespace

const std::vector<std::string>& machine_keys() {
  static const std::vector<std::string> keys = {"backend",        "gpu_name",
                                                "gpu_uuid",       "compute_capability",
                                                "gpu_default_clock_hz", "driver_version",
                                                "cuda_driver_version",  "cpu_model",
                                                "num_cpus",       "threads"};
  return keys;
}

const std::vector<std::string>& software_keys() {
  static const std::vector<std::string> keys = {"cuda_runtime_version", "cublas_version", "cudnn_version",
                                                "openblas_config",      "onednn_version", "library_build_type",
                                                "image_digest"};
  return keys;
}

std::vector<std::string> fingerprint_differences(const Environment& baseline, const Environment& candidate,
                                                 const std::set<std::string>& may_differ) {
  std::vector<std::string> differences;
  for (const auto* keys : {&machine_keys(), &software_keys()}) {
    for (const std::string& key : *keys) {
      const std::string& before = value_of(baseline, key);
      const std::string& after = value_of(candidate, key);
      if (!before.empty() && !after.empty() && before != after && may_differ.count(key) == 0) {
        differences.push_back(difference(key, before, after));
      }
    }
  }
  return differences;
}

std::vector<std::string> environment_notes(const Environment& baseline, const Environment& candidate) {
  std::vector<std::string> notes;
  for (const auto* keys : {&machine_keys(), &software_keys(), &circumstance_keys()}) {
    for (const std::string& key : *keys) {
      const std::string& before = value_of(baseline, key);
      const std::string& after = value_of(candidate, key);
      if (before != after) {
        notes.push_back(difference(key, before, after));
      }
    }
  }
  if (!notes.empty()) {
    notes.push_back("the environments differ, so a difference in time need not come from what you changed");
  }
  return notes;
}

std::string machine_fingerprint(const Environment& environment) {
  const bool gpu = value_of(environment, "backend") != "cpu" &&
                   (environment.count("gpu_uuid") > 0 || environment.count("gpu_name") > 0);
  std::string text;
  for (const std::string& key : machine_keys()) {
    const bool of_host = key == "cpu_model" || key == "num_cpus" || key == "threads";
    const bool of_gpu = key.rfind("gpu_", 0) == 0 || key == "compute_capability" || key.find("driver") != std::string::npos;
    const std::string& value = value_of(environment, key);
    if (!value.empty() && (gpu ? !of_host : !of_gpu)) {
      text += fmt::format("{}{}={}", text.empty() ? "" : "; ", key, value);
    }
  }
  return text.empty() ? "unknown machine" : text;
}

}  // namespace cuparity
