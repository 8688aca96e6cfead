#include "harness/stats/signed_rank.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

namespace cuparity {
namespace {

constexpr double nan_value = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

/// Nine pairs of depression scores, from Hollander and Wolfe's example 3.1.
const std::vector<double> example = {0.952, -0.147, 1.022, 0.43, 0.62, 0.59, 0.49, -0.08, 0.01};

std::vector<double> walsh_averages(const std::vector<double>& values) {
  std::vector<double> averages;
  for (std::size_t i = 0; i < values.size(); ++i) {
    for (std::size_t j = i; j < values.size(); ++j) averages.push_back(0.5 * (values[i] + values[j]));
  }
  std::sort(averages.begin(), averages.end());
  return averages;
}

/// Over all 2^n signs of the midranks of |d|, zeros ranked and then left out.
double p_value_by_enumeration(const std::vector<double>& differences) {
  std::vector<double> ranks;
  double observed = 0;
  for (const double d : differences) {
    double rank = 0.5;
    for (const double other : differences) {
      rank += std::abs(other) < std::abs(d) ? 1 : std::abs(other) == std::abs(d) ? 0.5 : 0;
    }
    if (d != 0) {
      ranks.push_back(rank);
      observed += d > 0 ? rank : 0;
    }
  }
  double at_most = 0;
  double at_least = 0;
  const unsigned all = 1U << ranks.size();
  for (unsigned signs = 0; signs < all; ++signs) {
    double sum = 0;
    for (std::size_t i = 0; i < ranks.size(); ++i) sum += (signs >> i) & 1U ? ranks[i] : 0;
    at_most += sum <= observed;
    at_least += sum >= observed;
  }
  return std::min(1.0, 2 * std::min(at_most, at_least) / all);
}

TEST(SignedRank, AgreesWithThePublishedExample) {
  EXPECT_NEAR(hodges_lehmann(example), 0.46, 1e-9);
  EXPECT_NEAR(signed_rank_p_value(example), 0.0390625, 1e-12);
  const Interval interval = signed_rank_interval(example, 0.05);
  EXPECT_NEAR(interval.low, 0.01, 1e-9);
  EXPECT_NEAR(interval.high, 0.786, 1e-9);
}

TEST(SignedRank, DistributionAgreesWithTheTables) {
  const std::vector<double> distribution = signed_rank_distribution(10);
  ASSERT_EQ(distribution.size(), 56U);
  double cumulative = 0;
  for (int t = 0; t <= 8; ++t) cumulative += distribution[t];
  EXPECT_NEAR(cumulative, 0.0244, 5e-5);  // the tabulated critical value at 5 %, two-sided, n = 10, is 8
  EXPECT_EQ(signed_rank_distribution(0), std::vector<double>{1.0});
}

TEST(SignedRank, AgreesWithEnumerationWithTiesAndZeros) {
  std::mt19937_64 random(1);
  for (int repeat = 0; repeat < 200; ++repeat) {
    std::vector<double> differences(1 + random() % 9);
    for (double& d : differences) d = static_cast<double>(random() % 9) - 4;
    EXPECT_NEAR(signed_rank_p_value(differences), p_value_by_enumeration(differences), 1e-12);
    const std::vector<double> averages = walsh_averages(differences);
    const std::size_t middle = averages.size() / 2;
    const double median =
        averages.size() % 2 == 1 ? averages[middle] : 0.5 * (averages[middle - 1] + averages[middle]);
    EXPECT_DOUBLE_EQ(hodges_lehmann(differences), median);
  }
}

TEST(SignedRank, IntervalAndPValueAgreeAboutZero) {
  std::mt19937_64 random(2);
  std::normal_distribution<double> normal(0.5, 1);
  for (const int n : {6, 12, 30, 59, 61, 100}) {
    for (int repeat = 0; repeat < 100; ++repeat) {
      std::vector<double> differences(n);
      for (double& d : differences) d = normal(random);
      EXPECT_EQ(signed_rank_interval(differences, 0.05).excludes_zero(),
                signed_rank_p_value(differences) <= 0.05)
          << n;
    }
  }
}

TEST(SignedRank, ApproximationBeyondTheLimitIsCloseToTheExactDistribution) {
  constexpr int n = signed_rank_exact_limit + 1;
  const std::vector<double> distribution = signed_rank_distribution(n);
  double at_most = 0;
  int t = 0;  // T+ of the sample built below
  for (int positives = 0; positives < n / 2; ++positives) {
    std::vector<double> differences;
    t = 0;
    for (int rank = 1; rank <= n; ++rank) {
      differences.push_back(rank <= positives ? rank : -rank);
      t += rank <= positives ? rank : 0;
    }
    at_most = 0;
    for (int i = 0; i <= t; ++i) at_most += distribution[i];
    EXPECT_NEAR(signed_rank_p_value(differences), 2 * at_most, 0.001) << positives;
  }
}

TEST(SignedRank, TooFewDifferencesBoundNothing) {
  EXPECT_TRUE(std::isnan(hodges_lehmann({})));
  EXPECT_FALSE(signed_rank_interval({}, 0.05).bounded());
  EXPECT_EQ(signed_rank_p_value({}), 1);
  const std::vector<double> ones(6, 1.0);
  for (std::size_t n = 1; n <= 5; ++n) {
    const std::span<const double> some(ones.data(), n);
    EXPECT_EQ(hodges_lehmann(some), 1);
    EXPECT_FALSE(signed_rank_interval(some, 0.05).bounded()) << n;
    EXPECT_EQ(signed_rank_interval(some, 0.1).bounded(), n == 5) << n;
  }
  EXPECT_TRUE(signed_rank_interval(ones, 0.05).bounded());
}

TEST(SignedRank, ConstantSamplesAreDefined) {
  const std::vector<double> zeros(12, 0.0);
  EXPECT_EQ(hodges_lehmann(zeros), 0);
  EXPECT_EQ(signed_rank_p_value(zeros), 1);
  EXPECT_EQ(signed_rank_interval(zeros, 0.05).low, 0);
  EXPECT_EQ(signed_rank_interval(zeros, 0.05).high, 0);
  const std::vector<double> same(12, -0.3);
  EXPECT_DOUBLE_EQ(hodges_lehmann(same), -0.3);
  EXPECT_DOUBLE_EQ(signed_rank_p_value(same), std::exp2(-11));
  EXPECT_DOUBLE_EQ(signed_rank_interval(same, 0.05).high, -0.3);
}

TEST(SignedRank, ValuesThatAreNotFiniteGiveNoAnswer) {
  for (const double bad : {nan_value, infinity, -infinity}) {
    std::vector<double> differences(12, 0.1);
    differences[3] = bad;
    EXPECT_TRUE(std::isnan(hodges_lehmann(differences)));
    EXPECT_FALSE(signed_rank_interval(differences, 0.05).bounded());
    EXPECT_EQ(signed_rank_p_value(differences), 1);
  }
}

TEST(SignedRank, AMillionDifferencesAreNoProblem) {
  std::mt19937_64 random(4);
  std::normal_distribution<double> normal(0.01, 1);
  std::vector<double> differences(1'000'000);
  for (double& d : differences) d = normal(random);
  const double shift = hodges_lehmann(differences);
  const Interval interval = signed_rank_interval(differences, 0.05);
  const double p = signed_rank_p_value(differences);
  EXPECT_NEAR(shift, 0.01, 0.004);
  EXPECT_NEAR(interval.high - interval.low, 2 * 1.96 / std::sqrt(0.955 * 1e6), 1e-4);
  EXPECT_LT(p, 1e-6);
}

}  // namespace
}  // namespace cuparity
