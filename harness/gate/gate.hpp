// What a gate found and whether it lets the candidate through. Pure.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "harness/history/expected_change.hpp"
#include "harness/record/run.hpp"
#include "harness/stats/analysis.hpp"
#include "harness/stats/file_comparison.hpp"

namespace cuparity {

struct GateEntry {
  Comparison comparison;
  std::string expected;  ///< slower, but let through: the reason of the expected change; empty: none
  std::string where;     ///< of the expected change, "allow.yaml:3"
};

struct GateResult {
  std::string kind;  ///< "golden", "baseline" or "history"
  std::string baseline;
  std::string candidate;
  std::string mode;  ///< of runs: the one that is compared; empty: files of other programs, or a golden
  std::vector<GateEntry> entries;
  std::vector<std::string> wrong;  ///< wrong results and failed trials of the candidate; never let through
  std::vector<std::string> only_in_baseline;
  std::vector<std::string> only_in_candidate;
  std::vector<std::string> skipped_in_both;
  std::vector<std::string> environment_differences;  ///< not empty: crossed on the user's word
  std::vector<std::string> warnings;                 ///< worth a look, no reason to fail
  std::vector<std::string> notes;
  std::string stopped;  ///< "stopped after 2 of 30 blocks", or why nothing was compared: never passes; empty: it was not
  Verdict verdict = Verdict::inconclusive;
  int exit_code = 0;  ///< ExitCode
  std::string sentence;
};

GateResult gate_on_files(const FileComparison& comparison);
/// `run` has the modes "golden" (its baseline) and "candidate".
GateResult gate_on_golden(const Run& run, const Analysis& analysis);

/// Marks what is slower by no more than an expected change allows. `today` is YYYY-MM-DD: a change that is
/// past its `until` allows nothing and is a warning of the first result, as is one that matches no benchmark of any.
void apply_expected_changes(const std::vector<ExpectedChange>& changes, const std::string& today,
                            std::span<GateResult> results);

/// What could not be compared, and why: inconclusive.
GateResult not_compared(const std::string& kind, const std::string& baseline, const std::string& candidate,
                        const std::string& why);

/// Sets verdict, exit code and sentence from the rest: 1 for anything wrong or slower that is not expected,
/// else 3 for anything inconclusive or invalid and for what was stopped, else 0.
void conclude(GateResult& result);

/// Today, UTC, YYYY-MM-DD.
std::string utc_today();

}  // namespace cuparity
