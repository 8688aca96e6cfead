// For tests: random samples that are the same on every machine for the same seed.
#pragma once

#include <boost/math/distributions/normal.hpp>
#include <cmath>
#include <cstdint>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace cuparity {

class SimulatedSamples {
 public:
  explicit SimulatedSamples(std::uint64_t seed) : random_(seed) {}

  /// In (0, 1). Not std::uniform_real_distribution, whose result is not fixed by the standard.
  double uniform() { return (static_cast<double>(random_() >> 12) + 0.5) / 4503599627370496.0; }
  double normal() { return boost::math::quantile(boost::math::normal(), uniform()); }
  /// Student's t with 3 degrees of freedom, scaled to a variance of 1: heavy tails.
  double heavy_tailed() {
    const double z = normal();
    double chi_squared = 0;
    for (int i = 0; i < 3; ++i) chi_squared += std::pow(normal(), 2);
    return z / std::sqrt(chi_squared / 3) / std::sqrt(3.0);
  }
  /// One in ten comes from a distribution five times as wide.
  double with_outliers() { return (uniform() < 0.1 ? 5 : 1) * normal(); }

  /// n values of variance 1, each r times the one before plus noise.
  std::vector<double> autoregressive(std::size_t n, double r) {
    std::vector<double> values(n);
    double last = normal();
    for (double& value : values) value = last = r * last + std::sqrt(1 - r * r) * normal();
    return values;
  }

  std::vector<std::string> shuffled(std::vector<std::string> values) {
    for (std::size_t i = values.size(); i > 1; --i) std::swap(values[i - 1], values[random_() % i]);
    return values;
  }

 private:
  std::mt19937_64 random_;
};

}  // namespace cuparity
