// The section "Why" of the reports: what explain finds of each mode, as lines and cells. Texts are as they came;
// each format escapes them in its own way.
#pragma once

#include <string>
#include <vector>

#include "harness/record/run.hpp"
#include "harness/stats/analysis.hpp"

namespace cuparity {

struct WhyBenchmark {
  std::string name;  ///< short name
  Verdict verdict = Verdict::slower;
  std::string effect;
  std::string interval;
  std::string conclusion;             ///< the likeliest cause, or that nothing known explains it
  std::vector<std::string> possible;  ///< further causes, likeliest first
};

struct WhyDifference {
  std::string key;
  std::string baseline;
  std::string candidate;
  std::string text;     ///< of a known cause what it does and moves; else why it is none
  std::string confirm;  ///< what would confirm it; empty where it is no known cause
  std::string command;  ///< … as one would type it; empty where no flag of the engine can do it
  std::string source;
};

/// One mode against the baseline.
struct WhyMode {
  std::string candidate;
  std::string sentence;
  std::string like;  ///< an earlier mode under which the same differs; its lists are not repeated here
  std::vector<WhyBenchmark> benchmarks;  ///< slower or faster
  std::vector<WhyDifference> known;      ///< known to move a benchmark of this run, likeliest first
  std::vector<WhyDifference> other;      ///< not known to move one, and what any container shows
};

/// Of every mode that was compared with the baseline, in the order of the run. The verdicts are the analysis's.
std::vector<WhyMode> why_modes(const Run& run, const Analysis& analysis);

}  // namespace cuparity
