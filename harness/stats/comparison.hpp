// The outcome of comparing one benchmark under two conditions. No logic.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace cuparity {

enum class Verdict { same, slower, faster, inconclusive, invalid };

std::string to_string(Verdict verdict);

/// What of a benchmark is compared: its time, or the clock cycles of the GPU that it took, for a GPU at its power limit
/// changes its clock by more than a container costs.
enum class Measure { seconds, cycles };

/// Relative effects are exp(d) - 1 of the log ratio d = ln(candidate) - ln(baseline) of times (for
/// rates the sign is turned), so that a positive effect always means slower.
struct Comparison {
  std::string benchmark;
  std::string baseline;   ///< mode or file
  std::string candidate;  ///< mode or file
  Verdict verdict = Verdict::invalid;
  std::string reason;  ///< one sentence, for people
  Measure measure = Measure::seconds;
  double margin = 0.01;
  int n = 0;                               ///< paired blocks, or the smaller sample where unpaired
  std::optional<double> baseline_seconds;  ///< median over blocks; of cycles: at the clock in the middle of all blocks
  std::optional<double> candidate_seconds;
  std::optional<double> effect;
  /// Of cycles: the effect in time, the clock's changes included, and its interval of confidence_level.
  std::optional<double> time_effect;
  std::optional<double> time_interval_low;
  std::optional<double> time_interval_high;
  bool only_in_time = false;  ///< of cycles: not slower in cycles, but in time, for the GPU's clock is lower
  std::optional<double> interval_low;  ///< confidence_level interval of the effect
  std::optional<double> interval_high;
  double confidence_level = 0.95;
  std::optional<double> p_value;           ///< two-sided, before the correction for multiple comparisons
  std::optional<double> adjusted_p_value;  ///< Holm across the comparison set
  std::optional<double> minimum_detectable_effect;  ///< at 95 % power, alone; none without an interval
  std::optional<int> blocks_to_settle;              ///< inconclusive: blocks that would decide
  bool detectable_below_margin = false;             ///< same, although the interval excludes 0
  std::optional<bool> same_bits;    ///< digests equal across both sides; nothing where there are none
  std::vector<double> differences;  ///< log ratios, one a block
};

}  // namespace cuparity
