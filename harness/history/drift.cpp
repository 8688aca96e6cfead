#include "harness/history/drift.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include "harness/errors.hpp"
#include "harness/pattern.hpp"
#include "harness/stats/power.hpp"

namespace cuparity {
namespace {

std::vector<double> logarithms(const std::vector<double>& seconds) {
  std::vector<double> result;
  result.reserve(seconds.size());
  for (const double value : seconds) {
    result.push_back(std::log(value));
  }
  return result;
}

double mean_of(std::span<const double> values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

/// How many points of a series lie before a day.
using CountBefore = std::function<std::size_t(const std::string& day)>;

/// A regime begins at `index`; found by the test (`point`), by a person (`reason`), or both.
struct Boundary {
  std::size_t index = 0;
  const ChangePoint* point = nullptr;
  std::string reason;
};

std::vector<Boundary> boundaries(std::size_t count, const CountBefore& count_before, const std::string& benchmark,
                                 const std::vector<ChangePoint>& changes,
                                 const std::vector<ExpectedChange>& expected) {
  std::vector<Boundary> result;
  for (const ChangePoint& change : changes) {
    result.push_back({change.index, &change, ""});
  }
  for (const ExpectedChange& change : expected) {
    if (change.since.empty() || !std::regex_search(benchmark, change.benchmark)) {
      continue;
    }
    const std::size_t index = count_before(change.since);
    if (index == 0 || index >= count) {
      continue;
    }
    const auto same = std::find_if(result.begin(), result.end(), [&](const Boundary& b) { return b.index == index; });
    if (same == result.end()) {
      result.push_back({index, nullptr, change.reason});
    } else {
      same->reason = change.reason;
    }
  }
  std::sort(result.begin(), result.end(), [](const auto& a, const auto& b) { return a.index < b.index; });
  return result;
}

std::vector<RegimeChange> regime_changes(const HistoryIndex& index, std::int64_t series,
                                         const std::vector<double>& values, const std::vector<Boundary>& borders) {
  std::vector<RegimeChange> changes;
  const std::span<const double> all(values);
  for (std::size_t i = 0; i < borders.size(); ++i) {
    const std::size_t begin = i == 0 ? 0 : borders[i - 1].index;
    const std::size_t here = borders[i].index;
    const std::size_t end = i + 1 == borders.size() ? values.size() : borders[i + 1].index;
    RegimeChange change;
    change.first = index.point(series, here);
    change.last_before = index.point(series, here - 1);
    change.effect =
        std::expm1(mean_of(all.subspan(here, end - here)) - mean_of(all.subspan(begin, here - begin)));
    change.expected = borders[i].reason;
    if (borders[i].point != nullptr) {
      change.p_value = borders[i].point->p_value;
      change.serial_correlation = borders[i].point->serial_correlation;
    }
    changes.push_back(std::move(change));
  }
  return changes;
}

SeriesDrift describe(const HistoryIndex& index, const HistorySeries& series, const std::vector<double>& values,
                     const std::vector<ChangePoint>& changes, const std::vector<ExpectedChange>& expected) {
  const auto count_before = [&](const std::string& day) { return index.count_before(series.id, day); };
  const std::vector<Boundary> borders =
      boundaries(values.size(), count_before, series.benchmark, changes, expected);
  const std::size_t begin = borders.empty() ? 0 : borders.back().index;
  const std::span<const double> regime = std::span<const double>(values).subspan(begin);
  SeriesDrift drift;
  drift.series = series;
  drift.changes = regime_changes(index, series.id, values, borders);
  drift.regime_runs = static_cast<int>(regime.size());
  drift.level_seconds = std::exp(mean_of(regime));
  drift.scatter = standard_deviation(regime);
  drift.trend = linear_trend(regime);
  drift.last_run = index.point(series.id, values.size() - 1).started_at;
  return drift;
}

std::vector<HistorySeries> select(const HistoryIndex& index, const std::string& benchmark, const std::string& mode) {
  std::regex wanted;
  try {
    wanted = compiled_pattern(benchmark);
  } catch (const std::regex_error&) {
    throw UsageError(fmt::format("--benchmark '{}' is no regular expression", benchmark));
  }
  std::vector<HistorySeries> selected;
  for (HistorySeries& series : index.series()) {
    if (std::regex_search(series.benchmark, wanted) && (mode.empty() || series.mode == mode)) {
      selected.push_back(std::move(series));
    }
  }
  return selected;
}

}  // namespace

std::size_t present_regime(const std::vector<HistoryPoint>& points, const std::string& benchmark,
                           const std::vector<ChangePoint>& changes, const std::vector<ExpectedChange>& expected) {
  const auto count_before = [&](const std::string& day) {
    return static_cast<std::size_t>(std::count_if(points.begin(), points.end(), [&](const HistoryPoint& point) {
      return point.started_at < day;
    }));
  };
  const std::vector<Boundary> borders = boundaries(points.size(), count_before, benchmark, changes, expected);
  return borders.empty() ? 0 : borders.back().index;
}

std::vector<SeriesDrift> find_drift(const HistoryIndex& index, const std::string& benchmark, const std::string& mode,
                                    const std::vector<ExpectedChange>& expected,
                                    const ChangePointSettings& settings) {
  const std::vector<HistorySeries> selected = select(index, benchmark, mode);
  std::vector<std::vector<double>> values;
  for (const HistorySeries& series : selected) {
    values.push_back(logarithms(index.seconds(series)));
  }
  const std::vector<std::vector<ChangePoint>> changes = find_change_points(values, settings);
  std::vector<SeriesDrift> result;
  for (std::size_t i = 0; i < selected.size(); ++i) {
    result.push_back(describe(index, selected[i], values[i], changes[i], expected));
  }
  return result;
}

}  // namespace cuparity
