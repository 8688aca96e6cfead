// Holds memory on GPUs, for a process that was not given them to try to open.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>

#include "validate/probe/options.hpp"

namespace cuparity::probe {

/// Becomes the program in `folder` that holds it: it prints one line of JSON (hold_memory() in cuda_memory.hpp) and goes
/// on until standard input ends. Returns, with a line that says why, only where CUDA does not start.
nlohmann::json hold(const Options& options, const std::filesystem::path& folder);

}  // namespace cuparity::probe
