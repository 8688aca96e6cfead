// Carries an experiment out, through the run loop that every run goes through.
#pragma once

#include <filesystem>

#include "harness/explain/confirmation.hpp"
#include "harness/run/run_command.hpp"

namespace cuparity {

struct ConfirmationOptions {
  std::filesystem::path folder;  ///< of the explained run; its suite.yaml says how long and how often
  std::filesystem::path bin;     ///< folder of the native programs
  int blocks = 12;
};

/// Runs the baseline, the candidate and the changed candidate, interleaved, into explain/N in the run's
/// folder, and judges them. What could not be done is ConfirmationResult.failure. Throws UsageError where the
/// folder has no suite.yaml.
ConfirmationResult confirm(const ConfirmationPlan& plan, const Run& run, const ConfirmationOptions& options,
                           const RunSurroundings& surroundings);

}  // namespace cuparity
