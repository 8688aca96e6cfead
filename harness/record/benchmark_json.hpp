// Reads Google Benchmark's JSON, ours or anybody's.
#pragma once

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "harness/record/run.hpp"

namespace cuparity {

struct BenchmarkFile {
  std::map<std::string, std::string> context;  ///< scalar members of "context", as text
  std::vector<Row> rows;                       ///< by run_name, in file order, repetitions gathered
  bool aggregates_only = false;                ///< nothing but mean/median/stddev rows: no verdict can be had
};

/// Throws UsageError saying what the file is instead.
BenchmarkFile parse_benchmark_json(const nlohmann::json& json);
BenchmarkFile read_benchmark_json(const std::filesystem::path& path);

/// "saxpy/own/fp32/268435456/manual_time" -> "saxpy/own/fp32/268435456": Google Benchmark's own suffixes
/// (/manual_time, /real_time, /process_time, /iterations:N, /repeats:N, /min_time:N, /threads:1) taken off.
std::string short_name(const std::string& run_name);

}  // namespace cuparity
