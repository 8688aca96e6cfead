#include "harness/gate/gate.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <ctime>

#include "harness/counted.hpp"
#include "harness/errors.hpp"
#include "harness/record/benchmark_json.hpp"
#include "harness/stats/per_clock.hpp"
#include "harness/stats/verdict.hpp"
#include "harness/stats/wording.hpp"

namespace cuparity {
namespace {

std::vector<GateEntry> entries_of(const std::vector<Comparison>& comparisons) {
  std::vector<GateEntry> entries;
  for (const Comparison& comparison : comparisons) {
    entries.push_back({comparison, "", ""});
  }
  return entries;
}

/// The comparisons that are held against the candidate.
std::vector<Comparison> held_against(const GateResult& result) {
  std::vector<Comparison> comparisons;
  for (const GateEntry& entry : result.entries) {
    comparisons.push_back(entry.comparison);
    if (!entry.expected.empty()) {
      comparisons.back().verdict = Verdict::same;
    }
  }
  return comparisons;
}

const Comparison& worst_of(const std::vector<Comparison>& comparisons, Verdict verdict) {
  const Comparison* worst = nullptr;
  for (const Comparison& comparison : comparisons) {
    if (comparison.verdict == verdict &&
        (worst == nullptr || slow_down(comparison) > slow_down(*worst))) {
      worst = &comparison;
    }
  }
  return *worst;
}

std::string sentence_of(const GateResult& result, const std::vector<Comparison>& comparisons) {
  if (!result.wrong.empty()) {
    return fmt::format("Wrong: {}, the first: {}.", counted(result.wrong.size(), "finding"), result.wrong.front());
  }
  if (comparisons.empty() || (!result.stopped.empty() && result.verdict == Verdict::inconclusive)) {
    return fmt::format("Inconclusive: {}.", result.stopped.empty() ? "nothing was compared" : result.stopped);
  }
  const auto count = std::count_if(comparisons.begin(), comparisons.end(),
                                   [&](const Comparison& c) { return c.verdict == result.verdict; });
  const std::string share = fmt::format("{} of {} benchmarks", count, comparisons.size());
  switch (result.verdict) {
    case Verdict::slower: {
      const Comparison& worst = worst_of(comparisons, Verdict::slower);
      return fmt::format("Slower: {}, the most {} by {}.", share, short_name(worst.benchmark),
                         slow_down_text(worst));
    }
    case Verdict::invalid:
    case Verdict::inconclusive: {
      const Comparison& worst = worst_of(comparisons, result.verdict);
      return fmt::format("{}: {}, such as {}: {}.",
                         result.verdict == Verdict::invalid ? "Invalid" : "Inconclusive", share,
                         short_name(worst.benchmark), worst.reason);
    }
    case Verdict::faster: return fmt::format("Passed: {} faster, none slower.", share);
    case Verdict::same: break;
  }
  const auto expected = std::count_if(result.entries.begin(), result.entries.end(),
                                      [](const GateEntry& entry) { return !entry.expected.empty(); });
  const std::string all = "Passed: " + counted(comparisons.size(), "benchmark");
  return expected == 0 ? all + "." : fmt::format("{}, {} slower as expected.", all, expected);
}

/// Whether the change speaks of a benchmark of the result.
bool allow_in(GateResult& result, const ExpectedChange& change, bool expired) {
  bool matched = false;
  for (GateEntry& entry : result.entries) {
    if (!std::regex_search(short_name(entry.comparison.benchmark), change.benchmark)) continue;
    matched = true;
    const bool allowed = entry.comparison.verdict == Verdict::slower && !expired && entry.comparison.effect &&
                         slow_down(entry.comparison) <= change.bound;
    if (allowed && entry.expected.empty()) {
      entry.expected = change.reason;
      entry.where = change.place;
    }
  }
  return matched;
}

}  // namespace

GateResult gate_on_files(const FileComparison& comparison) {
  GateResult result;
  result.kind = "baseline";
  result.baseline = comparison.baseline;
  result.candidate = comparison.candidate;
  result.entries = entries_of(comparison.comparisons);
  result.wrong = comparison.wrong_in_candidate;
  result.only_in_baseline = comparison.only_in_baseline;
  result.only_in_candidate = comparison.only_in_candidate;
  result.skipped_in_both = comparison.skipped_in_both;
  result.environment_differences = comparison.environment_differences;
  result.notes = comparison.notes;
  if (!comparison.other_bits.empty()) {
    result.warnings.push_back(fmt::format("other bits than the baseline's with the same algorithm: {}",
                                          fmt::join(comparison.other_bits, ", ")));
  }
  return result;
}

GateResult gate_on_golden(const Run& run, const Analysis& analysis) {
  GateResult result;
  result.kind = "golden";
  result.baseline = run.baseline_mode;
  result.candidate = "candidate";
  result.entries = entries_of(analysis.comparisons);
  result.wrong = analysis.wrong;
  result.skipped_in_both = analysis.skipped;
  result.notes = run.notes;
  return result;
}

void apply_expected_changes(const std::vector<ExpectedChange>& changes, const std::string& today,
                            std::span<GateResult> results) {
  for (const ExpectedChange& change : changes) {
    bool matched = false;
    const bool expired = !change.until.empty() && change.until < today;
    for (GateResult& result : results) matched = allow_in(result, change, expired) || matched;
    if (expired) {
      results.front().warnings.push_back(fmt::format("{}: the expected change of '{}' ended on {}; remove it",
                                                     change.place, change.pattern, change.until));
    } else if (!matched) {
      results.front().warnings.push_back(
          fmt::format("{}: the expected change '{}' matches no benchmark", change.place, change.pattern));
    }
  }
}

GateResult not_compared(const std::string& kind, const std::string& baseline, const std::string& candidate,
                        const std::string& why) {
  GateResult result;
  result.kind = kind;
  result.baseline = baseline;
  result.candidate = candidate;
  result.stopped = why;
  return result;
}

void conclude(GateResult& result) {
  if (!result.only_in_baseline.empty()) {
    result.warnings.push_back(fmt::format("{} of the baseline's benchmarks {} missing in the candidate: {}",
                                          result.only_in_baseline.size(),
                                          result.only_in_baseline.size() == 1 ? "is" : "are",
                                          fmt::join(short_names(result.only_in_baseline), ", ")));
  }
  const std::vector<Comparison> comparisons = held_against(result);
  result.verdict = result.wrong.empty() ? overall_verdict(comparisons) : Verdict::invalid;
  result.exit_code = result.wrong.empty() ? exit_code_of(comparisons) : static_cast<int>(exit_regression);
  if (!result.stopped.empty() && result.exit_code == exit_pass) {
    result.verdict = Verdict::inconclusive;
    result.exit_code = exit_inconclusive;
  }
  result.sentence = sentence_of(result, comparisons);
}

std::string utc_today() { return fmt::format("{:%Y-%m-%d}", fmt::gmtime(std::time(nullptr))); }

}  // namespace cuparity
