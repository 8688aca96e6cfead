// What every report shows, once: a run and its analysis turned into lines and cells. The formats only lay
// it out, and each escapes it in its own way: the texts here are as they came.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "harness/record/run.hpp"
#include "harness/stats/analysis.hpp"

namespace cuparity {

/// A comparison as cells.
struct ComparisonCells {
  const Comparison* comparison = nullptr;
  std::string name;            ///< short_name of the benchmark
  std::string baseline_value;  ///< rate where the benchmark has one, else time
  std::string candidate_value;
  std::string attained;         ///< of what this GPU can attain, by the candidate: "98 %"; empty where unknown
  std::string attained_source;  ///< by whose figure
  std::string effect;  ///< how much longer the candidate takes
  std::string interval;
  std::string blocks;
  std::string minimum_detectable_effect;
  std::string verdict;  ///< "same", "slower" …
  std::string remark;   ///< "per clock, in time +0.4 %", "detectable, below the margin", "other bits"
};

/// Every comparison of one mode with the baseline.
struct ModeTable {
  std::string baseline;
  std::string candidate;
  std::vector<ComparisonCells> rows;
  std::map<Verdict, int> count;
};

/// What one mode measured, where there was nothing to compare it with.
struct MeasuredCells {
  std::string mode;
  std::string name;
  std::string value;
  std::string processes;
};

struct SkippedGroup {
  std::string reason;
  std::vector<std::string> benchmarks;  ///< short names, with the modes where it was not all of them
};

/// One key of the environments seen from inside; one value a mode, in the order of ReportView::modes.
struct EnvironmentKey {
  std::string key;
  std::vector<std::string> values;  ///< "–" where a mode does not have it
  bool differs = false;             ///< between modes, and not merely from moment to moment
};

struct ReportView {
  Verdict verdict = Verdict::invalid;
  std::string sentence;
  std::string state;                    ///< empty: complete; else what is missing
  std::vector<std::string> modes;       ///< the baseline first
  std::vector<ModeTable> tables;        ///< one for each mode but the baseline
  std::vector<MeasuredCells> measured;  ///< filled where `tables` is empty: nothing measured is hidden
  std::vector<ComparisonCells> noise_floor;
  std::string noise_floor_summary;
  std::vector<std::string> wrong;
  std::vector<SkippedGroup> skipped;
  std::vector<std::string> notes;
  std::vector<EnvironmentKey> environment;
  std::vector<std::pair<std::string, std::string>> provenance;
  std::string validation;  ///< how many tests of the suite's `validate` passed; empty: it has none
  std::string overhead;
  std::string command;  ///< to repeat the run, quoted for a shell; empty where unknown
};

/// Whether a benchmark of so many operations and bytes (or of such rates) is about FLOP/s, as GEMM is, and not
/// about bytes/s, as STREAM and SAXPY are. 0: it has none.
bool is_bound_by_flops(double flops, double bytes);

/// `analysis` must outlive the view: its cells point at the comparisons.
ReportView describe(const Run& run, const Analysis& analysis);

}  // namespace cuparity
