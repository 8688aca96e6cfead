// Experiments that confirm a cause: the container once more with one thing changed, interleaved with the
// baseline and the container as it was.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/explain/explanation.hpp"

namespace cuparity {

/// One further arm, and the benchmarks that it is for.
struct ConfirmationPlan {
  std::string baseline;
  std::string candidate;
  Experiment experiment;
  std::vector<std::string> keys;  ///< of the environment: what the experiment makes as the baseline has it
  std::vector<std::string> benchmarks;  ///< short names
};

/// For every benchmark that is slower or faster its likeliest cause that a flag of the engine can undo;
/// causes with the same experiment share one plan.
std::vector<ConfirmationPlan> plan_confirmations(const Explanation& explanation);

enum class Confirmation {
  confirmed,      ///< the change moves it back, as sure as any verdict, and maybe by half or more
  partly,         ///< it moves it back, but by less than half: the interval of its share ends below
  not_confirmed,  ///< it does not, and the interval leaves no room for half
  inconclusive
};

std::string to_string(Confirmation confirmation);

struct ConfirmedBenchmark {
  std::string benchmark;  ///< short name
  Confirmation outcome = Confirmation::inconclusive;
  std::string sentence;
  std::optional<Comparison> difference;  ///< the baseline against the candidate, in the experiment's run
  std::optional<Comparison> change;      ///< the candidate against the candidate with the change
  std::optional<double> share;           ///< of the difference that the change takes away, 1 is all of it
  std::optional<double> share_low;
  std::optional<double> share_high;
};

struct ConfirmationResult {
  ConfirmationPlan plan;
  std::string failure;  ///< why nothing could be measured; empty: something was
  std::string folder;   ///< of the experiment's run
  std::vector<ConfirmedBenchmark> benchmarks;
};

/// Judges a finished experiment: `run` has the plan's three modes. Pure.
std::vector<ConfirmedBenchmark> judge(const ConfirmationPlan& plan, const Run& run);

std::string confirmations_as_text(const std::vector<ConfirmationResult>& results);
std::string confirmations_as_markdown(const std::vector<ConfirmationResult>& results);

}  // namespace cuparity
