// runs/ID/summary.json: a RunSummary, so that a later publication need not read the run for it.
#pragma once

#include <nlohmann/json.hpp>

#include "harness/publish/run_summary.hpp"

namespace cuparity {

/// Nothing is rounded: reading gives the same numbers.
nlohmann::json to_json(const RunSummary& summary);

/// Throws UsageError for what to_json() has not written.
RunSummary run_summary_from_json(const nlohmann::json& json);

}  // namespace cuparity
