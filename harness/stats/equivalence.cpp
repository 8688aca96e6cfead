#include "harness/stats/equivalence.hpp"

#include <cmath>

namespace cuparity {

bool equivalent(const Interval& log_ratio, double margin) {
  const double bound = std::log1p(margin);
  return log_ratio.bounded() && log_ratio.low > -bound && log_ratio.high < bound;
}

}  // namespace cuparity
