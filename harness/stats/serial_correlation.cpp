#include "harness/stats/serial_correlation.hpp"

#include <algorithm>
#include <boost/math/distributions/chi_squared.hpp>
#include <cmath>
#include <numeric>

namespace cuparity {

double autocorrelation(std::span<const double> values, int lag) {
  const std::size_t n = values.size();
  if (lag < 1 || n <= static_cast<std::size_t>(lag)) {
    return 0;
  }
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(n);
  double products = 0;
  double squares = 0;
  for (std::size_t i = 0; i < n; ++i) {
    squares += (values[i] - mean) * (values[i] - mean);
    if (i + static_cast<std::size_t>(lag) < n) {
      products += (values[i] - mean) * (values[i + static_cast<std::size_t>(lag)] - mean);
    }
  }
  return squares > 0 ? products / squares : 0;
}

double ljung_box_p_value(std::span<const double> values, int lags) {
  const double n = static_cast<double>(values.size());
  if (lags < 1 || n <= lags) {
    return 1;
  }
  double sum = 0;
  for (int lag = 1; lag <= lags; ++lag) {
    sum += std::pow(autocorrelation(values, lag), 2) / (n - lag);
  }
  const double q = n * (n + 2) * sum;
  return boost::math::cdf(boost::math::complement(boost::math::chi_squared(lags), q));
}

int ljung_box_lags(std::size_t n) {
  return n < 3 ? 1 : static_cast<int>(std::lround(std::log(static_cast<double>(n))));
}

int dependent_block_length(std::span<const double> values) {
  const double n = static_cast<double>(values.size());
  const double r = std::clamp(autocorrelation(values, 1), 0.0, 0.99);
  const double length = std::pow(2 * r / (1 - r * r), 2.0 / 3) * std::cbrt(n);
  return std::clamp(static_cast<int>(std::ceil(length)), 2, std::max(2, static_cast<int>(n) / 4));
}

}  // namespace cuparity
