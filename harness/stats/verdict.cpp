#include "harness/stats/verdict.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <cmath>

#include "harness/errors.hpp"
#include "harness/stats/equivalence.hpp"
#include "harness/stats/multiple_comparisons.hpp"
#include "harness/stats/power.hpp"
#include "harness/stats/wording.hpp"

namespace cuparity {
namespace {

constexpr int too_many_blocks = 100'000;  ///< beyond, "more blocks" is no advice

/// What holds for all comparisons decided together.
struct Family {
  int size = 0;
  double alpha = 0.05;
  std::string unit;
};

void fill_numbers(Comparison& comparison, const Estimate& estimate, double alpha) {
  comparison.n = estimate.n;
  comparison.effect = std::expm1(estimate.shift);
  comparison.confidence_level = 1 - alpha;
  if (estimate.interval.bounded()) {
    comparison.interval_low = std::expm1(estimate.interval.low);
    comparison.interval_high = std::expm1(estimate.interval.high);
  }
  comparison.p_value = estimate.p_value;
  // Without bounds no effect would be found, however small the scatter.
  if (estimate.interval.bounded() && std::isfinite(estimate.minimum_detectable_shift)) {
    comparison.minimum_detectable_effect = std::expm1(estimate.minimum_detectable_shift);
  }
}

/// Values a side weigh half as much as pairs.
double sides(const Estimate& estimate) { return estimate.paired ? 1 : 2; }

/// The fewest blocks for which some test of this family could reject: exactness for paired data, and the
/// same for two samples by counting n up.
int fewest_blocks(const Estimate& estimate, int comparisons, double alpha) {
  if (estimate.paired) {
    return blocks_for_exactness(comparisons, alpha);
  }
  // C(2n, n) grows by about 4 a step.
  int n = 1;
  for (double smallest = 1; smallest > alpha / comparisons && n < 1000; ++n) {
    smallest = 2 * std::exp(2 * std::lgamma(n + 1.0) - std::lgamma(2 * n + 1.0));
  }
  return n - 1;
}

double blocks_for_difference(const Estimate& estimate, int comparisons, double alpha) {
  const double z = boost::math::quantile(boost::math::normal(), 1 - alpha / (2 * comparisons));
  return std::max<double>(sides(estimate) * blocks_for_half_width(estimate.deviation, std::abs(estimate.shift), z),
                          fewest_blocks(estimate, comparisons, alpha));
}

/// At least one more than there are; nothing where "more blocks" is no advice.
std::optional<int> within_reason(double blocks, const Estimate& estimate) {
  const double needed = std::max(blocks, estimate.n + 1.0);
  return needed < too_many_blocks ? std::optional<int>(static_cast<int>(needed)) : std::nullopt;
}

/// The number of blocks after which this comparison would be decided, if effect and scatter stay what they
/// are.
std::optional<int> blocks_to_settle(const Comparison& comparison, const Estimate& estimate,
                                    const Family& family) {
  if (estimate.n < 2) {
    return std::nullopt;
  }
  const boost::math::normal normal;
  const double bound = std::log1p(comparison.margin);
  const double shift = std::abs(estimate.shift);
  double for_same = too_many_blocks;
  if (shift < bound) {
    for_same = sides(estimate) * std::max(blocks_to_detect(estimate.deviation, bound, family.alpha, detection_power),
                                          blocks_for_half_width(estimate.deviation, bound - shift,
                                                                boost::math::quantile(normal, 1 - family.alpha)));
    for_same = std::max<double>(for_same, fewest_blocks(estimate, 1, family.alpha));
  }
  return within_reason(std::min(for_same, blocks_for_difference(estimate, family.size, family.alpha)), estimate);
}

std::string describe_interval(const Comparison& comparison) {
  return fmt::format("{} % interval {}", std::round(1000 * comparison.confidence_level) / 10,
                     interval_text(comparison));
}

/// Why nothing could be decided.
std::string inconclusive_reason(const Comparison& comparison, const Estimate& estimate, const Family& family,
                                bool inside_margin) {
  const std::string advice = settle_advice(comparison.blocks_to_settle, family.unit);
  if (inside_margin) {
    return fmt::format(
        "underpowered: inside the margin of {}, but an effect that large could be missed (minimum "
        "detectable effect {}); {}",
        plain_percent(comparison.margin),
        plain_percent(comparison.minimum_detectable_effect.value_or(INFINITY)), advice);
  }
  if (!estimate.interval.bounded()) {
    return fmt::format("n = {} is too few for an interval of {} %; at least {} {} are needed", estimate.n,
                       std::round(1000 * comparison.confidence_level) / 10,
                       fewest_blocks(estimate, 1, family.alpha), family.unit);
  }
  if (estimate.interval.excludes_zero() && estimate.smallest_p_value * family.size > family.alpha) {
    return fmt::format("{}, but {} {} can't prove a difference among {} comparisons; at least {} are needed",
                       describe_interval(comparison), estimate.n, family.unit, family.size,
                       fewest_blocks(estimate, family.size, family.alpha));
  }
  if (estimate.interval.excludes_zero()) {
    return fmt::format("{}, but not after the correction for {} comparisons; {}",
                       describe_interval(comparison), family.size, advice);
  }
  return fmt::format("{} holds 0 and reaches beyond the margin of {}; {}", describe_interval(comparison),
                     plain_percent(comparison.margin), advice);
}

void decide_one(Comparison& comparison, const Estimate& estimate, const Family& family,
                double false_discovery_p) {
  // Where n is too small for the interval that is shown, a scatter that happens to be tiny proves nothing.
  const bool inside_margin =
      estimate.interval.bounded() && equivalent(estimate.equivalence_interval, comparison.margin);
  if (inside_margin && estimate.minimum_detectable_shift <= std::log1p(comparison.margin)) {
    comparison.verdict = Verdict::same;
    comparison.detectable_below_margin = estimate.interval.excludes_zero();
    comparison.reason =
        fmt::format("inside the margin of {}{}", plain_percent(comparison.margin),
                    comparison.detectable_below_margin ? "; detectable, below the margin" : "");
    return;
  }
  const bool is_slower = estimate.interval.low > 0 && comparison.adjusted_p_value.value() <= family.alpha;
  const bool is_faster = estimate.interval.high < 0 && false_discovery_p <= family.alpha;
  if (!inside_margin && (is_slower || is_faster)) {
    comparison.verdict = is_slower ? Verdict::slower : Verdict::faster;
    comparison.reason = fmt::format("{} excludes 0", describe_interval(comparison));
    return;
  }
  comparison.verdict = Verdict::inconclusive;
  comparison.blocks_to_settle = blocks_to_settle(comparison, estimate, family);
  comparison.reason = inconclusive_reason(comparison, estimate, family, inside_margin);
}

}  // namespace

std::vector<Comparison> decide(std::vector<Observation> observations, double alpha, const std::string& unit) {
  std::vector<double> p_values;
  for (const Observation& observation : observations) {
    if (observation.estimate) {
      p_values.push_back(observation.estimate->p_value);
    }
  }
  const std::vector<double> family_wise = holm(p_values);
  const std::vector<double> false_discovery = benjamini_hochberg(p_values);
  const Family family{static_cast<int>(p_values.size()), alpha, unit};

  std::vector<Comparison> comparisons;
  std::size_t place = 0;
  for (Observation& observation : observations) {
    Comparison& comparison = observation.comparison;
    if (observation.estimate) {
      fill_numbers(comparison, *observation.estimate, alpha);
      comparison.adjusted_p_value = family_wise[place];
      decide_one(comparison, *observation.estimate, family, false_discovery[place]);
      ++place;
    }
    if (observation.imposed) {
      comparison.verdict = *observation.imposed;
      comparison.reason = observation.imposed_reason;
      comparison.detectable_below_margin = false;
      comparison.blocks_to_settle.reset();
    }
    comparisons.push_back(std::move(comparison));
  }
  return comparisons;
}

std::optional<int> blocks_to_prove(const Estimate& estimate, int comparisons, double alpha) {
  return estimate.n < 2 ? std::nullopt : within_reason(blocks_for_difference(estimate, comparisons, alpha), estimate);
}

Verdict overall_verdict(const std::vector<Comparison>& comparisons) {
  for (const Verdict verdict : {Verdict::slower, Verdict::invalid, Verdict::inconclusive, Verdict::faster}) {
    if (std::any_of(comparisons.begin(), comparisons.end(),
                    [&](const auto& c) { return c.verdict == verdict; })) {
      return verdict;
    }
  }
  return comparisons.empty() ? Verdict::inconclusive : Verdict::same;
}

int exit_code_of(const std::vector<Comparison>& comparisons) {
  switch (overall_verdict(comparisons)) {
    case Verdict::slower: return exit_regression;
    case Verdict::invalid:
    case Verdict::inconclusive: return exit_inconclusive;
    case Verdict::faster:
    case Verdict::same: return exit_pass;
  }
  return exit_inconclusive;
}

}  // namespace cuparity
