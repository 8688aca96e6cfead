// One row of a forest plot: an effect, its interval and the margin of equivalence, as inline SVG.
#pragma once

#include <string>

#include "harness/stats/comparison.hpp"

namespace cuparity {

/// Drawn in units of the comparison's own margin, so that the zone of equivalence is the same in every row
/// and rows with other margins can stand below each other: with u = ln(1 + effect) / ln(1 + margin), x is u
/// inside the margin and sign(u) · (1 + ln|u|) beyond it, up to ten margins; further out it ends in an arrow.
/// Colours come from the page's style sheet (classes zone, zero, interval, estimate). Contains numbers alone,
/// no text from outside.
std::string svg_forest_row(const Comparison& comparison);

}  // namespace cuparity
