// Reads what `pytest --benchmark-json` or --benchmark-save writes.
#pragma once

#include <nlohmann/json.hpp>

#include "harness/record/benchmark_json.hpp"

namespace cuparity {

/// A row a test ("fullname"), a repetition a round; all in one process. Times are seconds; a mean that is not
/// that of the rounds is an error. Rounds are in the file only with --benchmark-save-data (or
/// --benchmark-json, from pytest-benchmark 3.1 on); else the median alone is read. Throws UsageError.
BenchmarkFile parse_pytest_benchmark_json(const nlohmann::json& json);

}  // namespace cuparity
