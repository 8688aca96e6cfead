#include "kernels/host/comparison.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace cuparity::host {
namespace {

Expected<float> one(std::uint64_t) { return {1.0, 0.5}; }

TEST(Comparison, MeasuresInUnitsOfTheBound) {
  EXPECT_EQ(deviation(1.0f, {1.0, 0.5}), 0.0);
  EXPECT_EQ(deviation(1.25f, {1.0, 0.5}), 0.5);
  EXPECT_EQ(deviation(3.0f, {1.0, 0.5}), 4.0);
}

TEST(Comparison, ABoundOfZeroAsksForEquality) {
  EXPECT_EQ(deviation(1.0f, {1.0, 0.0}), 0.0);
  EXPECT_TRUE(std::isinf(deviation(1.0000001f, {1.0, 0.0})));
}

TEST(Comparison, NotANumberIsInfinitelyWrong) {
  EXPECT_TRUE(std::isinf(deviation(std::nanf(""), {1.0, 1e30})));
}

TEST(Comparison, FindsTheFirstOfTheLargestDeviations) {
  std::vector<float> values(100000, 1.0f);
  EXPECT_EQ(largest_deviation(values.data(), values.size(), nullptr, one).error, 0.0);
  values[77777] = values[99999] = 9.0f;
  const Deviation worst = largest_deviation(values.data(), values.size(), nullptr, one);
  EXPECT_EQ(worst.error, 16.0);
  EXPECT_EQ(worst.index, 77777u);
}

TEST(Comparison, UsesTheGivenIndices) {
  const std::vector<float> values = {5.0f, 6.0f};
  const std::vector<std::uint64_t> indices = {5, 7};
  const auto itself = [](std::uint64_t i) { return Expected<float>{static_cast<double>(i), 0.25}; };
  const Deviation worst = largest_deviation(values.data(), values.size(), indices.data(), itself);
  EXPECT_EQ(worst.error, 4.0);
  EXPECT_EQ(worst.index, 7u);
}

TEST(Comparison, RoundingBoundGrowsWithTheNumberOfRoundings) {
  EXPECT_NEAR(rounding_bound<float>(1), std::ldexp(1.0, -24), std::ldexp(1.0, -45));
  EXPECT_NEAR(rounding_bound<float>(1024), std::ldexp(1.0, -14), std::ldexp(1.0, -27));
  EXPECT_GT(rounding_bound<double>(1), std::ldexp(1.0, -53));
}

TEST(Comparison, DescribesWithAllDigits) {
  EXPECT_EQ(describe(7, 1.5f, 1.25), "element 7: found 1.5, expected 1.25");
  EXPECT_EQ(describe(17, std::uint32_t{3958}, 3957.0), "element 17: found 3958, expected 3957");
}

}  // namespace
}  // namespace cuparity::host
