#include "harness/report/svg_forest.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace cuparity {
namespace {

using testing::HasSubstr;
using testing::Not;

Comparison comparison(double effect, double low, double high, double margin = 0.01) {
  Comparison made;
  made.effect = effect;
  made.interval_low = low;
  made.interval_high = high;
  made.margin = margin;
  return made;
}

TEST(SvgForest, TheMarginIsWhereTheZoneEnds) {
  // In units of its margin: an effect of exactly the margin lies on the zone's edge, whatever the margin.
  for (const double margin : {0.01, 0.02, 0.1}) {
    EXPECT_THAT(svg_forest_row(comparison(margin, 0, margin, margin)), HasSubstr(R"(cx="34.00")"));
    EXPECT_THAT(svg_forest_row(comparison(1 / (1 + margin) - 1, -0.001, 0, margin)),
                HasSubstr(R"(cx="-34.00")"));
  }
}

TEST(SvgForest, BeyondTheMarginTheScaleIsLogarithmic) {
  // ln(1 + effect) = 3 ln(1.01): 34 (1 + ln 3)
  EXPECT_THAT(svg_forest_row(comparison(std::pow(1.01, 3) - 1, 0.02, 0.04)), HasSubstr(R"(cx="71.35")"));
}

TEST(SvgForest, WhatLiesOutsideEndsInAnArrow) {
  const std::string svg = svg_forest_row(comparison(-0.84, -0.86, -0.8));
  EXPECT_THAT(svg, HasSubstr("M-112.0 -4L-119.0 0"));
  EXPECT_THAT(svg, Not(HasSubstr("<circle")));
  EXPECT_THAT(svg, Not(HasSubstr("interval\"")));
  EXPECT_THAT(svg_forest_row(comparison(0.02, 0.005, 0.2)), HasSubstr("M112.0 -4L119.0 0"));
}

TEST(SvgForest, SaysTheNumbersToAScreenReader) {
  EXPECT_THAT(svg_forest_row(comparison(0.001, -0.002, 0.004)),
              HasSubstr(R"(aria-label="effect +0.10 %, interval −0.20 … +0.40 %, margin 1 %")"));
}

TEST(SvgForest, NothingEstimatedIsNothingDrawn) {
  Comparison empty;
  EXPECT_THAT(svg_forest_row(empty), Not(HasSubstr("class=\"estimate\"")));
  Comparison odd = comparison(std::numeric_limits<double>::quiet_NaN(), -INFINITY, INFINITY, 0);
  EXPECT_THAT(svg_forest_row(odd), Not(HasSubstr("nan")));
  EXPECT_THAT(svg_forest_row(comparison(-1, -1, INFINITY)), Not(HasSubstr("inf")));
}

}  // namespace
}  // namespace cuparity
