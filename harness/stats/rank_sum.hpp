// The rank-sum test (Wilcoxon, Mann–Whitney) and what is derived from it, for two independent samples.
// Source: Hollander, Wolfe, Chicken: Nonparametric Statistical Methods, 3rd ed., 4.1 to 4.3.
#pragma once

#include <span>
#include <vector>

#include "harness/stats/interval.hpp"

namespace cuparity {

/// Up to this many values in both samples together the null distribution is exact; beyond, the normal
/// approximation with continuity and tie correction, which errs to the safe side for very unequal sizes.
inline constexpr int rank_sum_exact_limit = 60;

/// P(U = u) for u = 0 … n·m under the null hypothesis, no ties.
std::vector<double> rank_sum_distribution(int n, int m);

/// The Hodges–Lehmann shift: the median of all candidate_j - baseline_i. O((n + m) log(n + m)).
/// NaN if a sample is empty or a value is not finite.
double rank_sum_shift(std::span<const double> baseline, std::span<const double> candidate);

/// The confidence interval of that shift that inverts the two-sided test of level `alpha`: from the (c+1)-th
/// smallest to the (c+1)-th largest difference, c the largest value with P(U <= c) <= alpha/2. Unbounded
/// where the samples are too small or a value is not finite.
Interval rank_sum_interval(std::span<const double> baseline, std::span<const double> candidate, double alpha);

/// Two-sided p value of "the same distribution", conditional on the (mid)ranks: exact with ties up to the
/// limit. 1 if all values are equal, a sample is empty or a value is not finite.
double rank_sum_p_value(std::span<const double> baseline, std::span<const double> candidate);

/// 2 / C(n + m, n): no two-sided p value can be smaller.
double rank_sum_smallest_p_value(int n, int m);

}  // namespace cuparity
