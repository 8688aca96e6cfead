// Where the level of a series of results changed, and how sure that is.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace cuparity {

struct ChangePointSettings {
  double alpha = 0.01;      ///< rate of false findings, in every round over all series together
  int permutations = 999;   ///< at least; more where many series are tested together
  int minimum_segment = 3;  ///< values on each side of a change
  double serial_alpha = 0.10;  ///< level of the Ljung–Box test that turns on the block permutation
  std::uint64_t seed = 1;      ///< of the permutations: the same result on every machine
  unsigned threads = 1;
};

struct ChangePoint {
  std::size_t index = 0;   ///< the first value of the new level
  double before = 0;       ///< mean of the segment before it
  double after = 0;        ///< mean of the segment that begins with it
  double p_value = 1;      ///< by permutation, before the correction for several series
  bool serial_correlation = false;  ///< the permutation moved blocks of values, not single ones
};

/// The split of `values` into two levels with the largest |t| (pooled variance), each side at least
/// `minimum_segment` long.
struct LargestSplit {
  std::size_t index = 0;  ///< first value of the second level; 0: the series is too short or constant
  double t = 0;           ///< signed: positive where the second level is higher
};
LargestSplit largest_split(std::span<const double> values, int minimum_segment);

/// Splits each series at its largest split where that is significant, then each part again, and so on.
/// Significance: p = (1 + k)/(B + 1), k of B random permutations of the part have a split at least as
/// large (Phipson and Smyth, Stat. Appl. Genet. Mol. Biol. 9 (2010) 39). Where a series, its levels taken
/// off, is serially correlated (Ljung–Box), blocks of values are permuted: false alarms are then 2 to 4 % with
/// 200 values or more, up to 14 % with 60 whose correlation is 0.5. All parts of a round are one family: Benjamini and
/// Hochberg at alpha. Where B can't reach the level that this asks for, it is raised for the parts that need
/// it. Values that are not finite must have been left out. One result a series, ascending. Pure.
std::vector<std::vector<ChangePoint>> find_change_points(const std::vector<std::vector<double>>& series,
                                                         const ChangePointSettings& settings);

}  // namespace cuparity
