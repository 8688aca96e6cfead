#include "harness/calibrate/proportion.hpp"

#include <gtest/gtest.h>

#include <boost/math/distributions/binomial.hpp>
#include <cmath>
#include <random>

namespace cuparity {
namespace {

TEST(Proportion, HasTheExactInterval) {
  // 0 of 10: up to 1 - 0.025^(1/10); 10 of 10 by symmetry.
  const Proportion none = proportion(0, 10);
  EXPECT_EQ(none.low, 0);
  EXPECT_NEAR(none.high, 1 - std::pow(0.025, 0.1), 1e-9);
  const Proportion all = proportion(10, 10);
  EXPECT_NEAR(all.low, std::pow(0.025, 0.1), 1e-9);
  EXPECT_EQ(all.high, 1);
}

TEST(Proportion, ItsBoundsAreWhereTheBinomialTailsAreTwoAndAHalfPerCent) {
  using boost::math::binomial;
  using boost::math::cdf;
  for (const auto& [count, of] : {std::pair(1, 7), std::pair(20, 400), std::pair(113, 120)}) {
    const Proportion one = proportion(count, of);
    EXPECT_NEAR(1 - cdf(binomial(of, one.low), count - 1), 0.025, 1e-9);
    EXPECT_NEAR(cdf(binomial(of, one.high), count), 0.025, 1e-9);
    EXPECT_EQ(one.effective, of);
  }
}

TEST(Proportion, DependenceMakesItWider) {
  const Proportion dependent = proportion(20, 400, 4);
  const Proportion independent = proportion(5, 100);
  EXPECT_EQ(dependent.effective, 100);
  EXPECT_DOUBLE_EQ(dependent.low, independent.low);
  EXPECT_DOUBLE_EQ(dependent.high, independent.high);
  EXPECT_EQ(dependent.count, 20);
}

TEST(Proportion, OfNothingSaysNothing) {
  const Proportion nothing = proportion(0, 0);
  EXPECT_EQ(nothing.low, 0);
  EXPECT_EQ(nothing.high, 1);
  EXPECT_EQ(nothing.share(), 0);
}

TEST(MostAlarms, IsTheNinetyNinePercentBound) {
  EXPECT_EQ(most_alarms(400, 0.05), 31);
  EXPECT_EQ(most_alarms(100, 0.05), 11);
  EXPECT_EQ(most_alarms(1, 0.05), 1);
  EXPECT_EQ(most_alarms(0, 0.05), 0);
}

/// Alarms of two-sided 5 % tests of `rows` normal values that share a part of correlation `r`, in each of `groups`.
int simulated_alarms(int rows, int groups, double r, std::mt19937_64& random) {
  std::normal_distribution<double> normal;
  int alarms = 0;
  for (int group = 0; group < groups; ++group) {
    const double shared = std::sqrt(r) * normal(random);
    for (int row = 0; row < rows; ++row) {
      alarms += std::abs(shared + std::sqrt(1 - r) * normal(random)) > 1.959964 ? 1 : 0;
    }
  }
  return alarms;
}

double share_beyond(int bound, int rows, int groups, double r) {
  std::mt19937_64 random(17);
  constexpr int repeats = 20'000;
  int beyond = 0;
  for (int i = 0; i < repeats; ++i) {
    beyond += simulated_alarms(rows, groups, r, random) > bound ? 1 : 0;
  }
  return static_cast<double>(beyond) / repeats;
}

TEST(MostAlarms, OfComparisonsThatAlarmTogetherAreMore) {
  constexpr double r = 0.81;  // four rows of oneDNN in the processes of a calibration on two cores
  const double design_effect = 1 + 3 * r;
  const int bound = most_alarms(12, 0.05, design_effect);
  EXPECT_EQ(bound, 4);  // one of three and a half independent ones
  EXPECT_LT(share_beyond(bound, 4, 3, r), 0.013);
  EXPECT_GT(share_beyond(most_alarms(12, 0.05), 4, 3, r), 0.03) << "the bound of independent ones";
  EXPECT_EQ(most_alarms(3, 0.05, 100), 3);
}

}  // namespace
}  // namespace cuparity
