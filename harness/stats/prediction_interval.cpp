#include "harness/stats/prediction_interval.hpp"

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>

#include "harness/stats/power.hpp"

namespace cuparity {
namespace {

bool usable(std::span<const double> earlier) {
  return earlier.size() >= static_cast<std::size_t>(prediction_minimum) &&
         std::all_of(earlier.begin(), earlier.end(), [](double value) { return std::isfinite(value); });
}

/// Standard error of the difference between the next value and the mean of the earlier ones.
double standard_error(std::span<const double> earlier) {
  return standard_deviation(earlier) * std::sqrt(1 + 1 / static_cast<double>(earlier.size()));
}

boost::math::students_t distribution_of(std::span<const double> earlier) {
  return boost::math::students_t(static_cast<double>(earlier.size()) - 1);
}

}  // namespace

Interval prediction_interval(std::span<const double> earlier, double alpha) {
  if (!usable(earlier)) {
    return {};
  }
  const double half_width =
      boost::math::quantile(distribution_of(earlier), 1 - alpha / 2) * standard_error(earlier);
  const double mean = mean_of(earlier);
  return {mean - half_width, mean + half_width};
}

double prediction_p_value(std::span<const double> earlier, double value) {
  if (!usable(earlier) || !std::isfinite(value)) {
    return 1;
  }
  const double distance = std::abs(value - mean_of(earlier));
  const double error = standard_error(earlier);
  // Rounding in the mean of equal values must not look like a scatter.
  if (error <= 1e-12 * std::abs(value)) {
    return distance > 1e-12 * std::abs(value) ? 0 : 1;
  }
  return 2 * boost::math::cdf(boost::math::complement(distribution_of(earlier), distance / error));
}

}  // namespace cuparity
