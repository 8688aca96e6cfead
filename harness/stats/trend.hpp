// How fast a level moves.
#pragma once

#include <span>

#include "harness/stats/interval.hpp"

namespace cuparity {

struct Trend {
  double slope = 0;   ///< a value, by least squares over the index
  Interval interval;  ///< 95 %, by t(n - 2), for independent scatter; unbounded for n < 3
};

/// Draper and Smith, Applied Regression Analysis, 3rd ed., 1.3 and 1.4. No slope for n < 2 or a value that is
/// not finite.
Trend linear_trend(std::span<const double> values);

}  // namespace cuparity
