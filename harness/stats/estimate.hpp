// What one comparison's samples say, before it is known how many other comparisons were made.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "harness/stats/comparison.hpp"
#include "harness/stats/interval.hpp"

namespace cuparity {

/// The probability with which an effect of the minimum detectable size would be found.
inline constexpr double detection_power = 0.95;

/// Log ratios, ln(candidate) - ln(baseline): positive means slower.
struct Estimate {
  bool paired = true;
  int n = 0;                            ///< pairs, or the smaller sample
  double shift = 0;                     ///< Hodges–Lehmann
  Interval interval;                    ///< of level 1 - alpha
  Interval equivalence_interval;        ///< of level 1 - 2 alpha
  double p_value = 1;                   ///< two-sided
  double smallest_p_value = 1;          ///< what the exact test can give at best with n
  /// Of one block, or within a sample (pooled): the standard deviation, or what the interval implies, whichever is smaller.
  /// Outliers make the one too large, few blocks the other.
  double deviation = 0;
  double effective_blocks = 0;          ///< n, or n·m/(n + m)
  /// At detection_power, of the interval; where that is unbounded, what the deviation predicts; infinite for n < 2.
  double minimum_detectable_shift = 0;
};

/// A comparison on its way to a verdict: names, margin and seconds, and what the samples say.
struct Observation {
  Comparison comparison;
  std::optional<Estimate> estimate;  ///< nothing: the comparison is as its `verdict` and `reason` say
  std::optional<Verdict> imposed;    ///< a verdict that no number can change, e.g. too many blocks rejected,
  std::string imposed_reason;        ///< and why
  std::string note;                  ///< what the reason says besides, whatever the verdict
  std::optional<Estimate> in_time = std::nullopt;  ///< of cycles: what the seconds say
};

/// Without an estimate, since there is nothing to decide from.
Observation invalid_observation(Comparison comparison, const std::string& reason);

/// `differences` are finite log ratios, one a block.
Estimate estimate_paired(std::span<const double> differences, double alpha);
/// Finite logarithms of times.
Estimate estimate_unpaired(std::span<const double> baseline, std::span<const double> candidate, double alpha);

/// Fills in the seconds (medians), n, the differences and the estimate from times in seconds; `comparison`
/// has names and margin. Where a time is zero, negative or not finite, or there is none, the comparison is
/// invalid and says which. Paired: both spans are as long, value i of one belongs to value i of the other.
Observation observe_paired(Comparison comparison, std::span<const double> baseline_seconds,
                           std::span<const double> candidate_seconds, double alpha);
Observation observe_unpaired(Comparison comparison, std::span<const double> baseline_seconds,
                             std::span<const double> candidate_seconds, double alpha);

}  // namespace cuparity
