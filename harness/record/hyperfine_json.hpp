// Reads what `hyperfine --export-json` writes.
#pragma once

#include <nlohmann/json.hpp>

#include "harness/record/benchmark_json.hpp"

namespace cuparity {

/// A row a command, a repetition a run of it: each is a process of its own. Times are seconds; a mean that is
/// not that of the times is an error (another unit, or an edited file). A command with a run that did not end
/// with 0 is a failed row. Without "times" (a stripped file) the median alone is read. Throws UsageError.
BenchmarkFile parse_hyperfine_json(const nlohmann::json& json);

}  // namespace cuparity
