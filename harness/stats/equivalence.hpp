// Equivalence by two one-sided tests. Source: Schuirmann, J. Pharmacokin. Biopharm. 15 (1987) 657.
#pragma once

#include "harness/stats/interval.hpp"

namespace cuparity {

/// True if the interval of level 1 - 2·alpha lies inside (-ln(1 + margin), ln(1 + margin)): then both
/// one-sided tests of level alpha reject a difference of the margin or more. False for an unbounded interval.
bool equivalent(const Interval& log_ratio, double margin);

}  // namespace cuparity
