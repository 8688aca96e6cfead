#include "harness/explain/explanation.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <map>
#include <regex>
#include <set>
#include <string_view>

#include "environment/nvidia_driver.hpp"
#include "environment/text_file.hpp"
#include "harness/counted.hpp"
#include "harness/errors.hpp"
#include "harness/explain/influence_match.hpp"
#include "harness/record/benchmark_json.hpp"

namespace cuparity {
namespace {

constexpr const char* not_overhead = "different libraries: not container overhead";

/// Of "/dev/nvidia0,/dev/nvidiactl,…" those that stand for a GPU.
std::vector<std::string> gpu_nodes(const std::string& list) {
  return environment::gpu_device_nodes(environment::split(list, ','));
}

/// Numbers as they are, "none" and "unlimited" above all, lists of CPUs by their count; NaN for the rest.
double size_of(const std::string& key, const std::string& value) {
  if (value == "none" || value == "unlimited") return std::numeric_limits<double>::infinity();
  if (key == "nvidia_device_nodes") return static_cast<double>(gpu_nodes(value).size());
  if (key == "cpus_allowed" || key.find("uuids") != std::string::npos) {
    double count = 0;
    for (std::size_t begin = 0; begin < value.size();) {
      const std::size_t end = std::min(value.find(',', begin), value.size());
      int first = 0;
      int last = 0;
      const bool range =
          key == "cpus_allowed" && std::sscanf(value.c_str() + begin, "%d-%d", &first, &last) == 2;
      count += range ? last - first + 1 : 1;
      begin = end + 1;
    }
    return count;
  }
  char* end = nullptr;
  const double number = std::strtod(value.c_str(), &end);
  return end != value.c_str() && *end == '\0' ? number : std::numeric_limits<double>::quiet_NaN();
}

/// "disabled" of seccomp is free; "conditional force disabled" of indirect branches is not.
bool restricts(const std::string& key, const std::string& value) {
  if (key == "seccomp") return value == "filter" || value == "strict";
  if (key == "speculation_indirect_branch") return value.find("disabled") != std::string::npos;
  return value.find("mitigated") != std::string::npos;
}

/// +1: the difference makes the candidate slower, -1: faster, 0: it may do either.
int direction(const KnownInfluence& influence, const EnvironmentDifference& difference) {
  if (influence.slow_side == SlowSide::either) return 0;
  if (influence.slow_side == SlowSide::restricted)
    return restricts(difference.key, difference.candidate) - restricts(difference.key, difference.baseline);
  const double before = size_of(difference.key, difference.baseline);
  const double after = size_of(difference.key, difference.candidate);
  if (std::isnan(before) || std::isnan(after) || before == after) return 0;
  return (after > before) == (influence.slow_side == SlowSide::larger) ? 1 : -1;
}

/// "algorithm of X" bears on X alone.
bool bears_on(const EnvironmentDifference& difference, const std::string& benchmark) {
  const std::string prefix = "algorithm of ";
  return difference.key.rfind(prefix, 0) != 0 || difference.key.substr(prefix.size()) == benchmark;
}

std::vector<KnownInfluence> influences_of(const std::string& key, const std::string& backend) {
  std::vector<KnownInfluence> found;
  for (const KnownInfluence& influence : known_influences()) {
    const char* benchmarks = backend == "cuda" ? influence.on_cuda : influence.on_cpu;
    if (*benchmarks != '\0' && matches(key, influence.key)) found.push_back(influence);
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const auto& a, const auto& b) { return a.strength > b.strength; });
  return found;
}

std::string expected_reason(const EnvironmentDifference& difference, const std::set<std::string>& differing) {
  if (difference.same_version) return "the same version at another path";
  if (const std::string version = version_key(difference.key); differing.contains(version))
    return fmt::format("{} says what it is", version);
  if (difference.key == "nvidia_device_nodes" &&
      gpu_nodes(difference.baseline) == gpu_nodes(difference.candidate))
    return "the same GPUs; what differs are nodes of MIG's capabilities or of the driver itself";
  for (const ExpectedDifference& one : expected_differences()) {
    if (matches(difference.key, one.key)) return one.reason;
  }
  return "";
}

bool known_to_another_backend(const std::string& key) {
  const auto all = known_influences();
  return std::any_of(all.begin(), all.end(),
                     [&](const auto& influence) { return matches(key, influence.key); });
}

/// `differing`: all keys that differ.
ExplainedDifference explained(const EnvironmentDifference& difference, const std::set<std::string>& differing,
                              const Run& run, const Explanation& explanation) {
  ExplainedDifference result;
  result.difference = difference;
  result.expected = expected_reason(difference, differing);
  if (!result.expected.empty()) return result;
  result.influences = influences_of(difference.key, explanation.backend);
  if (!result.influences.empty())
    result.experiment = experiment_for(result.influences.front().kind, difference, run, explanation.baseline,
                                       explanation.candidate);
  else if (known_to_another_backend(difference.key))
    result.expected = fmt::format("it is known to move other backends' benchmarks only, not those of {}",
                                  explanation.backend == "cuda" ? "the GPU" : "the CPU");
  return result;
}

/// Cycles do not change with the clock; the time of a row that is slower in time alone does.
bool is_in_cycles(const Comparison& comparison) {
  return comparison.measure == Measure::cycles && !comparison.only_in_time;
}

std::vector<Cause> causes_of(const Comparison& comparison, const Explanation& explanation) {
  const std::string benchmark = short_name(comparison.benchmark);
  const int needed = comparison.verdict == Verdict::slower ? 1 : -1;
  std::vector<Cause> causes;
  for (const ExplainedDifference& one : explanation.differences) {
    for (const KnownInfluence& influence : one.influences) {
      if (!moves(influence, explanation.backend, benchmark) || !bears_on(one.difference, benchmark)) continue;
      if (direction(influence, one.difference) == -needed) continue;
      if (influence.through_clock && is_in_cycles(comparison)) continue;
      causes.push_back(
          {one.difference.key, one.difference.baseline, one.difference.candidate, influence, one.experiment});
      break;  // the strongest of this difference
    }
  }
  std::stable_sort(causes.begin(), causes.end(), [](const Cause& a, const Cause& b) {
    // Other code ends the question; then strength; a known direction before an unknown one.
    const auto rank = [](const Cause& cause) {
      return 100 * cause.influence.library + 10 * cause.influence.strength +
             (cause.influence.slow_side == SlowSide::either ? 0 : 1);
    };
    return rank(a) > rank(b);
  });
  return causes;
}

std::string conclusion_of(const ExplainedBenchmark& benchmark) {
  if (benchmark.causes.empty()) return "nothing known explains it";
  const Cause& first = benchmark.causes.front();
  const std::string cause = fmt::format("{} ({} → {})", first.key, first.baseline, first.candidate);
  if (benchmark.different_libraries) return fmt::format("{}; {}", not_overhead, cause);
  return fmt::format("likeliest cause: {}", cause);
}

ExplainedBenchmark explained(const Comparison& comparison, const Explanation& explanation) {
  ExplainedBenchmark result;
  result.comparison = comparison;
  result.causes = causes_of(comparison, explanation);
  result.different_libraries = std::any_of(result.causes.begin(), result.causes.end(),
                                           [](const Cause& cause) { return cause.influence.library; });
  result.conclusion = conclusion_of(result);
  return result;
}

/// Benchmarks that both modes measured and that one of the difference's influences is known to move.
void count_measured(Explanation& explanation, const std::vector<Comparison>& comparisons) {
  for (ExplainedDifference& one : explanation.differences) {
    for (const Comparison& comparison : comparisons) {
      const std::string benchmark = short_name(comparison.benchmark);
      one.measured += std::any_of(one.influences.begin(), one.influences.end(), [&](const KnownInfluence& influence) {
        return moves(influence, explanation.backend, benchmark) && bears_on(one.difference, benchmark);
      });
    }
  }
}

void count_moved(Explanation& explanation) {
  for (ExplainedDifference& one : explanation.differences) {
    for (const ExplainedBenchmark& benchmark : explanation.benchmarks) {
      one.moved += std::any_of(benchmark.causes.begin(), benchmark.causes.end(),
                               [&](const Cause& cause) { return cause.key == one.difference.key; });
    }
  }
  std::stable_sort(explanation.differences.begin(), explanation.differences.end(),
                   [](const ExplainedDifference& a, const ExplainedDifference& b) {
                     const auto strength = [](const ExplainedDifference& one) {
                       return one.influences.empty() ? 0 : one.influences.front().strength;
                     };
                     if ((a.moved > 0) != (b.moved > 0)) return a.moved > 0;
                     if ((a.measured > 0) != (b.measured > 0)) return a.measured > 0;
                     if (strength(a) != strength(b)) return strength(a) > strength(b);
                     return a.moved > b.moved;
                   });
}

std::string sentence_of(const Explanation& explanation) {
  const auto& all = explanation.benchmarks;
  if (explanation.compared == 0)
    return fmt::format("{} and {} have no benchmark in common.", explanation.baseline, explanation.candidate);
  if (all.empty() && explanation.decided < explanation.compared)
    return fmt::format("Nothing to explain yet: {} of {} decided, none slower or faster under {} than under {}.",
                       explanation.decided, counted(explanation.compared, "benchmark"), explanation.candidate,
                       explanation.baseline);
  if (all.empty())
    return fmt::format("Nothing to explain: {} compared, none slower or faster under {} than under {}.",
                       counted(explanation.compared, "benchmark"), explanation.candidate, explanation.baseline);
  const auto count = [&](auto condition) { return std::count_if(all.begin(), all.end(), condition); };
  const auto libraries = count([](const ExplainedBenchmark& one) { return one.different_libraries; });
  const auto unexplained = count([](const ExplainedBenchmark& one) { return one.causes.empty(); });
  std::vector<std::string> parts;
  const auto known = static_cast<std::ptrdiff_t>(all.size()) - libraries - unexplained;
  if (known > 0) parts.push_back(fmt::format("{} with a known possible cause", known));
  if (libraries > 0) parts.push_back(fmt::format("{} resting on {}", libraries, not_overhead));
  if (unexplained > 0) parts.push_back(fmt::format("{} that nothing known explains", unexplained));
  return fmt::format("{} of {} benchmarks differ under {} from {}: {}.", all.size(), explanation.compared,
                     explanation.candidate, explanation.baseline, fmt::join(parts, ", "));
}

void check_mode(const Run& run, const std::string& mode) {
  if (std::find(run.modes.begin(), run.modes.end(), mode) == run.modes.end()) {
    throw UsageError(fmt::format("the run has no mode '{}'; it has: {}", mode, fmt::join(run.modes, ", ")));
  }
  if (environment_of(run, mode).empty())
    throw UsageError(fmt::format("no trial under '{}' went well: there is nothing to compare", mode));
}

std::string backend_of(const Run& run, const std::string& mode) {
  const auto environment = environment_of(run, mode);
  const auto found = environment.find("backend");
  return found == environment.end() ? "cpu" : found->second;
}

}  // namespace

Explanation explain(const Run& run, const std::vector<Comparison>& comparisons, const std::string& baseline,
                    const std::string& candidate) {
  check_mode(run, baseline);
  check_mode(run, candidate);
  if (baseline == candidate) throw UsageError("the two modes are the same; name two different ones");
  Explanation explanation;
  explanation.baseline = baseline;
  explanation.candidate = candidate;
  explanation.backend = backend_of(run, baseline);
  const std::vector<EnvironmentDifference> differences = environment_differences(run, baseline, candidate);
  std::set<std::string> differing;
  for (const EnvironmentDifference& difference : differences) differing.insert(difference.key);
  for (const EnvironmentDifference& difference : differences) {
    ExplainedDifference one = explained(difference, differing, run, explanation);
    (one.expected.empty() ? explanation.differences : explanation.expected).push_back(std::move(one));
  }
  std::vector<Comparison> compared;
  for (const Comparison& comparison : comparisons) {
    if (comparison.baseline == baseline && comparison.candidate == candidate) compared.push_back(comparison);
  }
  for (const Comparison& comparison : compared) {
    if (comparison.verdict == Verdict::slower || comparison.verdict == Verdict::faster)
      explanation.benchmarks.push_back(explained(comparison, explanation));
  }
  explanation.compared = static_cast<int>(compared.size());
  explanation.decided = static_cast<int>(std::count_if(compared.begin(), compared.end(), [](const Comparison& comparison) {
    return comparison.verdict != Verdict::inconclusive && comparison.verdict != Verdict::invalid;
  }));
  count_measured(explanation, compared);
  count_moved(explanation);
  explanation.sentence = sentence_of(explanation);
  return explanation;
}

Explanation explain(const Run& run, const std::string& baseline, const std::string& candidate) {
  check_mode(run, baseline);
  check_mode(run, candidate);
  const Run two = restricted_to(run, baseline, candidate);
  Explanation explanation = explain(run, analyse(two).comparisons, baseline, candidate);
  explanation.startup = startup_table(two);
  return explanation;
}

bool same_differences(const Explanation& a, const Explanation& b) {
  const auto values = [](const Explanation& explanation) {
    std::vector<std::array<std::string, 3>> found;
    for (const auto* list : {&explanation.differences, &explanation.expected}) {
      for (const ExplainedDifference& one : *list)
        found.push_back({one.difference.key, one.difference.baseline, one.difference.candidate});
    }
    return found;
  };
  return a.baseline == b.baseline && values(a) == values(b);
}

}  // namespace cuparity
