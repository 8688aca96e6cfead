// What the points of a series say: regimes, the changes between them, and where the present one is going.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/history/expected_change.hpp"
#include "harness/history/history_index.hpp"
#include "harness/stats/change_points.hpp"
#include "harness/stats/trend.hpp"

namespace cuparity {

/// A change of level found in the data, or begun by an expected change.
struct RegimeChange {
  HistoryPoint first;                ///< the first run of the new level
  HistoryPoint last_before;          ///< the last run of the old one
  double effect = 0;                 ///< relative; positive means slower
  std::optional<double> p_value;     ///< nothing: a person marked it
  bool serial_correlation = false;
  std::string expected;              ///< the reason of the expected change that began it
};

struct SeriesDrift {
  HistorySeries series;
  std::vector<RegimeChange> changes;  ///< ascending
  int regime_runs = 0;                ///< of the present regime
  double level_seconds = 0;           ///< its geometric mean; of cycles: at the clock in the middle of all runs
  double scatter = 0;                 ///< standard deviation of ln(seconds) in it
  Trend trend;                        ///< of ln(seconds) a run, in it
  std::string last_run;               ///< when
};

/// Where the present regime begins in the newest points of a series: at the last change point or expected
/// change in them.
std::size_t present_regime(const std::vector<HistoryPoint>& points, const std::string& benchmark,
                           const std::vector<ChangePoint>& changes,
                           const std::vector<ExpectedChange>& expected);

/// The series whose benchmark matches `benchmark` and, unless empty, mode is `mode`, all tested together.
std::vector<SeriesDrift> find_drift(const HistoryIndex& index, const std::string& benchmark,
                                    const std::string& mode, const std::vector<ExpectedChange>& expected,
                                    const ChangePointSettings& settings);

}  // namespace cuparity
