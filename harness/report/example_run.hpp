// Runs made up for the tests: fixed numbers, no clock, no randomness.
#pragma once

#include "harness/record/run.hpp"
#include "harness/stats/analysis.hpp"

namespace cuparity {

struct Example {
  Run run;
  Analysis analysis;
};

/// Two containers against native on one GPU: every verdict, a wrong result, skipped rows, differing
/// environments. What the golden files hold.
Example example_run();

/// `benchmarks` × `modes` (the baseline and so many containers) × `blocks`, all `same`.
Example large_run(int benchmarks, int modes, int blocks);

/// A benchmark, a reason and an environment value that try everything: HTML, script, a Markdown table's bar,
/// terminal escapes, right-to-left marks, invalid UTF-8, 10,000 characters.
Example hostile_run();

}  // namespace cuparity
