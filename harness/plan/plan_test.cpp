#include "harness/plan/plan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

namespace cuparity {
namespace {

using testing::ElementsAre;

TEST(BlockOrder, RunsEveryModeOnceAndThenOnceMoreInReverse) {
  const std::vector<std::string> modes = {"native", "docker:manual", "podman:manual"};
  for (int block = 0; block < 50; ++block) {
    const auto order = block_order(7, block, modes);
    ASSERT_EQ(order.size(), 6u);
    std::vector<std::string> first(order.begin(), order.begin() + 3);
    std::vector<std::string> second(order.rbegin(), order.rbegin() + 3);
    EXPECT_EQ(first, second) << "the second half is the first backwards";
    EXPECT_TRUE(std::is_permutation(first.begin(), first.end(), modes.begin()));
  }
}

TEST(BlockOrder, IsTheSameForTheSameSeedAndNotForAnother) {
  const std::vector<std::string> modes = {"a", "b", "c", "d"};
  int differing = 0;
  for (int block = 0; block < 20; ++block) {
    EXPECT_EQ(block_order(42, block, modes), block_order(42, block, modes));
    differing += block_order(42, block, modes) != block_order(43, block, modes);
  }
  EXPECT_GT(differing, 10);
}

// A resumed run on another compiler must continue the same plan. The expected order was computed by a second
// implementation of SplitMix64 and Fisher-Yates.
TEST(BlockOrder, DoesNotDependOnThePlatform) {
  std::string starts;
  for (int block = 0; block < 16; ++block) starts += block_order(1, block, {"a", "b"}).front();
  EXPECT_EQ(starts, "aabaabaabbbbabbb");
}

TEST(BlockOrder, PutsEveryModeFirstEquallyOften) {
  std::map<std::string, int> first;
  constexpr int blocks = 6000;
  for (int block = 0; block < blocks; ++block) ++first[block_order(5, block, {"a", "b", "c"}).front()];
  // Binomial(6000, 1/3): five standard deviations are 183.
  for (const auto& [mode, count] : first) EXPECT_NEAR(count, blocks / 3, 183) << mode;
}

TEST(BlockOrder, OfOneModeIsThatModeTwice) {
  EXPECT_THAT(block_order(1, 0, {"native"}), ElementsAre("native", "native"));
}

}  // namespace
}  // namespace cuparity
