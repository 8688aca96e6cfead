#include "harness/stats/rank_sum.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <random>

namespace cuparity {
namespace {

/// Permeability of human chorioamnion, from Hollander and Wolfe's example 4.1.
const std::vector<double> at_term = {0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46};
const std::vector<double> early = {1.15, 0.88, 0.90, 0.74, 1.21};

/// Over all ways to draw the candidate's places from the pooled midranks.
double p_value_by_enumeration(const std::vector<double>& baseline, const std::vector<double>& candidate) {
  std::vector<double> pooled = baseline;
  pooled.insert(pooled.end(), candidate.begin(), candidate.end());
  std::vector<double> ranks;
  for (const double value : pooled) {
    double rank = 0.5;
    for (const double other : pooled) rank += other < value ? 1 : other == value ? 0.5 : 0;
    ranks.push_back(rank);
  }
  double observed = 0;
  for (std::size_t i = baseline.size(); i < pooled.size(); ++i) observed += ranks[i];
  double at_most = 0;
  double at_least = 0;
  double all = 0;
  for (unsigned drawn = 0; drawn < (1U << pooled.size()); ++drawn) {
    if (static_cast<std::size_t>(std::popcount(drawn)) != candidate.size()) continue;
    double sum = 0;
    for (std::size_t i = 0; i < pooled.size(); ++i) sum += (drawn >> i) & 1U ? ranks[i] : 0;
    at_most += sum <= observed;
    at_least += sum >= observed;
    ++all;
  }
  return std::min(1.0, 2 * std::min(at_most, at_least) / all);
}

TEST(RankSum, AgreesWithThePublishedExample) {
  EXPECT_NEAR(rank_sum_shift(at_term, early), -0.305, 1e-9);
  EXPECT_NEAR(rank_sum_p_value(at_term, early), 2 * 0.1272, 1e-4);
  const Interval interval = rank_sum_interval(at_term, early, 0.05);
  EXPECT_NEAR(interval.low, -0.76, 1e-9);
  EXPECT_NEAR(interval.high, 0.15, 1e-9);
}

TEST(RankSum, DistributionIsThatOfU) {
  EXPECT_EQ(rank_sum_distribution(1, 3), (std::vector<double>{0.25, 0.25, 0.25, 0.25}));
  const std::vector<double> two = rank_sum_distribution(2, 2);
  ASSERT_EQ(two.size(), 5U);
  EXPECT_NEAR(two[2], 2.0 / 6, 1e-15);
  const std::vector<double> large = rank_sum_distribution(30, 30);
  double sum = 0;
  for (const double p : large) sum += p;
  EXPECT_NEAR(sum, 1, 1e-12);
  EXPECT_NEAR(large[100], large[800], 1e-18);
}

TEST(RankSum, AgreesWithEnumerationWithTies) {
  std::mt19937_64 random(1);
  for (int repeat = 0; repeat < 100; ++repeat) {
    std::vector<double> baseline(1 + random() % 6);
    std::vector<double> candidate(1 + random() % 6);
    for (double& v : baseline) v = static_cast<double>(random() % 5);
    for (double& v : candidate) v = static_cast<double>(random() % 5);
    EXPECT_NEAR(rank_sum_p_value(baseline, candidate), p_value_by_enumeration(baseline, candidate), 1e-12);
  }
}

TEST(RankSum, ShiftIsTheMedianDifference) {
  std::mt19937_64 random(2);
  std::normal_distribution<double> normal;
  for (int repeat = 0; repeat < 50; ++repeat) {
    std::vector<double> baseline(1 + random() % 12);
    std::vector<double> candidate(1 + random() % 12);
    for (double& v : baseline) v = normal(random);
    for (double& v : candidate) v = normal(random);
    std::vector<double> differences;
    for (const double b : baseline) {
      for (const double c : candidate) differences.push_back(c - b);
    }
    std::sort(differences.begin(), differences.end());
    const std::size_t middle = differences.size() / 2;
    EXPECT_DOUBLE_EQ(rank_sum_shift(baseline, candidate),
                     differences.size() % 2 == 1 ? differences[middle]
                                                 : 0.5 * (differences[middle - 1] + differences[middle]));
  }
}

TEST(RankSum, IntervalAndPValueAgreeAboutZero) {
  std::mt19937_64 random(3);
  std::normal_distribution<double> normal;
  for (const int n : {4, 8, 20, 30, 31, 80}) {
    for (int repeat = 0; repeat < 30; ++repeat) {
      std::vector<double> baseline(n);
      std::vector<double> candidate(n);
      for (double& v : baseline) v = normal(random);
      for (double& v : candidate) v = normal(random) + 0.7;
      EXPECT_EQ(rank_sum_interval(baseline, candidate, 0.05).excludes_zero(),
                rank_sum_p_value(baseline, candidate) <= 0.05)
          << n;
    }
  }
}

TEST(RankSum, SmallConstantAndImpossibleSamplesAreDefined) {
  const std::vector<double> one = {1.0};
  const std::vector<double> ones(20, 1.0);
  EXPECT_TRUE(std::isnan(rank_sum_shift({}, one)));
  EXPECT_EQ(rank_sum_p_value({}, one), 1);
  EXPECT_EQ(rank_sum_shift(one, one), 0);
  EXPECT_FALSE(rank_sum_interval(one, one, 0.05).bounded());
  EXPECT_EQ(rank_sum_p_value(ones, ones), 1);
  EXPECT_EQ(rank_sum_interval(ones, ones, 0.05).high, 0);
  const std::vector<double> many(200, 1.0);
  EXPECT_EQ(rank_sum_p_value(many, many), 1);
  std::vector<double> bad = ones;
  bad[4] = std::numeric_limits<double>::infinity();
  EXPECT_TRUE(std::isnan(rank_sum_shift(ones, bad)));
  EXPECT_FALSE(rank_sum_interval(bad, ones, 0.05).bounded());
  EXPECT_EQ(rank_sum_p_value(bad, ones), 1);
}

TEST(RankSum, SmallestPValueIsThatOfFullSeparation) {
  EXPECT_NEAR(rank_sum_smallest_p_value(3, 3), 0.1, 1e-12);
  EXPECT_NEAR(rank_sum_p_value(std::vector<double>{1, 2, 3, 4}, std::vector<double>{5, 6, 7, 8}),
              rank_sum_smallest_p_value(4, 4), 1e-12);
  EXPECT_EQ(rank_sum_smallest_p_value(1, 1), 1);
}

TEST(RankSum, AMillionValuesAreNoProblem) {
  std::mt19937_64 random(4);
  std::normal_distribution<double> normal;
  std::vector<double> baseline(500'000);
  std::vector<double> candidate(500'000);
  for (double& v : baseline) v = normal(random);
  for (double& v : candidate) v = normal(random) + 0.01;
  EXPECT_NEAR(rank_sum_shift(baseline, candidate), 0.01, 0.008);
  EXPECT_TRUE(rank_sum_interval(baseline, candidate, 0.05).bounded());
}

}  // namespace
}  // namespace cuparity
