// What may hang or crash, done in a process of its own: `cuparity doctor --look-at nvml` prints one line of
// JSON.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace cuparity {

/// "nvml": driver, GPUs. "cuda": cuInit and the device count. "nodes": the driver's device nodes, opened
/// read-write. Throws UsageError on another word.
nlohmann::json look_at(const std::string& what);

std::vector<std::string> things_to_look_at();

}  // namespace cuparity
