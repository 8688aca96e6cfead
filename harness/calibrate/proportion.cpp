#include "harness/calibrate/proportion.hpp"

#include <algorithm>
#include <boost/math/distributions/beta.hpp>
#include <boost/math/distributions/binomial.hpp>
#include <cmath>

namespace cuparity {
namespace {

constexpr double tail = 0.025;

double beta_quantile(double a, double b, double probability) {
  return boost::math::quantile(boost::math::beta_distribution<>(a, b), probability);
}

int most_of_independent(int of, double rate) {
  const boost::math::binomial distribution(of, rate);
  int most = 0;
  while (most < of && boost::math::cdf(distribution, most) < 0.99) {
    ++most;
  }
  return most;
}

}  // namespace

Proportion proportion(int count, int of, double design_effect) {
  Proportion result{count, of, 0, 0, 1};
  if (of <= 0) {
    return result;
  }
  result.effective = of / std::max(1.0, design_effect);
  const double hits = result.share() * result.effective;
  const double misses = result.effective - hits;
  if (count > 0) {
    result.low = beta_quantile(hits, misses + 1, tail);
  }
  if (count < of) {
    result.high = beta_quantile(hits + 1, misses, 1 - tail);
  }
  return result;
}

int most_alarms(int of, double rate, double design_effect) {
  if (of <= 0) {
    return 0;
  }
  const int independent = std::max(1, static_cast<int>(std::lround(of / std::max(1.0, design_effect))));
  return std::max(most_of_independent(of, rate), most_of_independent(independent, rate) * of / independent);
}

}  // namespace cuparity
