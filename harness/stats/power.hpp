// What a comparison could have found, and how many blocks would find more.
#pragma once

#include <span>

#include "harness/stats/interval.hpp"

namespace cuparity {

/// Asymptotic efficiency of the signed-rank and the rank-sum test against the t test for normal data: 3/pi.
inline constexpr double rank_test_efficiency = 0.955;

/// The arithmetic mean; `values` must not be empty.
double mean_of(std::span<const double> values);

/// Square root of the unbiased variance; 0 for fewer than two values.
double standard_deviation(std::span<const double> values);

/// The standard deviation of one block of normal scatter that has such an interval of level 1 - `alpha`: half the width times
/// sqrt(0.955 · blocks) / z(1 - alpha/2). Half the width over z estimates the standard error of a rank estimate whatever the
/// distribution is (Lehmann, Nonparametric confidence intervals for a shift parameter, Ann. Math. Statist. 34, 1963), so
/// outliers count as little here as in the interval. With few blocks it is too large (17 % for 12), for exact intervals are
/// wide then. Infinite if the interval is unbounded.
double implied_deviation(const Interval& interval, double blocks, double alpha);

/// The shift that a two-sided test of level `alpha` finds with probability `power`:
/// (z(1 - alpha/2) + z(power)) · deviation / sqrt(0.955 · blocks). Infinite for less than half a block (one value a side).
/// Two independent samples of n and m values count as n·m/(n + m) blocks. 95 % are with 12, 20 and 60 blocks
///  - of the implied deviation: 95 % for normal scatter; 89 to 94 % with heavy tails or 10 % outliers
///  - of the standard deviation: 89, 92 and 94 % for normal scatter
double minimum_detectable_shift(double deviation, double blocks, double alpha, double power);

/// Blocks for which that is at most `shift`; at least 1. Saturates at 1,000,000.
int blocks_to_detect(double deviation, double shift, double alpha, double power);

/// Blocks after which z · deviation / sqrt(0.955 · blocks) is at most `half_width`; at least 1. Saturates
/// likewise.
int blocks_for_half_width(double deviation, double half_width, double z);

/// 1 + log2(comparisons / alpha), rounded up: fewer paired blocks can't give a p value that survives the
/// correction.
int blocks_for_exactness(int comparisons, double alpha);

}  // namespace cuparity
