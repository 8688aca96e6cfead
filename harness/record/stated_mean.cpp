#include "harness/record/stated_mean.hpp"

#include <fmt/format.h>

#include <cmath>
#include <numeric>

#include "harness/errors.hpp"

namespace cuparity {

void check_stated_mean(double stated, const std::vector<double>& values, double tolerance,
                       const std::string& path) {
  if (values.empty()) {
    return;
  }
  const double mean =
      std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
  if (!std::isfinite(mean) || !std::isfinite(stated) || std::abs(mean - stated) <= tolerance * std::abs(mean)) {
    return;
  }
  throw UsageError(fmt::format(
      "{}: says {:g} s, but the mean of its {} values is {:g}: are they in another unit, or was the file edited?",
      path, stated, values.size(), mean));
}

}  // namespace cuparity
