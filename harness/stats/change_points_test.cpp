#include "harness/stats/change_points.hpp"

#include <gmock/gmock.h>

#include <boost/math/distributions/binomial.hpp>
#include <cmath>
#include <functional>

#include "harness/stats/permutation.hpp"
#include "harness/stats/serial_correlation.hpp"
#include "harness/stats/simulated_samples.hpp"

#ifndef CUPARITY_SIMULATIONS
#define CUPARITY_SIMULATIONS 500
#endif

namespace cuparity {
namespace {

using ::testing::DoubleNear;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr int simulations = CUPARITY_SIMULATIONS > 5000 ? 5000 : CUPARITY_SIMULATIONS;
using Series = std::vector<double>;

Series normal_series(SimulatedSamples& random, std::size_t n) {
  Series values(n);
  for (double& value : values) value = random.normal();
  return values;
}

/// x(i) = r·x(i - 1) + noise, of variance 1.
Series autoregressive_series(SimulatedSamples& random, std::size_t n, double r) {
  Series values(n);
  double last = random.normal();
  for (double& value : values) value = last = r * last + std::sqrt(1 - r * r) * random.normal();
  return values;
}

Series with_shift(Series values, std::size_t from, double shift) {
  for (std::size_t i = from; i < values.size(); ++i) values[i] += shift;
  return values;
}

std::vector<ChangePoint> find(const Series& values, std::uint64_t seed = 1) {
  ChangePointSettings settings;
  settings.seed = seed;
  return find_change_points({values}, settings).front();
}

int count(const std::function<bool(std::uint64_t)>& happens) {
  int times = 0;
  for (int i = 0; i < simulations; ++i) times += happens(static_cast<std::uint64_t>(i)) ? 1 : 0;
  return times;
}

int most(double probability) {
  return static_cast<int>(boost::math::quantile(boost::math::binomial(simulations, probability), 0.999));
}

int fewest(double probability) {
  return static_cast<int>(boost::math::quantile(boost::math::binomial(simulations, probability), 0.001));
}

TEST(LargestSplit, IsTheSplitWithTheLargestT) {
  // Levels 1 and 11, each ±1 around: between 6 and 6 values, pooled variance 12/10.
  const Series values = {0, 2, 0, 2, 0, 2, 10, 12, 10, 12, 10, 12};
  const LargestSplit split = largest_split(values, 3);
  EXPECT_EQ(split.index, 6U);
  EXPECT_NEAR(split.t, 10 / std::sqrt(1.2 * (1.0 / 6 + 1.0 / 6)), 1e-12);
}

TEST(LargestSplit, KeepsTheMinimumSegment) {
  EXPECT_EQ(largest_split(Series{0, 0, 0, 0, 0, 9}, 3).index, 3U);
  EXPECT_EQ(largest_split(Series{0, 0, 0, 0, 9}, 3).index, 0U);
  EXPECT_EQ(largest_split(Series{}, 3).index, 0U);
}

TEST(LargestSplit, OfAConstantSeriesIsNone) {
  EXPECT_EQ(largest_split(Series(50, 0.1), 3).index, 0U);
  EXPECT_THAT(find(Series(50, 0.1)), IsEmpty());
}

TEST(PermutationTest, ComesCloseToTheExactPValue) {
  // 20 of the C(6,3) arrangements of three 0 and three 1 are equally likely; 2 are split as well as this.
  PermutationTest test(Series{0, 0, 0, 1, 1, 1}, 3, 1, 7);
  test.run(20000, 1);
  EXPECT_NEAR(test.p_value(), 0.1, 0.01);
}

TEST(PermutationTest, StopsWhereAlphaCantBeReached) {
  PermutationTest test(Series{0, 1, 0, 1, 0, 1, 0, 1}, 3, 1, 7);
  test.run(1'000'000'000, 0.01e-6);
  EXPECT_GT(test.p_value(), 0.01);
}

TEST(ChangePoints, FindsSeveralLevelsWithTheirMeans) {
  SimulatedSamples random(3);
  Series values = with_shift(with_shift(normal_series(random, 90), 30, 5), 60, -8);
  const std::vector<ChangePoint> points = find(values);
  ASSERT_THAT(points, SizeIs(2));
  EXPECT_EQ(points[0].index, 30U);
  EXPECT_EQ(points[1].index, 60U);
  EXPECT_THAT(points[0].before, DoubleNear(0, 0.7));
  EXPECT_THAT(points[0].after, DoubleNear(5, 0.7));
  EXPECT_THAT(points[1].before, DoubleNear(5, 0.7));
  EXPECT_THAT(points[1].after, DoubleNear(-3, 0.7));
  EXPECT_DOUBLE_EQ(points[0].p_value, 0.001);
}

TEST(ChangePoints, AreTheSameOnSeveralThreads) {
  SimulatedSamples random(4);
  std::vector<Series> series;
  for (int i = 0; i < 12; ++i) series.push_back(with_shift(normal_series(random, 40), 20, i % 3));
  ChangePointSettings one;
  ChangePointSettings four;
  four.threads = 4;
  const auto a = find_change_points(series, one);
  const auto b = find_change_points(series, four);
  for (std::size_t i = 0; i < series.size(); ++i) {
    ASSERT_EQ(a[i].size(), b[i].size());
    for (std::size_t j = 0; j < a[i].size(); ++j) EXPECT_EQ(a[i][j].p_value, b[i][j].p_value);
  }
}

TEST(ChangePoints, OneChangeAmongManySeriesIsFound) {
  SimulatedSamples random(5);
  std::vector<Series> series;
  for (int i = 0; i < 100; ++i) series.push_back(normal_series(random, 60));
  series[42] = with_shift(series[42], 30, 4);
  const auto found = find_change_points(series, {});
  ASSERT_THAT(found[42], SizeIs(1));
  EXPECT_EQ(found[42][0].index, 30U);
  EXPECT_LE(found[42][0].p_value, 0.0001);
  int others = 0;
  for (const auto& points : found) others += points.empty() ? 0 : 1;
  EXPECT_EQ(others, 1);
}

TEST(ChangePoints, ShortAndEmptySeriesHaveNone) {
  const auto found = find_change_points({{}, {1}, {1, 2, 9, 9, 9}}, {});
  ASSERT_THAT(found, SizeIs(3));
  for (const auto& points : found) EXPECT_THAT(points, IsEmpty());
  EXPECT_THAT(find_change_points({}, {}), IsEmpty());
}

TEST(ChangePoints, ASteadySeriesRaisesOnePercentFalseAlarms) {
  SimulatedSamples random(11);
  EXPECT_LE(count([&](auto i) { return !find(normal_series(random, 60), i).empty(); }), most(0.012));
}

TEST(ChangePoints, HeavyTailsAndOutliersDoNotChangeThat) {
  SimulatedSamples random(12);
  EXPECT_LE(count([&](auto i) {
              Series values(60);
              for (double& value : values) value = i % 2 == 0 ? random.heavy_tailed() : random.with_outliers();
              return !find(values, i).empty();
            }),
            most(0.012));
}

TEST(ChangePoints, AShiftInTheLastSixOfSixtyIsFound) {
  SimulatedSamples random(13);
  const auto power = [&](double shift) {
    return count([&](auto i) { return !find(with_shift(normal_series(random, 60), 54, shift), i).empty(); });
  };
  EXPECT_GE(power(2), fewest(0.83));
  EXPECT_GE(power(3), fewest(0.99));
}

TEST(ChangePoints, SerialCorrelationIsNotTakenForAChange) {
  SimulatedSamples random(14);
  const auto alarms = [&](double r, std::size_t n) {
    return count([&](auto i) { return !find(autoregressive_series(random, n, r), i).empty(); });
  };
  EXPECT_LE(alarms(0.3, 200), most(0.04));
  EXPECT_LE(alarms(0.5, 200), most(0.04));
  EXPECT_LE(alarms(0.7, 200), most(0.05));
  EXPECT_LE(alarms(0.5, 60), most(0.14));  // short series can't show their correlation well
}

TEST(ChangePoints, AChangeInACorrelatedSeriesIsMarked) {
  SimulatedSamples random(15);
  const Series values = with_shift(autoregressive_series(random, 200, 0.5), 100, 5);
  const std::vector<ChangePoint> points = find(values);
  ASSERT_THAT(points, SizeIs(1));
  EXPECT_NEAR(static_cast<double>(points[0].index), 100, 3);
  EXPECT_TRUE(points[0].serial_correlation);
}

TEST(SerialCorrelation, LjungBoxHoldsItsLevelAndFindsCorrelation) {
  SimulatedSamples random(16);
  const auto found = [&](double r) {
    return count([&](auto) { return ljung_box_p_value(autoregressive_series(random, 100, r), 10) < 0.05; });
  };
  EXPECT_LE(found(0), most(0.07));  // a chi-squared approximation
  EXPECT_GE(found(0.5), fewest(0.95));
}

TEST(SerialCorrelation, ByHand) {
  // Mean 0, squares 4; neighbours -1 each.
  const Series values = {1, -1, 1, -1};
  EXPECT_DOUBLE_EQ(autocorrelation(values, 1), -0.75);
  EXPECT_DOUBLE_EQ(autocorrelation(values, 2), 0.5);
  // Q = 4·6·(0.5625/3) = 4.5 with one degree of freedom.
  EXPECT_NEAR(ljung_box_p_value(values, 1), 0.03389, 1e-4);
  EXPECT_EQ(autocorrelation(Series(5, 2.0), 1), 0);
  EXPECT_EQ(ljung_box_p_value(Series{1, 2}, 5), 1);
}

}  // namespace
}  // namespace cuparity
