#include "harness/stats/estimate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "harness/record/median.hpp"
#include "harness/stats/power.hpp"
#include "harness/stats/rank_sum.hpp"
#include "harness/stats/signed_rank.hpp"

namespace cuparity {
namespace {

/// Why these can't be compared as times; empty if they can.
std::string unusable(const std::string& side, std::span<const double> seconds) {
  if (seconds.empty()) {
    return fmt::format("nothing was measured under {}", side);
  }
  const auto bad =
      std::find_if(seconds.begin(), seconds.end(), [](double s) { return !(s > 0) || std::isinf(s); });
  if (bad == seconds.end()) {
    return "";
  }
  return fmt::format("{} reports {} s as value {} of {}, which is no time", side, *bad,
                     bad - seconds.begin() + 1, seconds.size());
}

std::vector<double> logarithms(std::span<const double> seconds) {
  std::vector<double> result;
  result.reserve(seconds.size());
  for (const double value : seconds) {
    result.push_back(std::log(value));
  }
  return result;
}

/// Seconds on both sides, or an invalid comparison that says why not.
Observation begin(Comparison comparison, std::span<const double> baseline,
                  std::span<const double> candidate) {
  Observation observation;
  std::string reason = unusable(comparison.baseline, baseline);
  if (reason.empty()) {
    reason = unusable(comparison.candidate, candidate);
  }
  comparison.n = static_cast<int>(std::min(baseline.size(), candidate.size()));
  if (reason.empty()) {
    comparison.baseline_seconds = median({baseline.begin(), baseline.end()});
    comparison.candidate_seconds = median({candidate.begin(), candidate.end()});
  } else {
    comparison.verdict = Verdict::invalid;
    comparison.reason = reason;
  }
  observation.comparison = std::move(comparison);
  return observation;
}

double pooled_deviation(std::span<const double> a, std::span<const double> b) {
  const double freedom_a = static_cast<double>(a.size()) - 1;
  const double freedom_b = static_cast<double>(b.size()) - 1;
  if (freedom_a + freedom_b < 1) {
    return 0;
  }
  const double variance_a = std::pow(standard_deviation(a), 2);
  const double variance_b = std::pow(standard_deviation(b), 2);
  return std::sqrt((freedom_a * variance_a + freedom_b * variance_b) / (freedom_a + freedom_b));
}

/// The parts of every estimate that follow from the others; `deviation` is the standard deviation so far.
void finish(Estimate& estimate, double alpha) {
  const double implied = estimate.interval.bounded()
                             ? implied_deviation(estimate.interval, estimate.effective_blocks, alpha)
                             : estimate.deviation;
  estimate.minimum_detectable_shift =
      estimate.n < 2 ? std::numeric_limits<double>::infinity()
                     : minimum_detectable_shift(implied, estimate.effective_blocks, alpha, detection_power);
  estimate.deviation = std::min(estimate.deviation, implied);
}

}  // namespace

Estimate estimate_paired(std::span<const double> differences, double alpha) {
  Estimate estimate;
  estimate.n = static_cast<int>(differences.size());
  estimate.shift = hodges_lehmann(differences);
  estimate.interval = signed_rank_interval(differences, alpha);
  estimate.equivalence_interval = signed_rank_interval(differences, 2 * alpha);
  estimate.p_value = signed_rank_p_value(differences);
  estimate.smallest_p_value = std::min(1.0, std::exp2(1.0 - estimate.n));
  estimate.deviation = standard_deviation(differences);
  estimate.effective_blocks = estimate.n;
  finish(estimate, alpha);
  return estimate;
}

Estimate estimate_unpaired(std::span<const double> baseline, std::span<const double> candidate,
                           double alpha) {
  const double n = static_cast<double>(baseline.size());
  const double m = static_cast<double>(candidate.size());
  Estimate estimate;
  estimate.paired = false;
  estimate.n = static_cast<int>(std::min(n, m));
  estimate.shift = rank_sum_shift(baseline, candidate);
  estimate.interval = rank_sum_interval(baseline, candidate, alpha);
  estimate.equivalence_interval = rank_sum_interval(baseline, candidate, 2 * alpha);
  estimate.p_value = rank_sum_p_value(baseline, candidate);
  estimate.smallest_p_value = rank_sum_smallest_p_value(static_cast<int>(n), static_cast<int>(m));
  estimate.deviation = pooled_deviation(baseline, candidate);
  estimate.effective_blocks = n * m / (n + m);
  finish(estimate, alpha);
  return estimate;
}

Observation observe_paired(Comparison comparison, std::span<const double> baseline_seconds,
                           std::span<const double> candidate_seconds, double alpha) {
  Observation observation = begin(std::move(comparison), baseline_seconds, candidate_seconds);
  if (!observation.comparison.reason.empty()) {
    return observation;
  }
  std::vector<double>& differences = observation.comparison.differences;
  for (std::size_t i = 0; i < std::min(baseline_seconds.size(), candidate_seconds.size()); ++i) {
    differences.push_back(std::log(candidate_seconds[i]) - std::log(baseline_seconds[i]));
  }
  observation.estimate = estimate_paired(differences, alpha);
  return observation;
}

Observation observe_unpaired(Comparison comparison, std::span<const double> baseline_seconds,
                             std::span<const double> candidate_seconds, double alpha) {
  Observation observation = begin(std::move(comparison), baseline_seconds, candidate_seconds);
  if (observation.comparison.reason.empty()) {
    observation.estimate =
        estimate_unpaired(logarithms(baseline_seconds), logarithms(candidate_seconds), alpha);
  }
  return observation;
}

Observation invalid_observation(Comparison comparison, const std::string& reason) {
  Observation observation;
  observation.comparison = std::move(comparison);
  observation.imposed = Verdict::invalid;
  observation.imposed_reason = reason;
  return observation;
}

}  // namespace cuparity
