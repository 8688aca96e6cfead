#include "harness/stats/trend.hpp"

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <numeric>

namespace cuparity {

Trend linear_trend(std::span<const double> values) {
  Trend trend;
  const bool finite = std::all_of(values.begin(), values.end(), [](double v) { return std::isfinite(v); });
  if (values.size() < 2 || !finite) {
    return trend;
  }
  const double n = static_cast<double>(values.size());
  const double middle = (n - 1) / 2;
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / n;
  double products = 0;
  double total = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    products += (static_cast<double>(i) - middle) * (values[i] - mean);
    total += (values[i] - mean) * (values[i] - mean);
  }
  const double spread = n * (n * n - 1) / 12;  // of the index about its middle
  trend.slope = products / spread;
  if (values.size() < 3) {
    return trend;
  }
  const double residual = std::max(0.0, total - trend.slope * products);
  const double error = std::sqrt(residual / (n - 2) / spread);
  const double half_width = boost::math::quantile(boost::math::students_t(n - 2), 0.975) * error;
  trend.interval = {trend.slope - half_width, trend.slope + half_width};
  return trend;
}

}  // namespace cuparity
