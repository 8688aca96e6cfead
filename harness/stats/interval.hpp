// A closed interval on the real line. No logic.
#pragma once

#include <limits>

namespace cuparity {

/// Unbounded where the data can't bound it at the level asked for.
struct Interval {
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();

  bool bounded() const {
    return low > -std::numeric_limits<double>::infinity() && high < std::numeric_limits<double>::infinity();
  }
  bool excludes_zero() const { return low > 0 || high < 0; }
};

}  // namespace cuparity
