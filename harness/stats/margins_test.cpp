#include "harness/stats/margins.hpp"

#include <gtest/gtest.h>

#include "harness/errors.hpp"

namespace cuparity {
namespace {

TEST(Share, TakesPercentAndFractions) {
  EXPECT_DOUBLE_EQ(parse_share("5%", ""), 0.05);
  EXPECT_DOUBLE_EQ(parse_share("0.5 %", ""), 0.005);
  EXPECT_DOUBLE_EQ(parse_share("0.02", ""), 0.02);
  for (const char* wrong : {"", "0", "-1 %", "nan", "5 percent", "1e9"})
    EXPECT_THROW(parse_share(wrong, "--margin"), UsageError) << wrong;
}

}  // namespace
}  // namespace cuparity
