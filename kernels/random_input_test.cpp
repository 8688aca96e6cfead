#include "kernels/random_input.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace cuparity {
namespace {

TEST(RandomInput, IsAFunctionOfSeedAndIndex) {
  EXPECT_EQ(random_bits(1, 5), random_bits(1, 5));
  EXPECT_NE(random_bits(1, 5), random_bits(1, 6));
  EXPECT_NE(random_bits(1, 5), random_bits(2, 5));
}

TEST(RandomInput, UniformStaysInRangeAndIsBalanced) {
  double sum = 0;
  double squares = 0;
  const int count = 1 << 20;
  for (int i = 0; i < count; ++i) {
    const float value = random_uniform(3, i);
    ASSERT_GE(value, -1.0f);
    ASSERT_LT(value, 1.0f);
    sum += value;
    squares += static_cast<double>(value) * value;
  }
  // Five standard deviations: variance 1/3 of a value, 4/45 of a square.
  EXPECT_LT(std::fabs(sum / count), 5 * std::sqrt(1.0 / 3 / count));
  EXPECT_LT(std::fabs(squares / count - 1.0 / 3), 5 * std::sqrt(4.0 / 45 / count));
}

TEST(RandomInput, ValuesAreMultiplesOfTheirStep) {
  for (int i = 0; i < 1000; ++i) {
    const double steps = static_cast<double>(random_uniform(4, i)) * (1 << 23);
    ASSERT_EQ(steps, std::floor(steps));
  }
}

TEST(RandomInput, StreamsOfDifferentSeedsAreUncorrelated) {
  double products = 0;
  const int count = 1 << 20;
  for (int i = 0; i < count; ++i)
    products += static_cast<double>(random_uniform(1, i)) * random_uniform(2, i);
  EXPECT_LT(std::fabs(products / count), 5 * std::sqrt(1.0 / 9 / count));
}

}  // namespace
}  // namespace cuparity
