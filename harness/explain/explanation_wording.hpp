// What a difference means, in the words that every format shares. Nothing is escaped here.
#pragma once

#include <string>
#include <vector>

#include "harness/explain/explanation.hpp"

namespace cuparity {

/// What a difference with a known influence does, and that another library is no container overhead. Where one
/// of the modes has no such library at all, that.
std::string effect_text(const ExplainedDifference& one, const Explanation& explanation);

/// "Known to move benchmarks by 10 % or more; of those measured here: 3."
std::string reach_text(const ExplainedDifference& one);

/// What would confirm it: "run the container without a seccomp profile".
std::string experiment_text(const ExplainedDifference& one);

/// The difference's experiment as the words of a command: the baseline, the candidate and the candidate with the
/// change, interleaved, in the benchmarks that it is known to move. Empty where no flag can make it.
std::vector<std::string> experiment_command(const ExplainedDifference& one, const Explanation& explanation,
                                            const Run& run);

/// What stands where no difference has a known influence on what was measured.
inline constexpr const char* no_known_difference =
    "No difference was found that is known to move these benchmarks.";

/// The first of `earlier` that lists the same differences; nullptr: none does.
const Explanation* first_like(const Explanation& explanation, const std::vector<Explanation>& earlier);

/// Why a difference is not among the known causes: expected, or not known to move anything.
std::string no_cause_text(const ExplainedDifference& one);

}  // namespace cuparity
