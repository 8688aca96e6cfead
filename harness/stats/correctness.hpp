// What of a run is wrong, whatever its times: failures, failed tests, bits that differ.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "harness/record/run.hpp"

namespace cuparity {

/// Digests that a benchmark gave, by the algorithm that made them.
using Digests = std::map<std::string, std::set<std::string>>;

/// Those of a row that was measured.
void add_digests(const Row& row, Digests& digests);

struct DigestComparison {
  std::optional<bool> same;       ///< nothing: no digests, or ones that vary on the baseline's side already
  bool common_algorithm = false;  ///< else the bits may differ
  std::string algorithm;          ///< the common one that gave other bits
};
DigestComparison compare_digests(const Digests& baseline, const Digests& candidate);

/// The digests of one benchmark under two modes.
struct BitComparison {
  std::optional<bool> same;  ///< nothing: no digests, or ones that vary within the baseline already
  std::string wrong;         ///< one line, where the same algorithm gave other bits
  std::string note;          ///< what is to be said although nothing is wrong
};

/// Bits can be asked to be the same only of the same algorithm; with another one the difference is a note.
BitComparison compare_bits(const Run& run, const std::string& benchmark, const std::string& baseline,
                           const std::string& candidate);

/// Failed trials, failed rows (wrong results among them) and failed validation tests, one line each, repeats
/// counted.
std::vector<std::string> find_wrong(const Run& run);

/// The same of one mode, which the lines don't name.
std::vector<std::string> find_wrong(const Run& run, const std::string& mode);

/// Skipped rows with their reason, one line each, repeats left out.
std::vector<std::string> find_skipped(const Run& run);

}  // namespace cuparity
