// From what the samples say to same, slower, faster, inconclusive or invalid.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/stats/estimate.hpp"

namespace cuparity {

/// Decides all comparisons of a suite together. In this order, for each:
///  1. its imposed verdict or its invalidity stands;
///  2. inside the margin (equivalence at `alpha`): `same` if an effect of the margin would have been found
///  with 95 %
///     power, else `inconclusive` (underpowered);
///  3. `slower`: its interval and its p value after Holm exclude 0; `faster`: the same after
///  Benjamini–Hochberg;
///  4. `inconclusive`, with the number of `unit` ("blocks", "repetitions a side") that would settle it.
/// `alpha` is the error rate of this look. The order of the result is that of the argument.
std::vector<Comparison> decide(std::vector<Observation> observations, double alpha, const std::string& unit);

/// Blocks (or values a side) after which a difference like this one would be proven among that many comparisons, if effect and
/// scatter stay what they are; nothing if that is beyond all reason.
std::optional<int> blocks_to_prove(const Estimate& estimate, int comparisons, double alpha);

/// The worst first: slower, invalid, inconclusive, faster, same. Nothing compared is inconclusive.
Verdict overall_verdict(const std::vector<Comparison>& comparisons);

/// 1 if any is slower; else 3 if any is inconclusive or invalid, or nothing was compared; else 0.
int exit_code_of(const std::vector<Comparison>& comparisons);

}  // namespace cuparity
