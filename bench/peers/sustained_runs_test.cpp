#include "bench/peers/sustained_runs.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cuparity {
namespace {

/// Each run takes as long as the number it has.
std::vector<double> runs_of(double span) {
  double clock = 100, number = 0;
  const auto run = [&] { return clock += ++number, number; };
  return sustained_runs(run, [&] { return clock; }, span);
}

TEST(SustainedRuns, ThoseOfTheFirstHalfAreForgotten) {
  EXPECT_THAT(runs_of(20), testing::ElementsAre(5, 6));  // 1 + 2 + 3 + 4 = 10, then until 20 are over
}

TEST(SustainedRuns, ARunThatIsLongerThanTheSpanCounts) { EXPECT_THAT(runs_of(1), testing::ElementsAre(2)); }

}  // namespace
}  // namespace cuparity
