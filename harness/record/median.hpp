// The median, shared by the reader (over repetitions) and the statistics (over blocks).
#pragma once

#include <vector>

namespace cuparity {

/// The middle value, or the mean of the two middle ones; NaN if `values` is empty or one of them is NaN.
double median(std::vector<double> values);

}  // namespace cuparity
