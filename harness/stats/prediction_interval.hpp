// Where the next value of a steady series is to be expected.
// Source: Hahn, Meeker: Statistical Intervals, 1991, 4.6 (one future observation of a normal distribution).
#pragma once

#include <span>

#include "harness/stats/interval.hpp"

namespace cuparity {

/// Fewer earlier values say too little about their scatter to judge a new one.
inline constexpr int prediction_minimum = 20;

/// mean ± t(n - 1; 1 - alpha/2) · s · sqrt(1 + 1/n), n values with standard deviation s. Unbounded for fewer
/// than prediction_minimum values or one that is not finite.
Interval prediction_interval(std::span<const double> earlier, double alpha);

/// Two-sided: the probability that the next value of the same series is at least as far from the mean as `value`, from
/// (value - mean) / (s · sqrt(1 + 1/n)) ~ t(n - 1). 1 where prediction_interval is unbounded or `value` is
/// not finite. A constant series has no scatter: 1 on it, 0 elsewhere.
double prediction_p_value(std::span<const double> earlier, double value);

}  // namespace cuparity
