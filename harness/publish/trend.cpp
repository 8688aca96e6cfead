#include "harness/publish/trend.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>

#include "harness/report/numbers.hpp"
#include "harness/stats/change_points.hpp"

namespace cuparity {
namespace {

/// Letters, digits and dashes of the name, and a hash that tells apart what they make equal.
std::string slug_of(const std::string& benchmark) {
  std::string slug;
  std::uint32_t hash = 0x811c9dc5U;  // FNV-1a, 32 bits
  for (const char c : benchmark) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x01000193U;
    const bool kept = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (kept) slug += c;
    else if (!slug.empty() && slug.back() != '-') slug += '-';
  }
  if (slug.size() > 60) slug.resize(60);
  return fmt::format("{}-{:08x}", slug.empty() ? "benchmark" : slug, hash);
}

TrendLine& line_of(MachineTrend& trend, const std::string& mode) {
  const auto found = std::find_if(trend.lines.begin(), trend.lines.end(),
                                  [&](const TrendLine& line) { return line.mode == mode; });
  return found == trend.lines.end() ? trend.lines.emplace_back(TrendLine{mode, {}}) : *found;
}

MachineTrend& machine_in(BenchmarkTrend& trend, const std::string& machine) {
  const auto found = std::find_if(trend.machines.begin(), trend.machines.end(),
                                  [&](const MachineTrend& entry) { return entry.machine == machine; });
  if (found != trend.machines.end()) return *found;
  MachineTrend& made = trend.machines.emplace_back();
  made.machine = machine;
  return made;
}

std::string difference(const RunSummary& before, const RunSummary& after) {
  std::string text;
  const auto add = [&](const std::string& part) { text += (text.empty() ? "" : ", ") + part; };
  for (std::size_t i = 0; i < std::min(before.software.size(), after.software.size()); ++i) {
    const std::string& old_one = before.software[i];
    const std::string& new_one = after.software[i];
    if (old_one == new_one) continue;
    if (old_one.empty()) add(new_one);
    else if (new_one.empty()) add("no " + old_one);
    else add(fmt::format("{} (before: {})", new_one, old_one));
  }
  if (text.empty() && before.fingerprint != after.fingerprint) text = "another environment";
  return text;
}

void add_marks(MachineTrend& trend) {
  for (std::size_t at = 1; at < trend.runs.size(); ++at) {
    const std::string label = difference(*trend.runs[at - 1], *trend.runs[at]);
    if (!label.empty()) trend.marks.push_back({at, label});
  }
}

/// A stretch of a line without a mark inside.
struct Regime {
  MachineTrend* trend;
  const TrendLine* line;
  std::size_t first;  ///< of its points
  bool per_clock;
};

void find_changes(std::vector<BenchmarkTrend>& trends, unsigned threads) {
  std::vector<Regime> regimes;
  std::vector<std::vector<double>> series;
  for (BenchmarkTrend& benchmark : trends) {
    for (MachineTrend& machine : benchmark.machines) {
      for (const TrendLine& line : machine.lines) {
        const bool per_clock =
            std::all_of(line.points.begin(), line.points.end(),
                        [](const TrendPoint& point) { return !point.series->cycles.empty(); });
        auto mark = machine.marks.begin();
        for (std::size_t i = 0; i < line.points.size(); ++i) {
          const MeasuredSeries& point = *line.points[i].series;
          bool begins = i == 0;
          for (; mark != machine.marks.end() && mark->at <= line.points[i].at; ++mark) begins = true;
          if (begins) {
            regimes.push_back({&machine, &line, i, per_clock});
            series.emplace_back();
          }
          series.back().push_back(std::log(per_clock ? *median_cycles(point) : point.median_seconds));
        }
      }
    }
  }
  ChangePointSettings settings;
  settings.threads = threads;
  const auto found = find_change_points(series, settings);
  for (std::size_t i = 0; i < regimes.size(); ++i) {
    for (const ChangePoint& change : found[i]) {
      const TrendPoint& point = regimes[i].line->points[regimes[i].first + change.index];
      regimes[i].trend->changes.push_back(
          {regimes[i].line->mode, point.at, std::expm1(change.after - change.before), change.p_value,
           regimes[i].per_clock});
    }
  }
  for (BenchmarkTrend& benchmark : trends) {
    for (MachineTrend& machine : benchmark.machines) {
      std::stable_sort(machine.changes.begin(), machine.changes.end(),
                       [](const TrendChange& a, const TrendChange& b) { return a.at < b.at; });
    }
  }
}

}  // namespace

std::vector<BenchmarkTrend> trends_of(const std::vector<RunSummary>& newest_first, unsigned threads) {
  std::map<std::string, BenchmarkTrend> by_name;
  for (auto run = newest_first.rbegin(); run != newest_first.rend(); ++run) {
    const std::string machine = machine_of(*run);
    for (const MeasuredSeries& series : run->measured) {
      MachineTrend& trend = machine_in(by_name[series.benchmark], machine);
      if (trend.runs.empty() || trend.runs.back() != &*run) trend.runs.push_back(&*run);
      line_of(trend, series.mode).points.push_back({trend.runs.size() - 1, &series});
    }
  }
  std::vector<BenchmarkTrend> trends;
  for (auto& [name, trend] : by_name) {
    trend.benchmark = name;
    trend.slug = slug_of(name);
    for (MachineTrend& machine : trend.machines) add_marks(machine);
    std::stable_sort(trend.machines.begin(), trend.machines.end(),
                     [](const MachineTrend& a, const MachineTrend& b) {
                       return b.runs.back()->started_at < a.runs.back()->started_at;
                     });
    trends.push_back(std::move(trend));
  }
  find_changes(trends, threads);
  return trends;
}

bool shows_a_rate(const MeasuredSeries& series) { return series.flops || series.bytes; }

double shown_value(const MeasuredSeries& series) {
  if (shows_flops(series)) return *series.flops / series.median_seconds;
  if (series.bytes) return *series.bytes / series.median_seconds;
  return series.median_seconds;
}

std::string format_shown_value(const MeasuredSeries& kind, double value) {
  if (shows_flops(kind)) return format_flops_per_second(value);
  return kind.bytes ? format_bytes_per_second(value) : format_seconds(value);
}

}  // namespace cuparity
