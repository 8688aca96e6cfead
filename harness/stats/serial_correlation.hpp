// Whether the values of a series depend on their predecessors.
#pragma once

#include <span>

namespace cuparity {

/// Sample autocorrelation r(lag) about the mean; 0 for a constant or too short series.
double autocorrelation(std::span<const double> values, int lag);

/// Ljung and Box, Biometrika 65 (1978) 297: p value of Q = n(n + 2) · sum r(k)²/(n - k), k = 1 … lags, against
/// chi-squared with `lags` degrees of freedom. 1 for a constant series or n <= lags.
double ljung_box_p_value(std::span<const double> values, int lags);

/// ln(n), rounded: the choice with the most power in general. Source: Tsay, Analysis of Financial Time
/// Series, 3rd ed., 2.2.
int ljung_box_lags(std::size_t n);

/// Values that belong together in a block permutation: (2r/(1 - r²))^(2/3) · n^(1/3), rounded up, r the
/// autocorrelation at lag 1; between 2 and n/4. Source: Carlstein, Ann. Statist. 14 (1986) 1171, his rule for
/// a first-order autoregressive series.
int dependent_block_length(std::span<const double> values);

}  // namespace cuparity
