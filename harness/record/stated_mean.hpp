// A check of units: the mean that a file states against that of the values in it.
#pragma once

#include <string>
#include <vector>

namespace cuparity {

/// Throws UsageError unless `stated` is the mean of `values` within `tolerance` (relative). `path` is where it
/// stands. Values or a mean that are not finite are left to whoever uses them.
void check_stated_mean(double stated, const std::vector<double>& values, double tolerance,
                       const std::string& path);

}  // namespace cuparity
