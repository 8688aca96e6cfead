#include "harness/stats/file_comparison.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "harness/errors.hpp"
#include "harness/stats/block_seconds.hpp"
#include "harness/stats/blocks.hpp"
#include "harness/stats/correctness.hpp"
#include "harness/stats/fingerprint.hpp"
#include "harness/stats/margins.hpp"
#include "harness/stats/per_clock.hpp"
#include "harness/stats/verdict.hpp"

namespace cuparity {
namespace {

constexpr double alpha = 0.05;

std::string value_or_empty(const std::map<std::string, std::string>& map, const std::string& key) {
  const auto found = map.find(key);
  return found == map.end() ? "" : found->second;
}

const Sample* find_sample(const ResultFile& file, const std::string& benchmark) {
  const auto found = std::find_if(file.samples.begin(), file.samples.end(),
                                  [&](const Sample& sample) { return sample.benchmark == benchmark; });
  return found == file.samples.end() ? nullptr : &*found;
}

std::vector<std::string> missing_in(const ResultFile& file, const ResultFile& other) {
  std::vector<std::string> names;
  for (const Sample& sample : file.samples) {
    if (find_sample(other, sample.benchmark) == nullptr) {
      names.push_back(sample.benchmark);
    }
  }
  return names;
}

std::string describe_state(const Sample& sample) {
  const std::string message = sample.message.empty() ? "no reason given" : sample.message;
  return (sample.state == RowState::skipped ? "skipped: " : "failed: ") + message;
}

/// One side has no times.
Observation unmeasured(Comparison comparison, const Sample& before, const Sample& after) {
  const bool baseline_missing = before.state != RowState::measured;
  const std::string& where = baseline_missing ? comparison.baseline : comparison.candidate;
  const std::string reason = fmt::format("{} in {}", describe_state(baseline_missing ? before : after), where);
  return invalid_observation(std::move(comparison), reason);
}

Observation too_few_blocks(Comparison comparison, const Sample& before, const Sample& after) {
  const std::string reason = before.lost.empty() ? fmt::format("{}: {}", comparison.candidate, after.lost)
                                           : fmt::format("{}: {}", comparison.baseline, before.lost);
  return invalid_observation(std::move(comparison), reason);
}

/// The medians are shown, but nothing can be decided from them.
Observation aggregates_only(Comparison comparison, const Sample& before, const Sample& after,
                            const std::string& advice) {
  Observation observation;
  observation.imposed = Verdict::inconclusive;
  observation.imposed_reason =
      fmt::format("{} holds only aggregates; {}",
                  before.seconds.empty() ? comparison.baseline : comparison.candidate, advice);
  comparison.baseline_seconds = before.median_seconds;
  comparison.candidate_seconds = after.median_seconds;
  if (before.median_seconds.value_or(0) > 0 && after.median_seconds.value_or(0) > 0) {
    comparison.effect = *after.median_seconds / *before.median_seconds - 1;
  }
  observation.comparison = std::move(comparison);
  return observation;
}

void require_pairs(const Comparison& comparison, const Sample& before, const Sample& after) {
  if (before.seconds.size() != after.seconds.size()) {
    throw UsageError(
        fmt::format("--pairing block needs as many values on both sides, but {} has {} in {} and {} in "
                    "{}; use --pairing none",
                    before.benchmark, before.seconds.size(), comparison.baseline, after.seconds.size(),
                    comparison.candidate));
  }
}

/// `same_model`: both have the same GPU, as far as that is known.
Observation observe(Comparison comparison, const Sample& before, const Sample& after, Pairing pairing, bool same_model,
                    const std::string& advice) {
  if (before.state != RowState::measured || after.state != RowState::measured) {
    return unmeasured(std::move(comparison), before, after);
  }
  if (!before.lost.empty() || !after.lost.empty()) {
    return too_few_blocks(std::move(comparison), before, after);
  }
  if (before.seconds.empty() || after.seconds.empty()) {
    return aggregates_only(std::move(comparison), before, after, advice);
  }
  if (pairing == Pairing::block) {
    require_pairs(comparison, before, after);
  }
  const Observe observe_numbers = pairing == Pairing::block ? observe_paired : observe_unpaired;
  return before.cycles.empty() || after.cycles.empty() || !same_model
             ? observe_numbers(std::move(comparison), before.seconds, after.seconds, alpha)
             : observe_per_clock(std::move(comparison), {before.seconds, after.seconds}, {before.cycles, after.cycles},
                                 alpha, observe_numbers);
}

/// Whether the bits differ with the same algorithm.
bool compare_bits(const Sample& before, const Sample& after, Comparison& comparison) {
  const DigestComparison digests = compare_digests(before.digests, after.digests);
  comparison.same_bits = digests.same;
  if (digests.same.value_or(true)) return false;
  comparison.reason += digests.common_algorithm ? "; the bits differ with the same algorithm"
                                                : "; the bits differ, and so does the algorithm";
  return digests.common_algorithm;
}

std::vector<double> block_values(const std::vector<Block>& blocks, const std::string& mode,
                                 const std::string& benchmark, BlockNumber number_of) {
  std::vector<double> values;
  for (const Block& block : blocks) {
    const auto value = block.rejected.empty() ? number_of(block, {mode}, benchmark) : std::nullopt;
    if (value) {
      values.push_back(*value);
    }
  }
  return values;
}

/// Empty unless the suite compares the benchmark per clock and every block that has its time has them, too.
std::vector<double> counted_cycles(const Run& run, const std::vector<Block>& blocks, const std::string& mode,
                                   const Sample& sample) {
  std::vector<double> cycles = block_values(blocks, mode, sample.benchmark, block_cycles);
  const bool counted = !cycles.empty() && cycles.size() == sample.seconds.size() &&
                       std::all_of(cycles.begin(), cycles.end(), [](double c) { return c > 0 && std::isfinite(c); }) &&
                       is_per_clock(short_name(sample.benchmark), run.per_clock);
  return counted ? cycles : std::vector<double>();
}

/// As a run itself is invalid.
std::string lost_blocks(const std::vector<Block>& blocks, std::size_t measured) {
  const std::string lost = too_few_count(blocks);
  return lost.empty() ? too_few_have_it(blocks, measured) : lost;
}

/// The state of a benchmark over several trials is the worst of them.
void merge_row(const Row& row, Sample& sample) {
  if (row.state == RowState::failed ||
      (row.state == RowState::skipped && sample.state == RowState::measured)) {
    sample.state = row.state;
    sample.message = row.message;
  }
  add_digests(row, sample.digests);
}

std::string valid_mode(const std::string& name, const Run& run, const std::string& mode) {
  if (mode.empty()) {
    return run.baseline_mode;
  }
  if (std::find(run.modes.begin(), run.modes.end(), mode) == run.modes.end()) {
    throw UsageError(
        fmt::format("{}: has no mode \"{}\"; it has {}", name, mode, fmt::join(run.modes, ", ")));
  }
  return mode;
}

}  // namespace

ResultFile result_file(const std::string& name, const BenchmarkFile& file) {
  ResultFile result;
  result.name = name;
  result.environment = file.context;
  result.one_process = file.one_process;
  result.values = file.one_process ? "repetitions" : "processes";
  result.advice = file.advice;
  for (const Row& row : file.rows) {
    Sample sample;
    sample.benchmark = row.benchmark;
    merge_row(row, sample);
    sample.seconds = row.repetitions;
    if (row.seconds > 0) {
      sample.median_seconds = row.seconds;
    }
    if (row.state == RowState::failed) {
      result.wrong.push_back(fmt::format("{}: {}", short_name(row.benchmark), row.message));
    }
    result.samples.push_back(std::move(sample));
  }
  return result;
}

ResultFile result_file(const std::string& name, const Run& run, const std::string& wanted_mode) {
  const std::string mode = valid_mode(name, run, wanted_mode);
  const std::vector<Block> blocks = complete_blocks(run, {mode});
  ResultFile result;
  result.name = fmt::format("{} ({})", name, mode);
  result.environment = run.environment;
  result.wrong = find_wrong(run, mode);
  if (count_rejected(blocks) > 0) {
    result.notes.push_back(fmt::format("{}: {}", result.name, describe_rejections(blocks)));
  }
  for (const Trial& trial : run.trials) {
    if (trial.kind != TrialKind::benchmark || trial.mode != mode) {
      continue;
    }
    for (const auto& [key, value] : trial.environment) {
      result.environment[key] = value;
    }
    for (const Row& row : trial.rows) {
      auto sample = std::find_if(result.samples.begin(), result.samples.end(),
                                 [&](const Sample& s) { return s.benchmark == row.benchmark; });
      if (sample == result.samples.end()) {
        sample = result.samples.insert(sample, Sample{});
        sample->benchmark = row.benchmark;
        sample->seconds = block_values(blocks, mode, row.benchmark, block_seconds);
        sample->cycles = counted_cycles(run, blocks, mode, *sample);
        sample->lost = lost_blocks(blocks, sample->seconds.size());
      }
      merge_row(row, *sample);
    }
  }
  if (mode != "native") {
    result.environment["image_digest"] = run.image_digest;
  }
  return result;
}

namespace {

/// A verdict across machines would be taken for one about the change; without the user's word there is none.
void impose_environment(const std::vector<std::string>& differences, bool cross_environment,
                        Observation& observation) {
  if (differences.empty() || observation.imposed) {
    return;
  }
  if (!cross_environment) {
    observation.imposed = Verdict::invalid;
    observation.note.clear();
    observation.imposed_reason = fmt::format(
        "{}; times from different environments are not compared (--cross-environment does it all the same)",
        fmt::join(differences, ", "));
  }
}

struct SamplePair {
  const Sample* before;
  const Sample* after;
};

/// Benchmarks of both files, those apart that were skipped in both.
std::vector<SamplePair> pair_samples(const ResultFile& baseline, const ResultFile& candidate,
                                     std::vector<std::string>& skipped) {
  std::vector<SamplePair> pairs;
  for (const Sample& before : baseline.samples) {
    const Sample* after = find_sample(candidate, before.benchmark);
    if (after == nullptr) {
      continue;
    }
    if (before.state == RowState::skipped && after->state == RowState::skipped) {
      skipped.push_back(fmt::format("{}: {}", short_name(before.benchmark), after->message));
    } else {
      pairs.push_back({&before, after});
    }
  }
  return pairs;
}

void require_something(const std::vector<SamplePair>& pairs, const FileComparison& result,
                       const ResultFile& baseline, const ResultFile& candidate) {
  if (!pairs.empty()) {
    return;
  }
  throw UsageError(fmt::format(
      "nothing to compare: {} ({} benchmarks) and {} ({} benchmarks) have no {}benchmark in common",
      baseline.name, baseline.samples.size(), candidate.name, candidate.samples.size(),
      result.skipped_in_both.empty() ? "" : "measured "));
}

std::string value_unit(const ResultFile& baseline, Pairing pairing) {
  return pairing == Pairing::block ? "pairs" : baseline.values + " a side";
}

void add_notes(const ResultFile& baseline, const ResultFile& candidate, FileComparison& result) {
  result.notes = baseline.notes;
  result.notes.insert(result.notes.end(), candidate.notes.begin(), candidate.notes.end());
  for (const std::string& note : environment_notes(baseline.environment, candidate.environment)) {
    result.notes.push_back(note);
  }
  if (baseline.one_process && candidate.one_process) {
    result.notes.push_back(
        "each file is one process: how processes differ among themselves is not in these "
        "intervals; a verdict that counts it in needs several processes a side (cuparity run, or a folder "
        "with a file a process)");
  }
}

}  // namespace

FileComparison compare_files(const ResultFile& baseline, const ResultFile& candidate,
                             const FileComparisonSettings& settings) {
  FileComparison result;
  result.baseline = baseline.name;
  result.candidate = candidate.name;
  result.only_in_baseline = missing_in(baseline, candidate);
  result.only_in_candidate = missing_in(candidate, baseline);
  result.wrong_in_candidate = candidate.wrong;
  add_notes(baseline, candidate, result);
  const std::vector<std::string> differences =
      fingerprint_differences(baseline.environment, candidate.environment, settings.may_differ);
  if (settings.cross_environment) {
    result.environment_differences = differences;
  }

  const std::vector<SamplePair> pairs = pair_samples(baseline, candidate, result.skipped_in_both);
  require_something(pairs, result, baseline, candidate);
  const bool same_model =
      value_or_empty(baseline.environment, "gpu_name") == value_or_empty(candidate.environment, "gpu_name");
  std::vector<Observation> observations;
  for (const auto& [before, after] : pairs) {
    Comparison comparison;
    comparison.benchmark = before->benchmark;
    comparison.baseline = baseline.name;
    comparison.candidate = candidate.name;
    const std::string name = short_name(before->benchmark);
    comparison.margin = settings.margin_of ? settings.margin_of(name) : margin_of(name, {});
    const std::string& advice = before->seconds.empty() ? baseline.advice : candidate.advice;
    observations.push_back(observe(std::move(comparison), *before, *after, settings.pairing, same_model, advice));
    impose_environment(differences, settings.cross_environment, observations.back());
  }

  result.comparisons = decide_measured(std::move(observations), alpha, value_unit(baseline, settings.pairing));
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    const auto& [before, after] = pairs[i];
    if (compare_bits(*before, *after, result.comparisons[i])) result.other_bits.push_back(short_name(before->benchmark));
  }
  result.verdict = result.wrong_in_candidate.empty() ? overall_verdict(result.comparisons) : Verdict::invalid;
  result.exit_code = result.wrong_in_candidate.empty() ? exit_code_of(result.comparisons)
                                                       : static_cast<int>(exit_regression);
  return result;
}

FileComparison compare_files(const ResultFile& baseline, const ResultFile& candidate, Pairing pairing,
                             const std::map<std::string, double>& margins) {
  FileComparisonSettings settings;
  settings.pairing = pairing;
  settings.margin_of = [&margins](const std::string& name) { return margin_of(name, margins); };
  return compare_files(baseline, candidate, settings);
}

}  // namespace cuparity
