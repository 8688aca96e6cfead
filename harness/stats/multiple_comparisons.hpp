// p values adjusted for how many comparisons were made at once, in the order given.
#pragma once

#include <optional>
#include <span>
#include <vector>

namespace cuparity {

/// Holm, Scand. J. Statist. 6 (1979) 65: rejecting what is <= alpha keeps the chance of one or more false
/// alarms at alpha, however the tests depend on each other.
std::vector<double> holm(std::span<const double> p_values);

/// The same over those that are present; the others stay nothing.
std::vector<std::optional<double>> holm_of_present(std::span<const std::optional<double>> p_values);

/// Benjamini and Hochberg, J. R. Statist. Soc. B 57 (1995) 289: keeps the expected share of false findings
/// among the findings at alpha.
std::vector<double> benjamini_hochberg(std::span<const double> p_values);

}  // namespace cuparity
