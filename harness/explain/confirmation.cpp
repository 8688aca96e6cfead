#include "harness/explain/confirmation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "harness/record/benchmark_json.hpp"
#include "harness/stats/wording.hpp"

namespace cuparity {
namespace {

constexpr double share_that_matters = 0.5;

const Cause* first_testable(const ExplainedBenchmark& benchmark) {
  for (const Cause& cause : benchmark.causes) {
    if (cause.experiment) return &cause;
  }
  return nullptr;
}

void add_once(std::vector<std::string>& list, const std::string& text) {
  if (std::find(list.begin(), list.end(), text) == list.end()) list.push_back(text);
}

std::optional<Comparison> find(const Analysis& analysis, const std::string& benchmark) {
  for (const Comparison& comparison : analysis.comparisons) {
    if (short_name(comparison.benchmark) == benchmark) return comparison;
  }
  return std::nullopt;
}

/// Shares of the difference's logarithm, so that undoing a factor of two is the same in both directions.
void add_shares(ConfirmedBenchmark& result) {
  const Comparison& change = *result.change;
  if (!result.difference->effect || !change.effect) return;
  const double whole = std::log1p(*result.difference->effect);
  if (whole == 0) return;
  const auto share = [&](double effect) { return -std::log1p(effect) / whole; };
  result.share = share(*change.effect);
  if (!change.interval_low || !change.interval_high) return;
  result.share_low = std::min(share(*change.interval_low), share(*change.interval_high));
  result.share_high = std::max(share(*change.interval_low), share(*change.interval_high));
}

std::string share_text(const ConfirmedBenchmark& result) {
  const std::string middle = fmt::format("{:.0f} %", 100 * *result.share);
  if (!result.share_low || !result.share_high) return middle;
  return fmt::format("{} (interval {:.0f} to {:.0f} %)", middle, 100 * *result.share_low,
                     100 * *result.share_high);
}

Confirmation outcome_of(const ConfirmedBenchmark& result) {
  const Verdict wanted = result.difference->verdict == Verdict::slower ? Verdict::faster : Verdict::slower;
  if (!result.share) return Confirmation::inconclusive;
  const bool less_than_half = result.share_high && *result.share_high < share_that_matters;
  if (result.change->verdict == wanted)
    return less_than_half ? Confirmation::partly : Confirmation::confirmed;
  if (less_than_half) return Confirmation::not_confirmed;
  return Confirmation::inconclusive;
}

std::string sentence_of(const ConfirmedBenchmark& result) {
  const std::string change =
      fmt::format("the change alone: {} ({})", signed_percent(result.change->effect.value_or(NAN)),
                  interval_text(*result.change));
  switch (result.outcome) {
    case Confirmation::confirmed:
      return fmt::format("confirmed: {}; it takes away {} of the difference", change, share_text(result));
    case Confirmation::partly:
      return fmt::format("confirmed in part: {}; it takes away {} of the difference", change,
                         share_text(result));
    case Confirmation::not_confirmed:
      return fmt::format("not confirmed: {}; of the difference that is {}", change, share_text(result));
    case Confirmation::inconclusive:
      break;
  }
  return fmt::format("inconclusive: {}; {}", change, result.change->reason);
}

ConfirmedBenchmark judged(const std::string& benchmark, const Analysis& before, const Analysis& after) {
  ConfirmedBenchmark result;
  result.benchmark = benchmark;
  result.difference = find(before, benchmark);
  result.change = find(after, benchmark);
  if (!result.difference || !result.change) {
    result.sentence = "inconclusive: it was not measured under all three modes";
    return result;
  }
  const Verdict verdict = result.difference->verdict;
  if (verdict != Verdict::slower && verdict != Verdict::faster) {
    result.sentence = fmt::format("inconclusive: the difference itself did not show again ({} {}, {}): {}",
                                  to_string(verdict), signed_percent(result.difference->effect.value_or(NAN)),
                                  interval_text(*result.difference), result.difference->reason);
    return result;
  }
  add_shares(result);
  result.outcome = outcome_of(result);
  result.sentence = sentence_of(result);
  return result;
}

}  // namespace

std::string to_string(Confirmation confirmation) {
  switch (confirmation) {
    case Confirmation::confirmed:
      return "confirmed";
    case Confirmation::partly:
      return "confirmed in part";
    case Confirmation::not_confirmed:
      return "not confirmed";
    case Confirmation::inconclusive:
      return "inconclusive";
  }
  return "inconclusive";
}

std::vector<ConfirmationPlan> plan_confirmations(const Explanation& explanation) {
  std::vector<ConfirmationPlan> plans;
  for (const ExplainedBenchmark& benchmark : explanation.benchmarks) {
    const Cause* cause = first_testable(benchmark);
    if (cause == nullptr) continue;
    auto plan = std::find_if(plans.begin(), plans.end(), [&](const ConfirmationPlan& one) {
      return one.experiment.mode == cause->experiment->mode;
    });
    if (plan == plans.end()) {
      plans.push_back({explanation.baseline, explanation.candidate, *cause->experiment, {}, {}});
      plan = plans.end() - 1;
    }
    add_once(plan->keys, cause->key);
    add_once(plan->benchmarks, short_name(benchmark.comparison.benchmark));
  }
  return plans;
}

std::vector<ConfirmedBenchmark> judge(const ConfirmationPlan& plan, const Run& run) {
  const Analysis before = analyse(restricted_to(run, plan.baseline, plan.candidate));
  const Analysis after = analyse(restricted_to(run, plan.candidate, plan.experiment.mode));
  std::vector<ConfirmedBenchmark> results;
  for (const std::string& benchmark : plan.benchmarks) results.push_back(judged(benchmark, before, after));
  return results;
}

}  // namespace cuparity
