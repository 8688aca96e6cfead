// Why two modes differ: what of their environments does, ranked by what is known to move which benchmark, and
// the causes that this leaves for each benchmark that is slower or faster.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/explain/environment_difference.hpp"
#include "harness/explain/experiment.hpp"
#include "harness/explain/known_influences.hpp"
#include "harness/explain/startup.hpp"
#include "harness/record/run.hpp"
#include "harness/stats/analysis.hpp"

namespace cuparity {

struct ExplainedDifference {
  EnvironmentDifference difference;
  std::vector<KnownInfluence> influences;  ///< on this run's backend, strongest first; empty: none is known
  std::optional<Experiment> experiment;    ///< of the first influence, where a flag of the engine can do it
  std::string expected;                    ///< why any container differs in it; empty: not expected
  int measured = 0;  ///< benchmarks of this run that it is known to move, whatever their verdict
  int moved = 0;  ///< benchmarks of this run that are slower or faster and that it may explain
};

struct Cause {
  std::string key;
  std::string baseline;
  std::string candidate;
  KnownInfluence influence;
  std::optional<Experiment> experiment;
};

struct ExplainedBenchmark {
  Comparison comparison;      ///< slower or faster
  std::vector<Cause> causes;  ///< likeliest first; empty: nothing known explains it
  bool different_libraries = false;
  std::string conclusion;  ///< one sentence
};

struct Explanation {
  std::string baseline;
  std::string candidate;
  std::string backend;
  std::string sentence;
  int compared = 0;  ///< benchmarks that both modes measured
  int decided = 0;   ///< of those, same, slower or faster
  std::vector<ExplainedDifference>
      differences;                            ///< likeliest first; those that no influence is known of last
  std::vector<ExplainedDifference> expected;  ///< of any container; by key
  std::vector<ExplainedBenchmark> benchmarks;
  StartupTable startup;
};

/// Pure, but for the host's library files, which experiments look for. Throws UsageError where the run has no
/// such mode or no trial of it.
Explanation explain(const Run& run, const std::string& baseline, const std::string& candidate);

/// The same with comparisons that were made before, of which it takes those of the two modes: a report explains
/// the verdicts that it shows. Start-up is left out, and there is no other analysis.
Explanation explain(const Run& run, const std::vector<Comparison>& comparisons, const std::string& baseline,
                    const std::string& candidate);

/// Whether the same keys differ by the same values: what one of the two lists, the other need not repeat.
bool same_differences(const Explanation& a, const Explanation& b);

/// `earlier` was shown before; where the same differs, that is said instead of listed again.
std::string explanation_as_text(const Explanation& explanation, const std::vector<Explanation>& earlier = {});
std::string explanation_as_markdown(const Explanation& explanation, const std::vector<Explanation>& earlier = {});

}  // namespace cuparity
