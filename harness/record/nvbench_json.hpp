// Reads what an nvbench program writes with --json or --jsonbin.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>

#include "harness/record/benchmark_json.hpp"

namespace cuparity {

/// A row a state, named "benchmark/axis=value/…"; where the file has results of several GPUs, the device's
/// name is added. Repetitions are the isolated ("cold") executions of --jsonbin: files of 32-bit little-endian
/// floats in seconds beside the JSON, found relative to `folder`, its parent or the working folder. Without
/// them the state has its mean GPU time alone. The summary's hint must be "duration" (seconds) and its mean
/// that of the samples. Skipped states keep their reason. Throws UsageError.
BenchmarkFile parse_nvbench_json(const nlohmann::json& json, const std::filesystem::path& folder);

}  // namespace cuparity
