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

TEST(Margin, APatternThatWouldTakeExponentialTimeEnds) {
  const std::string name(100, 'a');
  EXPECT_DOUBLE_EQ(margin_of(name, {{"default", 0.02}, {"^(a*)*b$", 0.03}, {"(a|aa)+$b", 0.04}}), 0.02);
}

TEST(Margin, APatternWithAnAssertionIsMatched) {
  const std::map<std::string, double> margins = {{"default", 0.02}, {"^(?!launch/|startup/)", 0.03}};
  EXPECT_DOUBLE_EQ(margin_of("saxpy/own", margins), 0.03);
  EXPECT_DOUBLE_EQ(margin_of("launch/submit", margins), 0.02);
}

}  // namespace
}  // namespace cuparity
