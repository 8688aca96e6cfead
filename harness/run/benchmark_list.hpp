// Which rows the programs of a side have.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "harness/engine/engine.hpp"

namespace cuparity {

/// Asks the engine's cuparity-bench under `mode`; what it says lands below `folder`/raw. Never empty. Throws EnvironmentError.
std::vector<std::string> list_benchmarks(Engine& engine, const AccessMode& mode, const std::string& backend,
                                         const std::filesystem::path& folder, std::chrono::seconds time_limit);

}  // namespace cuparity
