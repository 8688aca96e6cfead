// Reads Google Benchmark's JSON, ours or anybody's.
#pragma once

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "harness/record/run.hpp"

namespace cuparity {

/// A result file of Google Benchmark, or of another program brought into the same form.
struct BenchmarkFile {
  std::map<std::string, std::string> context;  ///< scalar members of "context", as text
  std::vector<Row> rows;                       ///< by run_name, in file order, repetitions gathered
  bool aggregates_only = false;                ///< nothing but mean/median/stddev rows: no verdict can be had
  std::string program = "Google Benchmark";  ///< that wrote it
  bool one_process = true;                   ///< repetitions are those of one process; false: a process each
  std::string advice =                       ///< what to do where there are only aggregates
      "run with --benchmark_repetitions=20 and without --benchmark_report_aggregates_only";
};

/// What cuparity wrote, by the document's `format`: "run", "calibration", …; nothing for another program's.
std::optional<std::string> own_format(const nlohmann::json& json);

/// Throws UsageError saying what the file is instead.
BenchmarkFile parse_benchmark_json(const nlohmann::json& json);
BenchmarkFile read_benchmark_json(const std::filesystem::path& path);

/// "saxpy/own/fp32/268435456/manual_time" -> "saxpy/own/fp32/268435456": Google Benchmark's own suffixes
/// (/manual_time, /real_time, /process_time, /iterations:N, /repeats:N, /min_time:N, /threads:1) taken off.
std::string short_name(const std::string& run_name);
std::vector<std::string> short_names(std::vector<std::string> run_names);

}  // namespace cuparity
