// What the history keeps of a result file: one number a benchmark and mode.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/record/result_file.hpp"

namespace cuparity {

struct HistoryValue {
  std::string fingerprint;  ///< machine_fingerprint() of the mode
  std::string mode;         ///< empty: a file of another program
  std::string benchmark;    ///< short_name
  double seconds = 0;       ///< median over the run's blocks, or the file's repetitions
  std::optional<double> cycles;  ///< the same of the GPU's clock cycles, where the suite compares in them
};

struct HistoryRun {
  std::string started_at;    ///< ISO 8601; empty where the file does not say
  std::string software;      ///< what may explain a change: "image sha256:…, cuBLAS 13.1, …"
  std::vector<HistoryValue> values;

  /// The same for copies of a run, also redacted ones: when it began and what it measured on which model of machine.
  std::string identity() const;
  /// The GPU has a pseudonym, so these values are of no machine that others are of.
  bool redacted() const;
};

/// Skipped and failed rows, and values that are no time, are left out.
HistoryRun read_history_run(const Result& result);

}  // namespace cuparity
