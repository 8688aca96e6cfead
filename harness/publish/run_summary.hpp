// What a site keeps of a run in memory: enough for its index, trends and comparisons.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "harness/record/run.hpp"
#include "harness/stats/analysis.hpp"

namespace cuparity {

/// One benchmark under one mode.
struct MeasuredSeries {
  std::string mode;
  std::string benchmark;        ///< short_name
  std::vector<double> seconds;  ///< one value a block that counts
  double median_seconds = 0;
  std::vector<double> cycles;   ///< of the GPU's clock, one for each of `seconds`, where the suite compares in them; else none
  std::optional<double> bytes;  ///< moved in those seconds
  std::optional<double> flops;
  std::string digest;
  double margin = 0.01;
  std::optional<Verdict> verdict;  ///< against the baseline mode; none for that itself
};

struct RunSummary {
  std::string id;
  std::string started_at;
  std::string finished_at;
  std::string suite;
  std::string verdict;        ///< "same", "slower", "wrong", "nothing compared" …
  std::string verdict_class;  ///< one of to_string(Verdict), for colours
  std::string sentence;
  std::string device;     ///< GPU; the CPU where no GPU was measured
  std::string device_id;  ///< tells devices of one name apart; may be empty
  std::string driver;
  std::string cuda;
  std::string baseline_mode;
  std::vector<std::string> modes;                           ///< the baseline first
  std::vector<std::pair<std::string, std::string>> facts;   ///< provenance
  std::vector<std::string> software;  ///< "driver 580.159.04" …: what a trend may change with
  std::string fingerprint;            ///< machine_fingerprint of the baseline mode
  std::vector<MeasuredSeries> measured;
};

/// "20260301T100000Z-5f3a9c01": from the start, the seed and the first trial, which nothing changes later: the
/// same run again, resumed or redacted, keeps it. Fit for a file name whatever the run holds.
std::string run_id(const std::string& started_at, std::uint64_t seed, double first_wall_seconds);

/// Nothing where the cycles are not counted.
std::optional<double> median_cycles(const MeasuredSeries& series);

RunSummary summarise(const Run& run, const Analysis& analysis, const std::string& id);

/// As in the reports: FLOP/s where that is what the benchmark is about, else bytes/s, else time.
bool shows_flops(const MeasuredSeries& series);

/// "NVIDIA H200 (gpu-1)".
std::string machine_of(const RunSummary& run);

/// Newest first; equal times in the order of their ids.
void sort_newest_first(std::vector<RunSummary>& runs);

}  // namespace cuparity
