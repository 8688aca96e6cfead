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

/// The shift that the test behind `interval`, whose level is 1 - `alpha`, finds with probability `power`: half the
/// interval's width times (z(1 - alpha/2) + z(power)) / z(1 - alpha/2). Half the width over z estimates the standard error
/// of a rank estimate whatever the distribution is (Lehmann, Nonparametric confidence intervals for a shift parameter, Ann.
/// Math. Statist. 34, 1963), so outliers count as little here as in the interval. Infinite if that is unbounded.
/// For normal scatter 95 % are 95 % with 12 blocks and more; with heavy tails or 10 % outliers they are 89 to 94 %.
double minimum_detectable_shift(const Interval& interval, double alpha, double power);

/// The standard deviation of one block of normal scatter that has such an interval: half the width times
/// sqrt(0.955 · blocks) / z(1 - alpha/2). With few blocks it is too large (17 % for 12), for exact intervals are wide then.
double implied_deviation(const Interval& interval, double blocks, double alpha);

/// What the former will be with `blocks` of this deviation: (z(1 - alpha/2) + z(power)) · deviation / sqrt(0.955 · blocks).
/// Infinite for less than half a block (one value a side). Two independent samples of n and m values count as n·m/(n + m)
/// blocks. A large-sample formula: with 12 blocks 95 % are really 89 %, with 20 they are 92 %, with 60 they are 94 %.
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
