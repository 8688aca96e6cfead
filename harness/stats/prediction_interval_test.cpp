#include "harness/stats/prediction_interval.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/math/distributions/binomial.hpp>
#include <cmath>
#include <cstdio>
#include <limits>
#include <vector>

#include "harness/stats/simulated_samples.hpp"
#include "harness/stats/trend.hpp"

namespace cuparity {
namespace {

TEST(PredictionInterval, ByHand) {
  // 10 × 0 and 10 × 2: mean 1, s² = 20/19; t(19; 0.975) = 2.0930.
  std::vector<double> values(10, 0.0);
  values.insert(values.end(), 10, 2.0);
  const Interval interval = prediction_interval(values, 0.05);
  const double half_width = 2.093024 * std::sqrt(20.0 / 19) * std::sqrt(1.05);
  EXPECT_NEAR(interval.low, 1 - half_width, 1e-5);
  EXPECT_NEAR(interval.high, 1 + half_width, 1e-5);
  EXPECT_NEAR(prediction_p_value(values, interval.high), 0.05, 1e-9);
  EXPECT_NEAR(prediction_p_value(values, interval.low), 0.05, 1e-9);
  EXPECT_NEAR(prediction_p_value(values, 1), 1, 1e-12);
}

TEST(PredictionInterval, HoldsItsLevel) {
  SimulatedSamples random(8);
  constexpr int simulations = 2000;
  int outside = 0;
  for (int i = 0; i < simulations; ++i) {
    std::vector<double> values(25);
    for (double& value : values) value = random.normal();
    const Interval interval = prediction_interval(values, 0.05);
    const double next = random.normal();
    outside += next < interval.low || next > interval.high ? 1 : 0;
  }
  const boost::math::binomial expected(simulations, 0.05);
  EXPECT_LE(outside, boost::math::quantile(expected, 0.999));
  EXPECT_GE(outside, boost::math::quantile(expected, 0.001));
}

/// What method.md says of nights that are not normal: one of nine benchmarks is a surprise after Holm.
TEST(PredictionInterval, HeavyTailsSurpriseMoreOften) {
  struct Expected {
    const char* name;
    double (SimulatedSamples::*draw)();
    double rate;
  };
  const Expected table[] = {{"normal", &SimulatedSamples::normal, 0.05},
                            {"heavy-tailed", &SimulatedSamples::heavy_tailed, 0.205},
                            {"with outliers", &SimulatedSamples::with_outliers, 0.27}};
  SimulatedSamples random(10);
  constexpr int simulations = 2000;
  for (const Expected& row : table) {
    int surprised = 0;
    for (int i = 0; i < simulations; ++i) {
      double smallest = 1;
      for (int benchmark = 0; benchmark < 9; ++benchmark) {
        std::vector<double> values(20);
        for (double& value : values) value = (random.*row.draw)();
        smallest = std::min(smallest, prediction_p_value(values, (random.*row.draw)()));
      }
      surprised += 9 * smallest <= 0.05;
    }
    std::printf("a surprise among 9, %s: %d of %d = %.1f %%\n", row.name, surprised, simulations, 100.0 * surprised / simulations);
    const boost::math::binomial low(simulations, row.rate - 0.02), high(simulations, row.rate + 0.02);
    EXPECT_GE(surprised, boost::math::quantile(low, 0.001)) << row.name;
    EXPECT_LE(surprised, boost::math::quantile(high, 0.999)) << row.name;
  }
}

TEST(PredictionInterval, TooFewOrUnusableValuesPredictNothing) {
  EXPECT_FALSE(prediction_interval(std::vector<double>(19, 1.0), 0.05).bounded());
  EXPECT_EQ(prediction_p_value(std::vector<double>(19, 1.0), 5), 1);
  EXPECT_EQ(prediction_p_value({}, 5), 1);
  std::vector<double> values(30, 1.0);
  values[3] = std::numeric_limits<double>::quiet_NaN();
  EXPECT_FALSE(prediction_interval(values, 0.05).bounded());
  values[3] = std::numeric_limits<double>::infinity();
  EXPECT_EQ(prediction_p_value(values, 5), 1);
  EXPECT_EQ(prediction_p_value(std::vector<double>(30, 1.0), std::nan("")), 1);
}

TEST(PredictionInterval, AConstantSeriesExpectsItself) {
  const std::vector<double> values(30, 0.1);
  EXPECT_EQ(prediction_p_value(values, 0.1), 1);
  EXPECT_EQ(prediction_p_value(values, 0.2), 0);
  EXPECT_EQ(prediction_p_value(values, 0.05), 0);
}

TEST(LinearTrend, ByHand) {
  const Trend line = linear_trend(std::vector<double>{1, 3, 5, 7});
  EXPECT_DOUBLE_EQ(line.slope, 2);
  EXPECT_DOUBLE_EQ(line.interval.low, 2);
  // Slope 0.5, residual sum of squares 1.5 with one degree of freedom, spread 2; t(1; 0.975) = 12.7062.
  const Trend bent = linear_trend(std::vector<double>{0, 2, 1});
  EXPECT_DOUBLE_EQ(bent.slope, 0.5);
  EXPECT_NEAR(bent.interval.high, 0.5 + 12.7062 * std::sqrt(1.5 / 2), 1e-3);
}

TEST(LinearTrend, OfTooLittleIsNone) {
  EXPECT_EQ(linear_trend({}).slope, 0);
  EXPECT_EQ(linear_trend(std::vector<double>{5}).slope, 0);
  EXPECT_FALSE(linear_trend(std::vector<double>{1, 2}).interval.bounded());
  EXPECT_EQ(linear_trend(std::vector<double>{1, INFINITY, 3}).slope, 0);
}

}  // namespace
}  // namespace cuparity
