#include "harness/explain/explanation_wording.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <regex>

#include "harness/access/engine_flags.hpp"

namespace cuparity {
namespace {

const char* strength_text(int strength) {
  return strength >= 3 ? "10 % or more" : strength == 2 ? "1 % or more" : "less than 1 %";
}

/// A library of which one of the modes has none.
bool is_missing_library(const ExplainedDifference& one) {
  static const std::regex names_a_library("lib.*_path|.*_version|openblas_config");
  const EnvironmentDifference& difference = one.difference;
  return one.influences.front().library && std::regex_match(difference.key, names_a_library) &&
         (difference.baseline == absent_value || difference.candidate == absent_value);
}

/// How the run was called, without what the experiment says by itself.
std::vector<std::string> call_of(const Run& run) {
  if (run.command.size() < 2 || run.command[1] != "run") return {"cuparity", "run"};
  return without_flags(run.command, {"--mode", "--out", "--seed", "--filter", "--resume"});
}

}  // namespace

std::string effect_text(const ExplainedDifference& one, const Explanation& explanation) {
  const KnownInfluence& influence = one.influences.front();
  if (is_missing_library(one)) {
    return fmt::format("No such library was found under {}: what needs it did not run there.",
                       one.difference.baseline == absent_value ? explanation.baseline : explanation.candidate);
  }
  return std::string(influence.effect) +
         (influence.library ? " Different libraries: not container overhead." : "");
}

std::string reach_text(const ExplainedDifference& one) {
  return fmt::format("Known to move {} by {}{}.", one.measured == 1 ? "a benchmark" : "benchmarks",
                     strength_text(one.influences.front().strength),
                     one.measured == 0 ? ", none of which was measured here"
                                       : fmt::format("; of those measured here: {}", one.measured));
}

std::string experiment_text(const ExplainedDifference& one) {
  return is_missing_library(one) ? "install the same library on both sides" : one.influences.front().experiment;
}

std::vector<std::string> experiment_command(const ExplainedDifference& one, const Explanation& explanation,
                                            const Run& run) {
  if (!one.experiment || one.influences.empty()) return {};
  const KnownInfluence& influence = one.influences.front();
  std::vector<std::string> command = call_of(run);
  for (const std::string& mode : {explanation.baseline, explanation.candidate, one.experiment->mode})
    command.push_back("--mode=" + mode);
  const std::string benchmarks = explanation.backend == "cuda" ? influence.on_cuda : influence.on_cpu;
  if (benchmarks != ".*") command.push_back("--filter=" + benchmarks);
  return command;
}

const Explanation* first_like(const Explanation& explanation, const std::vector<Explanation>& earlier) {
  const auto found = std::find_if(earlier.begin(), earlier.end(),
                                  [&](const Explanation& one) { return same_differences(one, explanation); });
  return found == earlier.end() ? nullptr : &*found;
}

std::string no_cause_text(const ExplainedDifference& one) {
  if (!one.expected.empty()) return one.expected;
  return one.influences.empty() ? "not known to move any benchmark"
                                : "known to move other benchmarks than those measured here";
}

}  // namespace cuparity
