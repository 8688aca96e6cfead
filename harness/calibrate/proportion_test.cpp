#include "harness/calibrate/proportion.hpp"

#include <gtest/gtest.h>

#include <boost/math/distributions/binomial.hpp>
#include <cmath>

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

}  // namespace
}  // namespace cuparity
