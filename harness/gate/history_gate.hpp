// A candidate against what earlier runs predict. History alone never says slower: what was measured on another
// night can differ for many reasons, so a surprise is inconclusive until a golden is re-run beside it.
#pragma once

#include <string>
#include <vector>

#include "harness/gate/gate.hpp"
#include "harness/history/expected_change.hpp"
#include "harness/history/history_index.hpp"
#include "harness/stats/file_comparison.hpp"

namespace cuparity {

/// The newest runs that are looked at; a regime begins inside them or before.
inline constexpr int history_window = 200;

/// Each benchmark of `candidate` (of `mode`, from the run `itself`, which may lie in the history) against the
/// present regime of its series on the same machine: above what prediction_interval of at least
/// prediction_minimum runs allows (Holm over the benchmarks, 5 %) is inconclusive, below it faster, inside
/// same. Throws UsageError if no benchmark has that many runs.
GateResult gate_on_history(const HistoryIndex& index, const std::string& history_name, const ResultFile& candidate,
                           const std::string& mode, const LeftOutRun& itself,
                           const std::vector<ExpectedChange>& expected);

}  // namespace cuparity
