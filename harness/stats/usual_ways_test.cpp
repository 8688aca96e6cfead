// What the usual ways of comparing two benchmarks get wrong, which docs/method.md quotes: simulated, A against A.
// Small for every test run, full-size with CTest label slow. Bounds: binomial at 99.9 %.
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/math/distributions/binomial.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <cstdio>
#include <functional>
#include <numeric>

#include "harness/record/median.hpp"
#include "harness/stats/permutation.hpp"
#include "harness/stats/power.hpp"
#include "harness/stats/rank_sum.hpp"
#include "harness/stats/signed_rank.hpp"
#include "harness/stats/simulated_samples.hpp"

#ifndef CUPARITY_SIMULATIONS
#define CUPARITY_SIMULATIONS 500
#endif

namespace cuparity {
namespace {

constexpr int simulations = CUPARITY_SIMULATIONS > 5000 ? 5000 : CUPARITY_SIMULATIONS;

double rate(const char* what, const std::function<bool()>& happens) {
  int times = 0;
  for (int i = 0; i < simulations; ++i) times += happens() ? 1 : 0;
  std::printf("%s: %d of %d = %.1f %%\n", what, times, simulations, 100.0 * times / simulations);
  return static_cast<double>(times) / simulations;
}

/// The expected rate lies within what `simulations` can tell of it.
void expect_rate(double found, double expected) {
  using boost::math::binomial;
  EXPECT_GE(found * simulations, quantile(binomial(simulations, expected - 0.01), 0.0005));
  EXPECT_LE(found * simulations, quantile(binomial(simulations, expected + 0.01), 0.9995));
}

std::vector<double> iterations(SimulatedSamples& random, int n, double process_deviation) {
  const double process = process_deviation * random.normal();
  std::vector<double> values(n);
  for (double& value : values) value = process + random.normal();
  return values;
}

TEST(UsualWays, IterationsOfOneProcessASideCryWolf) {
  SimulatedSamples random(31);
  for (const auto& [n, expected] : {std::pair(25, 0.19), std::pair(100, 0.45), std::pair(1000, 0.79)}) {
    const double found = rate("iterations as the sample", [&, n = n] {
      const std::vector<double> a = iterations(random, n, 0.25);
      return rank_sum_p_value(a, iterations(random, n, 0.25)) < 0.05;
    });
    expect_rate(found, expected);
  }
}

TEST(UsualWays, AllOfAThenAllOfBTakesDriftForADifference) {
  SimulatedSamples random(32);
  constexpr int n = 24;
  const auto drifting = [&](int i) { return 0.01 * i / (2 * n) + 0.002 * random.normal(); };
  const double apart = rate("one after the other, drift 1 %", [&] {
    std::vector<double> a(n), b(n);
    for (int i = 0; i < n; ++i) a[i] = drifting(i);
    for (int i = 0; i < n; ++i) b[i] = drifting(n + i);
    return rank_sum_p_value(a, b) < 0.05;
  });
  EXPECT_GT(apart, 0.97);
  const double interleaved = rate("ABBA blocks, drift 1 %", [&] {
    std::vector<double> differences(n / 2);
    for (int block = 0; block < n / 2; ++block) {
      double at[4];
      for (int i = 0; i < 4; ++i) at[i] = drifting(4 * block + i);
      differences[block] = (at[1] + at[2]) / 2 - (at[0] + at[3]) / 2;
    }
    return signed_rank_p_value(differences) <= 0.05;
  });
  EXPECT_LE(interleaved * simulations, quantile(boost::math::binomial(simulations, 0.05), 0.999));
}

TEST(UsualWays, LookingAfterEveryPairRaisesAlarms) {
  SimulatedSamples random(33);
  const double found = rate("a look after every pair, 6 to 40", [&] {
    std::vector<double> differences;
    while (differences.size() < 40) {
      differences.push_back(random.normal());
      if (differences.size() >= 6 && signed_rank_p_value(differences) < 0.05) return true;
    }
    return false;
  });
  EXPECT_GT(found, 0.18);  // several times the 5 % that it promises
}

TEST(UsualWays, StoppingBetweenTheTwoLooksToReadTheReportRaisesAlarms) {
  SimulatedSamples random(36);
  const double found = rate("a look at every block, 12 to 24, at 2.5 %", [&] {
    std::vector<double> differences;
    while (differences.size() < 24) {
      differences.push_back(random.normal());
      if (differences.size() >= 12 && signed_rank_p_value(differences) < 0.025) return true;
    }
    return false;
  });
  expect_rate(found, 0.067);
}

/// Of two runs, one after the other, of the same thing: the machine is not the same as before.
TEST(UsualWays, TwoRunsOneAfterTheOtherTakeADifferentDayForADifference) {
  SimulatedSamples random(37);
  for (const auto& [level, expected] : {std::pair(0.0, 0.05), std::pair(0.5, 0.18), std::pair(1.0, 0.41)}) {
    const double found = rate("two runs, each with a level of its own", [&, level = level] {
      const auto run = [&] {
        std::vector<double> values(12);
        const double own = level / std::sqrt(2.0) * random.normal();
        for (double& value : values) value = own + random.normal();
        return values;
      };
      const std::vector<double> before = run();
      return rank_sum_p_value(before, run()) < 0.05;
    });
    expect_rate(found, expected);
  }
}

TEST(UsualWays, PercentileBootstrapMissesMoreThanItSays) {
  SimulatedSamples random(34);
  PermutationRandom draw(35);
  constexpr int resamples = 400;
  for (const int n : {8, 20}) {
    const double missed = rate("percentile bootstrap of the mean misses", [&] {
      std::vector<double> values(n);
      for (double& value : values) value = random.normal();
      std::vector<double> means(resamples, 0.0);
      for (double& mean : means) {
        for (int i = 0; i < n; ++i) mean += values[draw.below(n)] / n;
      }
      std::sort(means.begin(), means.end());
      return means[resamples / 40 - 1] > 0 || means[resamples - resamples / 40] < 0;
    });
    EXPECT_GT(missed * simulations, quantile(boost::math::binomial(simulations, 0.05), n == 8 ? 0.999 : 0.5)) << n;
  }
}

}  // namespace
}  // namespace cuparity
