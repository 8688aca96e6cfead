// From a run to its comparisons and its one overall verdict.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "harness/record/run.hpp"
#include "harness/stats/comparison.hpp"

namespace cuparity {

/// Derived from a Run; never stored as the truth.
struct Analysis {
  std::vector<Comparison> comparisons;  ///< every benchmark × every mode but the baseline
  std::vector<Comparison>
      noise_floor;                   ///< A/A: the baseline's own first half of each block against its second
  std::vector<std::string> wrong;    ///< wrong results, failed trials and tests, one line each
  std::vector<std::string> skipped;  ///< skipped rows with their reason, one line each
  Verdict verdict = Verdict::invalid;
  std::string sentence;       ///< the verdict in one sentence
  int exit_code = 0;          ///< ExitCode
  double overhead_ratio = 0;  ///< harness time / time of the processes it ran
};

/// Compares every mode with run.baseline_mode, block by block. Pure.
Analysis analyse(const Run& run);

/// A comparison of fewer blocks decides nothing: its interval has no bounds. looks: how often the run looks at its data.
int fewest_blocks_to_decide(std::size_t looks);

}  // namespace cuparity
