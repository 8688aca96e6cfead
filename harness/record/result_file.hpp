// Result files of every program that we read, told apart by what is in them.
#pragma once

#include <filesystem>
#include <variant>

#include "harness/record/benchmark_json.hpp"
#include "harness/record/run.hpp"

namespace cuparity {

/// A run of ours, or the results of Google Benchmark, hyperfine, nvbench or pytest-benchmark.
using Result = std::variant<Run, BenchmarkFile>;

/// `path` is a run's folder, a journal, a file of one of the formats, or a folder of such files (but not
/// runs) of one program. In a folder every file is a process and gives one value a benchmark, the median of
/// its repetitions, in the order of their names. Throws UsageError: not readable, not known, no benchmark.
Result load_result(const std::filesystem::path& path);

}  // namespace cuparity
