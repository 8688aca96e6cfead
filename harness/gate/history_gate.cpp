#include "harness/gate/history_gate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "harness/errors.hpp"
#include "harness/history/drift.hpp"
#include "harness/record/median.hpp"
#include "harness/stats/change_points.hpp"
#include "harness/stats/fingerprint.hpp"
#include "harness/stats/multiple_comparisons.hpp"
#include "harness/stats/power.hpp"
#include "harness/stats/prediction_interval.hpp"
#include "harness/stats/wording.hpp"

namespace cuparity {
namespace {

constexpr double alpha = 0.05;

/// A benchmark of the candidate and what came before it.
struct Judged {
  std::string benchmark;
  double seconds = 0;                ///< of cycles: at the clock in the middle of the points
  std::optional<double> time;        ///< of cycles: the seconds
  std::vector<HistoryPoint> points;  ///< the newest, oldest first
  std::vector<double> logarithms;    ///< of their seconds, as above
  std::size_t regime = 0;            ///< where the present one begins

  std::span<const double> earlier() const { return std::span<const double>(logarithms).subspan(regime); }
};

double seconds_of(const Sample& sample) {
  return sample.seconds.empty() ? sample.median_seconds.value_or(0) : median(sample.seconds);
}

/// Takes `cycles` and those of all points instead of their seconds.
void judge_per_clock(double cycles, Judged& judged) {
  std::vector<double> hertz;
  for (const HistoryPoint& point : judged.points) hertz.push_back(point.cycles.value() / point.seconds);
  const double clock = median(std::move(hertz));
  judged.time = judged.seconds;
  judged.seconds = cycles / clock;
  judged.logarithms.clear();
  for (const HistoryPoint& point : judged.points) judged.logarithms.push_back(std::log(*point.cycles / clock));
}

std::vector<Judged> collect(const HistoryIndex& index, const ResultFile& candidate, const std::string& mode,
                            const LeftOutRun& itself) {
  std::map<std::string, HistorySeries> series;
  const std::string fingerprint = machine_fingerprint(candidate.environment);
  for (const HistorySeries& one : index.series()) {
    if (one.fingerprint == fingerprint && one.mode == mode) {
      series[one.benchmark] = one;
    }
  }
  std::vector<Judged> result;
  for (const Sample& sample : candidate.samples) {
    const auto found = series.find(short_name(sample.benchmark));
    const double seconds = seconds_of(sample);
    if (sample.state != RowState::measured || !sample.lost.empty() || !(seconds > 0) || !std::isfinite(seconds)) {
      continue;
    }
    Judged judged;
    judged.benchmark = sample.benchmark;
    judged.seconds = seconds;
    if (found != series.end()) {
      judged.points = index.points(found->second.id, history_window, itself);
    }
    for (const HistoryPoint& point : judged.points) {
      judged.logarithms.push_back(std::log(point.seconds));
    }
    if (!judged.points.empty() && found->second.in_cycles && !sample.cycles.empty()) {
      judge_per_clock(median(sample.cycles), judged);
    }
    result.push_back(std::move(judged));
  }
  return result;
}

void find_regimes(const std::vector<ExpectedChange>& expected, std::vector<Judged>& all) {
  std::vector<std::vector<double>> series;
  for (const Judged& judged : all) {
    series.push_back(judged.logarithms);
  }
  const auto changes = find_change_points(series, {});
  for (std::size_t i = 0; i < all.size(); ++i) {
    all[i].regime = present_regime(all[i].points, short_name(all[i].benchmark), changes[i], expected);
  }
}

std::vector<double> earlier_times(const Judged& judged) {
  std::vector<double> times;
  for (std::size_t i = judged.regime; i < judged.points.size(); ++i) times.push_back(std::log(judged.points[i].seconds));
  return times;
}

/// Of what is judged per clock: whether its seconds are those of earlier runs, too.
double time_p_value(const Judged& judged) {
  return prediction_p_value(earlier_times(judged), std::log(judged.time.value()));
}

Comparison describe(const Judged& judged) {
  const std::span<const double> earlier = judged.earlier();
  const double mean = mean_of(earlier);
  const Interval expected = prediction_interval(earlier, alpha);
  const double value = std::log(judged.seconds);
  Comparison comparison;
  comparison.benchmark = judged.benchmark;
  comparison.n = static_cast<int>(earlier.size());
  comparison.baseline_seconds = std::exp(mean);
  comparison.candidate_seconds = judged.seconds;
  comparison.effect = std::expm1(value - mean);
  comparison.margin = std::expm1(expected.high - mean);
  // Where the true level of the next runs may lie from the earlier ones, seen from the candidate.
  comparison.interval_low = std::expm1(value - expected.high);
  comparison.interval_high = std::expm1(value - expected.low);
  comparison.confidence_level = 1 - alpha;
  if (judged.time) {
    comparison.measure = Measure::cycles;
    comparison.time_effect = std::expm1(std::log(*judged.time) - mean_of(earlier_times(judged)));
  }
  comparison.p_value = prediction_p_value(earlier, value);
  return comparison;
}

/// A GPU whose clock is lower than ever does not pass because its cycles are as many as before.
void decide_in_time(double adjusted_p_value, Comparison& comparison) {
  if (comparison.verdict == Verdict::inconclusive || adjusted_p_value > alpha || *comparison.time_effect <= 0) return;
  comparison.verdict = Verdict::inconclusive;
  comparison.reason = fmt::format(
      "slower in time than {} runs predict, though not per clock: the GPU's clock is lower; history alone is no proof: "
      "re-run the golden beside it with --golden", comparison.n);
}

void decide(Comparison& comparison, double adjusted_time_p_value) {
  const std::string prediction = fmt::format("{} runs predict ±{}", comparison.n, plain_percent(comparison.margin));
  const bool surprising = comparison.adjusted_p_value.value_or(1) <= alpha;
  if (surprising && comparison.effect.value_or(0) > 0) {
    comparison.verdict = Verdict::inconclusive;
    comparison.reason = fmt::format(
        "slower than {} (found {}); history alone is no proof: re-run the golden beside it with --golden", prediction,
        signed_percent(*comparison.effect));
  } else if (surprising) {
    comparison.verdict = Verdict::faster;
    comparison.reason = fmt::format("faster than {}", prediction);
  } else {
    comparison.verdict = Verdict::same;
    comparison.reason = fmt::format("as {}", prediction);
  }
  if (comparison.measure == Measure::cycles) {
    decide_in_time(adjusted_time_p_value, comparison);
    comparison.reason += per_clock_note(*comparison.time_effect);
  }
}

/// What earlier runs measured and this one skipped must not pass without a word.
void list_skipped(const HistoryIndex& index, const ResultFile& candidate, const std::string& mode, GateResult& result) {
  const std::string fingerprint = machine_fingerprint(candidate.environment);
  const std::vector<HistorySeries> series = index.series();
  for (const Sample& sample : candidate.samples) {
    if (sample.state != RowState::skipped) continue;
    const std::string name = short_name(sample.benchmark), line = fmt::format("{}: {}", name, sample.message);
    const bool known = std::any_of(series.begin(), series.end(), [&](const HistorySeries& one) {
      return one.fingerprint == fingerprint && one.mode == mode && one.benchmark == name;
    });
    known ? result.warnings.push_back("skipped, though earlier runs measured it: " + line)
          : result.skipped_in_both.push_back(line);
  }
}

bool is_lost(const Sample& sample) { return sample.state == RowState::measured && !sample.lost.empty(); }

/// What the candidate's own blocks are too few for.
void add_lost(const ResultFile& candidate, GateResult& result) {
  for (const Sample& sample : candidate.samples) {
    if (!is_lost(sample)) continue;
    Comparison comparison;
    comparison.benchmark = sample.benchmark;
    comparison.baseline = result.baseline;
    comparison.candidate = result.candidate;
    comparison.verdict = Verdict::invalid;
    comparison.reason = sample.lost;
    result.entries.push_back({comparison, "", ""});
  }
}

}  // namespace

GateResult gate_on_history(const HistoryIndex& index, const std::string& history_name, const ResultFile& candidate,
                           const std::string& mode, const LeftOutRun& itself,
                           const std::vector<ExpectedChange>& expected) {
  std::vector<Judged> all = collect(index, candidate, mode, itself);
  find_regimes(expected, all);
  GateResult result;
  result.kind = "history";
  result.baseline = history_name;
  result.candidate = candidate.name;
  result.wrong = candidate.wrong;
  list_skipped(index, candidate, mode, result);
  std::vector<double> p_values;
  std::vector<std::optional<double>> time_p_values;
  std::size_t longest = 0;
  for (const Judged& judged : all) {
    longest = std::max(longest, judged.earlier().size());
    if (judged.earlier().size() < static_cast<std::size_t>(prediction_minimum)) {
      result.notes.push_back(fmt::format("{}: {} of the {} runs that a prediction needs in the present regime",
                                         short_name(judged.benchmark), judged.earlier().size(), prediction_minimum));
      continue;
    }
    result.entries.push_back({describe(judged), "", ""});
    p_values.push_back(*result.entries.back().comparison.p_value);
    time_p_values.push_back(judged.time ? std::optional(time_p_value(judged)) : std::nullopt);
  }
  const bool lost = std::any_of(candidate.samples.begin(), candidate.samples.end(), is_lost);
  if (result.entries.empty() && !lost) {
    throw UsageError(fmt::format(
        "nothing to compare: {} holds at most {} runs of a benchmark of {} in one regime on the same machine ({}), "
        "a prediction needs {}",
        history_name, longest, candidate.name, machine_fingerprint(candidate.environment), prediction_minimum));
  }
  const std::vector<double> adjusted = holm(p_values);
  const std::vector<std::optional<double>> adjusted_in_time = holm_of_present(time_p_values);
  for (std::size_t i = 0; i < result.entries.size(); ++i) {
    Comparison& comparison = result.entries[i].comparison;
    comparison.baseline = history_name;
    comparison.candidate = candidate.name;
    comparison.adjusted_p_value = adjusted[i];
    decide(comparison, adjusted_in_time[i].value_or(1));
  }
  add_lost(candidate, result);
  return result;
}

}  // namespace cuparity
