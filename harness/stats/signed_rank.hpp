// Wilcoxon's signed-rank test and what is derived from it, for paired differences.
// Source: Hollander, Wolfe, Chicken: Nonparametric Statistical Methods, 3rd ed., 3.1 to 3.3.
#pragma once

#include <span>
#include <vector>

#include "harness/stats/interval.hpp"

namespace cuparity {

/// Up to this many differences the null distribution is exact; beyond, the normal approximation with
/// continuity correction is used, whose error is below 0.001 there.
inline constexpr int signed_rank_exact_limit = 60;

/// P(T = t) for t = 0 … n(n+1)/2 under the null hypothesis: every sign equally likely, no ties.
std::vector<double> signed_rank_distribution(int n);

/// The Hodges–Lehmann estimate: the median of the n(n+1)/2 Walsh averages (d_i + d_j)/2, i <= j. O(n log n).
/// NaN if there is no difference or one is not finite.
double hodges_lehmann(std::span<const double> differences);

/// The confidence interval that inverts the two-sided test of level `alpha`: with c the largest value for
/// which P(T <= c) <= alpha/2, from the (c+1)-th smallest Walsh average to the (c+1)-th largest. Exact for
/// any symmetric distribution; ties only make it wider than needed. Unbounded where n is too small (2^-n >
/// alpha/2) or a difference is not finite.
Interval signed_rank_interval(std::span<const double> differences, double alpha);

/// Two-sided p value of "symmetric about 0", conditional on the ranks of |d|: exact with ties (midranks) and
/// zeros (Pratt: ranked, then left out) up to the limit above. 1 if nothing differs from 0 or a value is not
/// finite.
double signed_rank_p_value(std::span<const double> differences);

}  // namespace cuparity
