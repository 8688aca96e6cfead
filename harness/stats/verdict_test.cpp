#include "harness/stats/verdict.hpp"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>

#include "harness/errors.hpp"
#include "harness/stats/equivalence.hpp"
#include "harness/stats/margins.hpp"
#include "harness/stats/multiple_comparisons.hpp"
#include "harness/stats/power.hpp"
#include "harness/stats/wording.hpp"

namespace cuparity {
namespace {

using ::testing::DoubleNear;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

Comparison named(double margin = 0.01) {
  Comparison comparison;
  comparison.benchmark = "saxpy";
  comparison.baseline = "native";
  comparison.candidate = "docker";
  comparison.margin = margin;
  return comparison;
}

/// n blocks whose log ratios lie evenly in shift ± half.
Observation spread(int n, double shift, double half, double margin = 0.01, double alpha = 0.05) {
  std::vector<double> baseline(n, 1.0);
  std::vector<double> candidate;
  for (int i = 0; i < n; ++i)
    candidate.push_back(std::exp(shift + half * (n == 1 ? 0 : 2.0 * i / (n - 1) - 1)));
  return observe_paired(named(margin), baseline, candidate, alpha);
}

Comparison decide_alone(const Observation& observation, double alpha = 0.05) {
  return decide({observation}, alpha, "blocks").front();
}

TEST(Verdict, SameInsideTheMargin) {
  const Comparison comparison = decide_alone(spread(12, 0.0, 0.003));
  EXPECT_EQ(comparison.verdict, Verdict::same);
  EXPECT_FALSE(comparison.detectable_below_margin);
  EXPECT_EQ(comparison.n, 12);
  EXPECT_LT(comparison.minimum_detectable_effect.value(), 0.01);
  EXPECT_NEAR(comparison.effect.value(), 0, 1e-6);
}

TEST(Verdict, SaysWhenADifferenceBelowTheMarginIsDetectable) {
  const Comparison comparison = decide_alone(spread(12, 0.004, 0.002));
  EXPECT_EQ(comparison.verdict, Verdict::same);
  EXPECT_TRUE(comparison.detectable_below_margin);
  EXPECT_THAT(comparison.reason, HasSubstr("detectable, below the margin"));
}

TEST(Verdict, SlowerAndFasterBeyondTheMargin) {
  const Comparison slower = decide_alone(spread(12, 0.03, 0.005));
  EXPECT_EQ(slower.verdict, Verdict::slower);
  EXPECT_NEAR(slower.effect.value(), std::expm1(0.03), 1e-6);
  EXPECT_GT(slower.interval_low.value(), 0);
  EXPECT_EQ(decide_alone(spread(12, -0.03, 0.005)).verdict, Verdict::faster);
}

TEST(Verdict, UnderpoweredIsNeverSame) {
  // Inside the margin, but an effect of 1 % could be missed: deviation 0.65·0.02 over 12 blocks.
  const Comparison comparison = decide_alone(spread(12, 0.0, 0.018));
  ASSERT_GT(comparison.minimum_detectable_effect.value(), 0.01);
  EXPECT_EQ(comparison.verdict, Verdict::inconclusive);
  EXPECT_THAT(comparison.reason, HasSubstr("underpowered"));
  EXPECT_GT(comparison.blocks_to_settle.value(), 12);
}

TEST(Verdict, TheBlocksItAsksForSettleIt) {
  const Comparison before = decide_alone(spread(12, 0.001, 0.03));
  ASSERT_EQ(before.verdict, Verdict::inconclusive);
  const Comparison after = decide_alone(spread(before.blocks_to_settle.value() + 3, 0.001, 0.03));
  EXPECT_EQ(after.verdict, Verdict::same) << after.reason;
}

TEST(Verdict, FewBlocksDecideNothingHoweverLargeTheEffect) {
  for (const int n : {1, 2, 3, 4, 5}) {
    const Comparison comparison = decide_alone(spread(n, 1.0, 0.001));
    EXPECT_EQ(comparison.verdict, Verdict::inconclusive) << n;
    EXPECT_FALSE(comparison.interval_low.has_value()) << n;
    EXPECT_FALSE(comparison.minimum_detectable_effect.has_value()) << n << ": no effect would have been found";
    EXPECT_THAT(comparison.reason, HasSubstr("at least 6 blocks are needed")) << n;
  }
  EXPECT_EQ(decide_alone(spread(6, 1.0, 0.001)).verdict, Verdict::slower);
}

TEST(Verdict, ExactnessAsksForMoreBlocksAmongManyComparisons) {
  std::vector<Observation> many(40, spread(9, 0.05, 0.001));
  const std::vector<Comparison> few_blocks = decide(many, 0.05, "blocks");
  EXPECT_EQ(few_blocks.front().verdict, Verdict::inconclusive);
  EXPECT_THAT(few_blocks.front().reason, HasSubstr("among 40 comparisons; at least 11 are needed"));
  many.assign(40, spread(11, 0.05, 0.001));
  EXPECT_EQ(decide(many, 0.05, "blocks").front().verdict, Verdict::slower);
}

TEST(Verdict, AsksForNoMoreBlocksThanItsWayNeeds) {
  // Six blocks of so little scatter are the same, however many comparisons there are; a difference needs more.
  const std::vector<Comparison> equal = decide(std::vector<Observation>(40, spread(5, 0.0, 0.0001)), 0.05, "blocks");
  EXPECT_EQ(equal.front().blocks_to_settle, 6);
  EXPECT_EQ(decide(std::vector<Observation>(40, spread(6, 0.0, 0.0001)), 0.05, "blocks").front().verdict, Verdict::same);
  const std::vector<Comparison> apart = decide(std::vector<Observation>(40, spread(5, 0.05, 0.0001)), 0.05, "blocks");
  EXPECT_EQ(apart.front().blocks_to_settle, 11);
}

TEST(Verdict, InsideTheMarginWithoutPowerIsInconclusiveThoughZeroIsExcluded) {
  std::vector<double> candidate;
  for (const double d : {63., 159., 83., 32., 15., 8., 243., -7., 8.5, 51., -3., -5.}) candidate.push_back(std::exp(1e-4 * d));
  const Comparison comparison = decide_alone(observe_paired(named(), std::vector<double>(12, 1.0), candidate, 0.05));
  ASSERT_GT(comparison.interval_low.value(), 0);
  ASSERT_LE(comparison.adjusted_p_value.value(), 0.05);
  ASSERT_GT(comparison.minimum_detectable_effect.value(), comparison.margin);
  EXPECT_EQ(comparison.verdict, Verdict::inconclusive);
  EXPECT_THAT(comparison.reason, HasSubstr("underpowered: inside the margin"));
}

TEST(Verdict, TimesThatAreNoTimesAreInvalid) {
  const std::vector<double> good(12, 1.0);
  for (const double bad : {0.0, -1.0, std::nan(""), std::numeric_limits<double>::infinity()}) {
    std::vector<double> times = good;
    times[4] = bad;
    const Comparison paired = decide_alone(observe_paired(named(), good, times, 0.05));
    EXPECT_EQ(paired.verdict, Verdict::invalid) << bad;
    EXPECT_THAT(paired.reason, HasSubstr("value 5 of 12, which is no time"));
    EXPECT_EQ(decide_alone(observe_unpaired(named(), times, good, 0.05)).verdict, Verdict::invalid) << bad;
  }
  EXPECT_EQ(decide_alone(observe_paired(named(), {}, {}, 0.05)).verdict, Verdict::invalid);
}

TEST(Verdict, EqualConstantSamplesAreTheSame) {
  const std::vector<double> times(12, 0.25);
  const Comparison comparison = decide_alone(observe_paired(named(), times, times, 0.05));
  EXPECT_EQ(comparison.verdict, Verdict::same);
  EXPECT_EQ(comparison.effect.value(), 0);
  EXPECT_EQ(comparison.minimum_detectable_effect.value(), 0);
}

TEST(Verdict, UnpairedSamplesAreDecidedByRanks) {
  std::vector<double> baseline;
  std::vector<double> slower;
  for (int i = 0; i < 20; ++i) {
    baseline.push_back(1 + 0.0001 * i);
    slower.push_back(1.05 * baseline.back());
  }
  EXPECT_EQ(decide_alone(observe_unpaired(named(), baseline, baseline, 0.05)).verdict, Verdict::same);
  EXPECT_EQ(decide_alone(observe_unpaired(named(), baseline, slower, 0.05)).verdict, Verdict::slower);
  const std::vector<double> three = {1, 1, 1};
  EXPECT_THAT(decide_alone(observe_unpaired(named(), three, three, 0.05)).reason, HasSubstr("at least 4"));
}

TEST(Verdict, AnImposedVerdictStandsButTheNumbersAreShown) {
  Observation observation = spread(12, 0.03, 0.005);
  observation.imposed = Verdict::invalid;
  observation.imposed_reason = "2 of 12 blocks rejected (thermal slowdown)";
  const Comparison comparison = decide_alone(observation);
  EXPECT_EQ(comparison.verdict, Verdict::invalid);
  EXPECT_EQ(comparison.reason, "2 of 12 blocks rejected (thermal slowdown)");
  EXPECT_TRUE(comparison.effect.has_value());
}

TEST(Verdict, TheWorstDecidesTheWhole) {
  const auto with = [](std::vector<Verdict> verdicts) {
    std::vector<Comparison> comparisons;
    for (const Verdict verdict : verdicts) comparisons.emplace_back().verdict = verdict;
    return std::pair(overall_verdict(comparisons), exit_code_of(comparisons));
  };
  using enum Verdict;
  EXPECT_EQ(with({same, same}), std::pair(same, int{exit_pass}));
  EXPECT_EQ(with({same, faster}), std::pair(faster, int{exit_pass}));
  EXPECT_EQ(with({faster, inconclusive}), std::pair(inconclusive, int{exit_inconclusive}));
  EXPECT_EQ(with({inconclusive, invalid}), std::pair(invalid, int{exit_inconclusive}));
  EXPECT_EQ(with({invalid, slower, inconclusive}), std::pair(slower, int{exit_regression}));
  EXPECT_EQ(with({}), std::pair(inconclusive, int{exit_inconclusive}));
}

TEST(Equivalence, NeedsTheWholeIntervalStrictlyInside) {
  const double bound = std::log1p(0.01);
  EXPECT_TRUE(equivalent({-0.009, 0.009}, 0.01));
  EXPECT_FALSE(equivalent({-bound, 0.0}, 0.01));
  EXPECT_FALSE(equivalent({0.0, bound}, 0.01));
  EXPECT_FALSE(equivalent(Interval{}, 0.01));
}

TEST(MultipleComparisons, AgreeWithHandCalculation) {
  const std::vector<double> p = {0.01, 0.04, 0.03, 0.005};
  EXPECT_THAT(holm(p), ElementsAre(DoubleNear(0.03, 1e-12), DoubleNear(0.06, 1e-12), DoubleNear(0.06, 1e-12),
                                   DoubleNear(0.02, 1e-12)));
  EXPECT_THAT(benjamini_hochberg(p), ElementsAre(DoubleNear(0.02, 1e-12), DoubleNear(0.04, 1e-12),
                                                 DoubleNear(0.04, 1e-12), DoubleNear(0.02, 1e-12)));
  EXPECT_TRUE(holm({}).empty());
  EXPECT_THAT(holm(std::vector<double>{0.9, 0.8}), ElementsAre(1, 1));
  const std::vector<std::optional<double>> some = {0.01, std::nullopt, 0.02};
  EXPECT_THAT(holm_of_present(some), ElementsAre(0.02, std::nullopt, 0.02));
}

TEST(Power, FollowsTheFormula) {
  EXPECT_NEAR(minimum_detectable_shift(0.01, 20, 0.05, 0.95),
              (1.95996 + 1.64485) * 0.01 / std::sqrt(0.955 * 20), 1e-7);
  const int blocks = blocks_to_detect(0.01, 0.005, 0.05, 0.95);
  EXPECT_LE(minimum_detectable_shift(0.01, blocks, 0.05, 0.95), 0.005);
  EXPECT_GT(minimum_detectable_shift(0.01, blocks - 1, 0.05, 0.95), 0.005);
  EXPECT_EQ(blocks_to_detect(0, 0.005, 0.05, 0.95), 1);
  EXPECT_EQ(blocks_to_detect(0.01, 0, 0.05, 0.95), 1'000'000);
  EXPECT_EQ(blocks_for_exactness(1, 0.05), 6);
  EXPECT_EQ(blocks_for_exactness(30, 0.025), 12);
  EXPECT_EQ(standard_deviation(std::vector<double>{1}), 0);
  EXPECT_NEAR(standard_deviation(std::vector<double>{1, 2, 3, 4}), std::sqrt(5.0 / 3), 1e-12);
  EXPECT_TRUE(std::isinf(minimum_detectable_shift(1, 0, 0.05, 0.95)));
}

TEST(Margins, TheLongestExpressionDecides) {
  const std::map<std::string, double> margins = {
      {"default", 0.03}, {"launch", 0.02}, {"^launch/submit$", 0.5}};
  EXPECT_EQ(margin_of("gemm/own", margins), 0.03);
  EXPECT_EQ(margin_of("launch/round_trip", margins), 0.02);
  EXPECT_EQ(margin_of("launch/submit", margins), 0.5);
  EXPECT_EQ(margin_of("gemm/own", {{"launch", 0.02}}), 0.01);
  EXPECT_EQ(margin_of("startup/cuinit", {}), 0.10);
  EXPECT_EQ(margin_of("launch/submit", {}), 0.02);
  EXPECT_EQ(margin_of("saxpy/own", {}), 0.01);
  EXPECT_THROW(margin_of("x", {{"(", 0.1}}), UsageError);
  EXPECT_THROW(margin_of("x", {{"default", 0.0}}), UsageError);
  EXPECT_THROW(margin_of("x", {{"default", std::nan("")}}), UsageError);
}

TEST(Wording, ShowsAsManyDigitsAsMatter) {
  EXPECT_EQ(signed_percent(0.00012), "+0.012 %");
  EXPECT_EQ(signed_percent(-0.0123), "-1.23 %");
  EXPECT_EQ(signed_percent(0.25), "+25.0 %");
  EXPECT_EQ(signed_percent(12), "+1200 %");
  EXPECT_EQ(plain_percent(0.01), "1 %");
  EXPECT_EQ(plain_percent(0.0031), "0.31 %");
  EXPECT_EQ(plain_percent(std::numeric_limits<double>::infinity()), "-");
}

}  // namespace
}  // namespace cuparity
