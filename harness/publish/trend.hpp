// Benchmarks over the runs of a site, machine by machine, and where their level changed.
#pragma once

#include <string>
#include <vector>

#include "harness/publish/run_summary.hpp"

namespace cuparity {

struct TrendPoint {
  std::size_t at = 0;  ///< position of its run in MachineTrend::runs
  const MeasuredSeries* series = nullptr;
};

struct TrendLine {
  std::string mode;
  std::vector<TrendPoint> points;  ///< oldest first
};

/// Driver, library or kernel are others from this run on: times before and after are not comparable.
struct TrendMark {
  std::size_t at = 0;
  std::string label;  ///< "driver 590.1 (before: driver 580.2)"
};

/// The level of a line changed with this run, and nothing known of the machine did.
struct TrendChange {
  std::string mode;
  std::size_t at = 0;
  double effect = 0;  ///< relative change of the time, or of the cycles: positive is slower
  double p_value = 1;
  bool per_clock = false;  ///< of the cycles: every point of the line has them
};

/// All runs of a benchmark on one machine.
struct MachineTrend {
  std::string machine;
  std::vector<const RunSummary*> runs;  ///< oldest first
  std::vector<TrendLine> lines;         ///< in the order in which the modes first came up
  std::vector<TrendMark> marks;
  std::vector<TrendChange> changes;     ///< oldest first
};

struct BenchmarkTrend {
  std::string benchmark;
  std::string slug;  ///< fit for a file name, different for different benchmarks
  std::vector<MachineTrend> machines;  ///< the one with the newest run first
};

/// The result points into `newest_first`, which must outlive it. Sorted by name.
std::vector<BenchmarkTrend> trends_of(const std::vector<RunSummary>& newest_first, unsigned threads);

/// What a chart of it shows: the rate where the benchmark has one, else seconds.
double shown_value(const MeasuredSeries& series);
std::string format_shown_value(const MeasuredSeries& kind, double value);
/// Whether more is better.
bool shows_a_rate(const MeasuredSeries& series);

}  // namespace cuparity
