// Shows by simulation that the verdicts keep their error rates. Built twice: small, for every test run, and
// full-size (CTest label slow). Bounds are those of the binomial distribution at 99.9 %.
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/math/distributions/binomial.hpp>
#include <cmath>
#include <cstdio>
#include <functional>

#include "harness/record/median.hpp"
#include "harness/stats/analysis.hpp"
#include "harness/stats/estimate.hpp"
#include "harness/stats/per_clock.hpp"
#include "harness/stats/power.hpp"
#include "harness/stats/rank_sum.hpp"
#include "harness/stats/signed_rank.hpp"
#include "harness/stats/simulated_run.hpp"
#include "harness/stats/simulated_samples.hpp"
#include "harness/stats/verdict.hpp"

#ifndef CUPARITY_SIMULATIONS
#define CUPARITY_SIMULATIONS 500
#endif

namespace cuparity {
namespace {

constexpr int simulations = CUPARITY_SIMULATIONS;
using Distribution = std::function<double(SimulatedSamples&)>;

const Distribution normal = [](SimulatedSamples& random) { return random.normal(); };
const Distribution heavy_tailed = [](SimulatedSamples& random) { return random.heavy_tailed(); };
const Distribution with_outliers = [](SimulatedSamples& random) { return random.with_outliers(); };

int most(double probability) {
  return static_cast<int>(boost::math::quantile(boost::math::binomial(simulations, probability), 0.999));
}

int fewest(double probability) {
  return static_cast<int>(boost::math::quantile(boost::math::binomial(simulations, probability), 0.001));
}

std::vector<double> sample(SimulatedSamples& random, const Distribution& draw, int n, double shift,
                           double scale) {
  std::vector<double> values(n);
  for (double& value : values) value = shift + scale * draw(random);
  return values;
}

int count(const std::function<bool()>& happens) {
  int times = 0;
  for (int i = 0; i < simulations; ++i) times += happens() ? 1 : 0;
  return times;
}

/// Prints the rate, so that what the documents quote can be read off the full-size run.
int report(const char* what, int times) {
  std::printf("%s: %d of %d = %.2f %%\n", what, times, simulations, 100.0 * times / simulations);
  return times;
}

Verdict verdict_of(const std::vector<double>& differences, double margin) {
  std::vector<double> baseline(differences.size(), 1.0);
  std::vector<double> candidate;
  for (const double difference : differences) candidate.push_back(std::exp(difference));
  Comparison comparison;
  comparison.margin = margin;
  return decide({observe_paired(comparison, baseline, candidate, 0.05)}, 0.05, "blocks").front().verdict;
}

TEST(Simulation, SignedRankIntervalMissesNoMoreThanItSays) {
  SimulatedSamples random(11);
  for (const Distribution& draw : {normal, heavy_tailed, with_outliers}) {
    for (const int n : {8, 12, 20, 70}) {
      const int missed = count([&] {
        const Interval interval = signed_rank_interval(sample(random, draw, n, 0.3, 1), 0.05);
        return interval.low > 0.3 || interval.high < 0.3;
      });
      EXPECT_LE(report("signed-rank interval misses", missed), most(0.05)) << n;
      EXPECT_GE(missed, fewest(0.03)) << n;  // not by being far too wide
    }
  }
}

TEST(Simulation, RankSumIntervalMissesNoMoreThanItSays) {
  SimulatedSamples random(12);
  for (const Distribution& draw : {normal, heavy_tailed, with_outliers}) {
    for (const int n : {6, 20, 40}) {
      const int missed = count([&] {
        const Interval interval =
            rank_sum_interval(sample(random, draw, n, 0, 1), sample(random, draw, n, 0.3, 1), 0.05);
        return interval.low > 0.3 || interval.high < 0.3;
      });
      EXPECT_LE(report("rank-sum interval misses", missed), most(0.05)) << n;
      EXPECT_GE(missed, fewest(0.03)) << n;
    }
  }
}

/// Not what the test promises: it takes both sides to scatter alike. The figures are in method.md.
TEST(Simulation, RankSumIntervalMissesMoreWhereOneSideScattersThreeTimesAsWide) {
  SimulatedSamples random(27);
  struct Expected {
    int narrow, wide;
    double misses;
  };
  for (const auto& [narrow, wide, misses] : {Expected{12, 12, 0.065}, Expected{24, 6, 0.137}}) {
    const int missed = count([&, narrow = narrow, wide = wide] {
      const Interval interval =
          rank_sum_interval(sample(random, normal, narrow, 0, 1), sample(random, normal, wide, 0, 3), 0.05);
      return interval.low > 0 || interval.high < 0;
    });
    EXPECT_GE(report("rank-sum interval misses, three times as wide", missed), fewest(misses - 0.01)) << narrow;
    EXPECT_LE(missed, most(misses + 0.01)) << narrow;
  }
}

TEST(Simulation, PowerIsAsPublishedInTheMethod) {
  struct Expected {
    double deviation;
    double power[4];
  };
  const double effects[4] = {0.005, 0.01, 0.02, 0.05};
  const Expected table[] = {
      {0.005, {0.99, 1, 1, 1}}, {0.01, {0.54, 0.99, 1, 1}}, {0.02, {0.18, 0.52, 0.98, 1}}};
  SimulatedSamples random(13);
  for (const Expected& row : table) {
    for (int i = 0; i < 4; ++i) {
      const int found = count([&] {
        const auto differences = sample(random, normal, 20, std::log1p(effects[i]), row.deviation);
        return signed_rank_interval(differences, 0.05).low > 0;
      });
      // The figures are rounded to two digits.
      EXPECT_GE(report("power, 20 blocks", found), fewest(row.power[i] - 0.01)) << row.deviation << " " << effects[i];
      EXPECT_LE(found, most(std::min(1.0, row.power[i] + 0.01))) << row.deviation << " " << effects[i];
    }
  }
}

TEST(Simulation, TheMinimumDetectableEffectIsFoundAboutAsOftenAsSaid) {
  SimulatedSamples random(14);
  struct Expected {
    Distribution draw;
    double power[3];  // with 12, 20, 60 blocks
  };
  const Expected table[] = {
      {normal, {0.945, 0.945, 0.945}}, {heavy_tailed, {0.89, 0.91, 0.93}}, {with_outliers, {0.88, 0.91, 0.93}}};
  const int blocks[] = {12, 20, 60};
  for (const Expected& row : table) {
    for (int i = 0; i < 3; ++i) {
      std::vector<double> shown;
      for (int repeat = 0; repeat < 2001; ++repeat)
        shown.push_back(estimate_paired(sample(random, row.draw, blocks[i], 0, 0.01), 0.05).minimum_detectable_shift);
      const double shift = median(shown);
      const int found =
          count([&] { return signed_rank_interval(sample(random, row.draw, blocks[i], shift, 0.01), 0.05).low > 0; });
      EXPECT_GE(report("MDE found", found), fewest(row.power[i])) << blocks[i];
      EXPECT_LE(found, most(0.955)) << blocks[i];
      const int found_by_others = count([&] {
        const double own = estimate_paired(sample(random, row.draw, blocks[i], 0, 0.01), 0.05).minimum_detectable_shift;
        return signed_rank_interval(sample(random, row.draw, blocks[i], own, 0.01), 0.05).low > 0;
      });
      EXPECT_GE(report("a run's own MDE found by others", found_by_others), fewest(row.power[i] - 0.05)) << blocks[i];
    }
  }
}

TEST(Simulation, WhatAFormulaOfTheStandardDeviationFindsIsAsItsCommentSays) {
  SimulatedSamples random(14);
  for (const auto& [n, power] : {std::pair(12, 0.89), std::pair(20, 0.92), std::pair(60, 0.94)}) {
    const double shift = minimum_detectable_shift(0.01, n, 0.05, 0.95);
    const int found =
        count([&] { return signed_rank_interval(sample(random, normal, n, shift, 0.01), 0.05).low > 0; });
    EXPECT_GE(report("predicted MDE found", found), fewest(power)) << n;
    EXPECT_LE(found, most(0.955)) << n;
  }
}

TEST(Simulation, AnEffectOfExactlyTheMarginIsRarelyCalledSame) {
  SimulatedSamples random(15);
  for (const Distribution& draw : {normal, heavy_tailed, with_outliers}) {
    for (const double sign : {1.0, -1.0}) {
      const int same = count([&] {
        return verdict_of(sample(random, draw, 20, sign * std::log1p(0.01), 0.004), 0.01) == Verdict::same;
      });
      EXPECT_LE(report("effect of the margin called same", same), most(0.055));
    }
  }
}

/// What method.md says of the number of blocks that an inconclusive row asks for.
TEST(Simulation, TheBlocksThatAreAskedForSettleItAsOftenAsSaid) {
  SimulatedSamples random(28);
  const auto observe = [&](int n) {
    std::vector<double> candidate;
    for (const double d : sample(random, normal, n, 0, 0.009)) candidate.push_back(std::exp(d));
    Comparison comparison;
    comparison.margin = 0.01;
    return decide({observe_paired(comparison, std::vector<double>(n, 1.0), candidate, 0.05)}, 0.05, "blocks").front();
  };
  for (const auto& [factor, share] : {std::pair(1.0, 0.605), std::pair(1.5, 0.955)}) {
    const int settled = count([&, factor = factor] {
      Comparison first = observe(12);
      while (!first.blocks_to_settle) first = observe(12);
      return observe(static_cast<int>(std::ceil(factor * *first.blocks_to_settle))).verdict == Verdict::same;
    });
    EXPECT_GE(report("settled by the blocks asked for, or half as many again", settled), fewest(share - 0.02)) << factor;
    EXPECT_LE(settled, most(share + 0.02)) << factor;
  }
}

TEST(Simulation, NoEffectIsCalledSameWhereThereIsPower) {
  SimulatedSamples random(16);
  EXPECT_GE(count([&] { return verdict_of(sample(random, normal, 12, 0, 0.003), 0.01) == Verdict::same; }),
            fewest(0.99));
}

TEST(Simulation, AmongManyComparisonsAFalseAlarmIsRare) {
  SimulatedSamples random(17);
  const int repeats = simulations / 4;
  int alarms = 0;
  for (int repeat = 0; repeat < repeats; ++repeat) {
    std::vector<Observation> observations;
    for (int i = 0; i < 30; ++i) {
      std::vector<double> candidate;
      for (const double d : sample(random, normal, 12, 0, 0.05)) candidate.push_back(std::exp(d));
      observations.push_back(observe_paired({}, std::vector<double>(12, 1.0), candidate, 0.05));
    }
    for (const Comparison& comparison : decide(observations, 0.05, "blocks")) {
      if (comparison.verdict == Verdict::slower) {
        ++alarms;
        break;
      }
    }
  }
  EXPECT_LE(alarms, boost::math::quantile(boost::math::binomial(repeats, 0.05), 0.999));
}

TEST(Simulation, AmongManyComparisonsPerClockAFalseAlarmIsRare) {
  SimulatedSamples random(25);
  const int repeats = simulations / 4;
  int alarms = 0;
  for (int repeat = 0; repeat < repeats; ++repeat) {
    std::vector<Observation> observations;
    for (int i = 0; i < 30; ++i) {
      TwoSamples seconds{std::vector<double>(12, 1.0), {}};
      TwoSamples cycles{std::vector<double>(12, 1e9), {}};
      for (const double d : sample(random, normal, 12, 0, 0.1)) seconds.candidate.push_back(std::exp(d));  // any clock
      for (const double d : sample(random, normal, 12, 0, 0.002)) cycles.candidate.push_back(1e9 * std::exp(d));
      Comparison comparison;
      comparison.margin = 0.01;
      observations.push_back(observe_per_clock(comparison, seconds, cycles, 0.05, observe_paired));
    }
    const std::vector<Comparison> decided = decide_measured(observations, 0.05, "blocks");
    alarms += std::any_of(decided.begin(), decided.end(), [](const auto& c) { return c.verdict == Verdict::slower; });
  }
  std::printf("slower among 30 per clock: %d of %d\n", alarms, repeats);
  EXPECT_LE(alarms, boost::math::quantile(boost::math::binomial(repeats, 0.05), 0.999));
}

/// What method.md says of the verdict `slower`, as against the interval alone.
TEST(Simulation, HowOftenAnEffectOfTheMinimumDetectableSizeIsCalledSlower) {
  SimulatedSamples random(26);
  std::vector<double> shown;
  for (int i = 0; i < 2001; ++i)
    shown.push_back(estimate_paired(sample(random, normal, 12, 0, 0.05), 0.05).minimum_detectable_shift);
  const double shift = median(shown);
  const auto candidate = [&](double effect) {
    std::vector<double> times;
    for (const double d : sample(random, normal, 12, effect, 0.05)) times.push_back(std::exp(d));
    return times;
  };
  for (const auto& [family, power] : {std::pair(9, 0.70), std::pair(40, 0.38)}) {
    const int repeats = simulations / (family > 10 ? 8 : 2);
    int found = 0;
    for (int repeat = 0; repeat < repeats; ++repeat) {
      std::vector<Observation> observations;
      for (int i = 0; i < family; ++i)
        observations.push_back(observe_paired({}, std::vector<double>(12, 1.0), candidate(i == 0 ? shift : 0), 0.05));
      found += decide(std::move(observations), 0.05, "blocks").front().verdict == Verdict::slower;
    }
    std::printf("MDE called slower among %d: %d of %d = %.2f %%\n", family, found, repeats, 100.0 * found / repeats);
    const boost::math::binomial low(repeats, power - 0.02), high(repeats, power + 0.02);
    EXPECT_GE(found, boost::math::quantile(low, 0.001)) << family;
    EXPECT_LE(found, boost::math::quantile(high, 0.999)) << family;
  }
}

/// Rejections of "no difference" over whole simulated runs, A against A.
int false_alarms(SimulatedRun shape, std::uint64_t seed) {
  SimulatedSamples random(seed);
  return count([&] {
    const Comparison comparison = analyse(simulate_run(shape, random)).comparisons.front();
    return comparison.interval_low.value() > 0 || comparison.interval_high.value() < 0;
  });
}

TEST(Simulation, ARunAgainstItselfRaisesNoMoreAlarmsThanSaid) { EXPECT_LE(report("A/A", false_alarms({}, 18)), most(0.05)); }

TEST(Simulation, HeavyTailsAndOutliersRaiseNoMoreAlarms) {
  for (const auto scatter : {&SimulatedSamples::heavy_tailed, &SimulatedSamples::with_outliers}) {
    SimulatedRun shape;
    shape.scatter = scatter;
    EXPECT_LE(report("A/A, heavy tails or outliers", false_alarms(shape, 21)), most(0.05));
  }
}

TEST(Simulation, InterleavedBlocksBearARandomWalk) {
  SimulatedRun shape;
  shape.random_walk = 0.001;  // as large a step as the deviation of a process
  EXPECT_LE(report("A/A, random walk", false_alarms(shape, 22)), most(0.05));
}

TEST(Simulation, InterleavedBlocksBearSerialCorrelation) {
  for (const double correlation : {0.5, 0.9}) {
    SimulatedRun shape;
    shape.correlation = correlation;
    EXPECT_LE(report("A/A, serial correlation", false_alarms(shape, 23)), most(0.05)) << correlation;
  }
}

TEST(Simulation, TwoLooksTogetherRarelyCallAnEffectOfTheMarginSame) {
  SimulatedSamples random(24);
  SimulatedRun shape;
  shape.blocks = 24;
  shape.looks = {12, 24};
  shape.deviation = 0.004;
  shape.effect = {{"docker:--gpus=all", 0.01}};
  const auto same = [](const cuparity::Run& run) {
    return analyse(run).comparisons.front().verdict == Verdict::same;
  };
  EXPECT_LE(report("effect of the margin called same, two looks", count([&] {
                     const cuparity::Run whole = simulate_run(shape, random);
                     cuparity::Run first_look = whole;
                     first_look.trials.resize(whole.trials.size() / 2);
                     return same(first_look) || same(whole);
                   })),
            most(0.05));
}

TEST(Simulation, InterleavedBlocksBearDrift) {
  SimulatedRun shape;
  shape.drift = 0.01;  // ten times the deviation of a process
  EXPECT_LE(report("A/A, drift", false_alarms(shape, 19)), most(0.05));
}

TEST(Simulation, TwoLooksTogetherKeepTheErrorRate) {
  SimulatedSamples random(20);
  SimulatedRun shape;
  shape.blocks = 24;
  shape.looks = {12, 24};
  shape.deviation = 0.05;
  const auto slower = [](const cuparity::Run& run) {
    return analyse(run).comparisons.front().verdict == Verdict::slower;
  };
  const int alarms = count([&] {
    const cuparity::Run whole = simulate_run(shape, random);
    cuparity::Run first_look = whole;
    first_look.trials.resize(whole.trials.size() / 2);
    return slower(first_look) || slower(whole);
  });
  EXPECT_LE(report("slower at one of two looks", alarms), most(0.025));  // slower is one of two sides
}

}  // namespace
}  // namespace cuparity
