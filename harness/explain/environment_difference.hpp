// In what the environments of two modes of a run differ, seen from inside their processes and by NVML.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "harness/record/run.hpp"

namespace cuparity {

/// The value of a side that does not have the key.
inline constexpr const char* absent_value = "–";

struct EnvironmentDifference {
  std::string key;  ///< of Trial.environment, "… under load" of the telemetry, "algorithm of BENCHMARK"
  std::string baseline;  ///< absent_value where that side does not have it
  std::string candidate;
  bool same_version = false;  ///< a library at another path, but of the same version
};

/// "libcudnn_path" -> "cudnn_version": the key that says whether two paths hold the same library. Empty where `key`
/// is no library's path.
std::string version_key(const std::string& key);

/// Sorted by key. Readings that move from moment to moment are left out; clocks, power and temperature under
/// load are differences where their medians are apart by more than they wander (clocks 0.5 %, power 5 %,
/// 5 °C), event reasons where one side had one in at least half of its trials and the other never.
std::vector<EnvironmentDifference> environment_differences(const Run& run, const std::string& baseline,
                                                           const std::string& candidate);

/// What the first benchmark trial of the mode that went well saw.
std::map<std::string, std::string> environment_of(const Run& run, const std::string& mode);

/// The run of these two modes alone, the first being the baseline.
Run restricted_to(const Run& run, const std::string& baseline, const std::string& candidate);

}  // namespace cuparity
