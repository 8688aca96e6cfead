#include "kernels/timed_choice.hpp"

#include <gtest/gtest.h>

#include <random>

namespace cuparity {
namespace {

/// Candidates of the given true times; rounds share a drift of 5 %, each time has its own noise.
TimesInTurn measured(const std::vector<double>& truth, double noise, unsigned seed) {
  std::mt19937 generator(seed);
  std::normal_distribution<double> own(0, noise), shared(0, 0.05);
  TimesInTurn times(truth.size());
  for (int round = 0; round < 9; ++round) {
    const double drift = 1 + shared(generator);
    for (std::size_t i = 0; i < truth.size(); ++i)
      times[i].push_back(truth[i] * drift * (1 + own(generator)));
  }
  return times;
}

TEST(TimedChoice, MedianOfAnEvenCountIsTheMeanOfTheMiddleTwo) {
  EXPECT_EQ(median_time({4}), 4);
  EXPECT_EQ(median_time({9, 1, 2}), 2);
  EXPECT_EQ(median_time({8, 1, 2, 4}), 3);
}

TEST(TimedChoice, FastestIsTheSmallestMedian) {
  EXPECT_EQ(fastest({{3, 3, 3}, {2, 9, 2}, {2.5, 2.5, 2.5}}), 1u);
}

TEST(TimedChoice, ACandidateThatWasGivenUpIsNotChosen) {
  EXPECT_EQ(fastest({{3, 3, 3}, {1}}), 0u);
  EXPECT_EQ(earliest_as_fast({{1}, {3, 3, 3}, {2, 2, 2}}, 0), 2u);
}

TEST(TimedChoice, EqualCandidatesAreNotToldApartByNoise) {
  int first = 0;
  for (unsigned seed = 0; seed < 200; ++seed)
    if (earliest_as_fast(measured({1, 1, 1, 1}, 0.005, seed), 0.01) == 0) ++first;
  EXPECT_GE(first, 198);
}

TEST(TimedChoice, AFasterCandidateIsFoundThroughADriftThatIsLargerThanItsLead) {
  for (unsigned seed = 0; seed < 200; ++seed)
    EXPECT_EQ(earliest_as_fast(measured({1.03, 1.02, 1, 1.01}, 0.001, seed), 0.005), 2u) << seed;
}

TEST(TimedChoice, AboutAsFastAreThoseWithinTheShareThatWereTimedToTheEnd) {
  EXPECT_EQ(about_as_fast({{1.04, 1.04, 9}, {1}, {1, 1, 1}, {1.06, 1.06, 1.06}}, 0.05), (std::vector<std::size_t>{0, 2}));
}

TEST(TimedChoice, NoNoiseExcusesAMuchSlowerCandidate) {
  // A median ratio of 1.25, within three standard errors of 1.
  const TimesInTurn times = {{1.25, 0.9, 1.6, 1.25, 0.8, 1.7, 1.25}, {1, 1, 1, 1, 1, 1, 1}};
  EXPECT_EQ(earliest_as_fast(times, 0.02), 1u);
}

TEST(TimedChoice, WithinTheLeastMarginTheEarlierStays) {
  EXPECT_EQ(earliest_as_fast({{1.004, 1.004, 1.004}, {1, 1, 1}}, 0.005), 0u);
  EXPECT_EQ(earliest_as_fast({{1.006, 1.006, 1.006}, {1, 1, 1}}, 0.005), 1u);
}

TEST(TimedChoice, AnEarlierPlanWithinTwoPerCentWins) {
  const auto three = [](double time) { return std::vector<double>{time, time, time}; };
  EXPECT_EQ(earliest_as_fast({three(1)}, 0.02), 0u);
  EXPECT_EQ(earliest_as_fast({three(1.01), three(1), three(0.995)}, 0.02), 0u);
  EXPECT_EQ(earliest_as_fast({three(1.03), three(1.019), three(1)}, 0.02), 1u);
  EXPECT_EQ(earliest_as_fast({three(2), three(1.5), three(1)}, 0.02), 2u);
}

TEST(TimedChoice, OfTwoRoundsTheUpperTimeAloneDoesNotDecide) { EXPECT_EQ(fastest({{1, 3}, {2, 2.5}}), 0u); }

TEST(TimedChoice, HopelessIsWhatIsSlowerThanTheShareAtItsBest) {
  const TimesInTurn times = {{1, 1.2}, {1.04, 1.5}, {1.06, 1.07}};
  EXPECT_FALSE(is_hopeless(times, 0, 0.05));
  EXPECT_FALSE(is_hopeless(times, 1, 0.05));
  EXPECT_TRUE(is_hopeless(times, 2, 0.05));
}

}  // namespace
}  // namespace cuparity
