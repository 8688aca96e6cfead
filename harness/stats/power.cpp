#include "harness/stats/power.hpp"

#include <boost/math/distributions/normal.hpp>
#include <cmath>
#include <limits>
#include <numeric>

namespace cuparity {
namespace {

constexpr int most_blocks = 1'000'000;

double z_of(double probability) { return boost::math::quantile(boost::math::normal(), probability); }

}  // namespace

double mean_of(std::span<const double> values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double standard_deviation(std::span<const double> values) {
  if (values.size() < 2) {
    return 0;
  }
  double mean = 0;
  for (const double value : values) {
    mean += value / static_cast<double>(values.size());
  }
  double squares = 0;
  for (const double value : values) {
    squares += (value - mean) * (value - mean);
  }
  return std::sqrt(squares / static_cast<double>(values.size() - 1));
}

double implied_deviation(const Interval& interval, double blocks, double alpha) {
  return (interval.high - interval.low) / 2 * std::sqrt(rank_test_efficiency * blocks) / z_of(1 - alpha / 2);
}

double minimum_detectable_shift(double deviation, double blocks, double alpha, double power) {
  if (blocks < 0.5) {
    return std::numeric_limits<double>::infinity();
  }
  return (z_of(1 - alpha / 2) + z_of(power)) * deviation / std::sqrt(rank_test_efficiency * blocks);
}

int blocks_to_detect(double deviation, double shift, double alpha, double power) {
  return blocks_for_half_width(deviation, shift, z_of(1 - alpha / 2) + z_of(power));
}

int blocks_for_half_width(double deviation, double half_width, double z) {
  if (half_width <= 0) {
    return most_blocks;
  }
  const double blocks = std::ceil(std::pow(z * deviation / half_width, 2) / rank_test_efficiency);
  return blocks >= most_blocks ? most_blocks : blocks < 1 ? 1 : static_cast<int>(blocks);
}

int blocks_for_exactness(int comparisons, double alpha) {
  return static_cast<int>(std::ceil(1 + std::log2(comparisons / alpha)));
}

}  // namespace cuparity
