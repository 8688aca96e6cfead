#include "harness/stats/analysis.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>

#include "harness/counted.hpp"
#include "harness/errors.hpp"
#include "harness/record/benchmark_json.hpp"
#include "harness/stats/block_comparison.hpp"
#include "harness/stats/block_seconds.hpp"
#include "harness/stats/blocks.hpp"
#include "harness/stats/correctness.hpp"
#include "harness/stats/estimate.hpp"
#include "harness/stats/margins.hpp"
#include "harness/stats/power.hpp"
#include "harness/stats/verdict.hpp"
#include "harness/stats/wording.hpp"

namespace cuparity {
namespace {

constexpr double alpha_of_all_looks = 0.05;

/// Bonferroni over the planned looks.
double alpha_of_a_look(std::size_t looks) { return alpha_of_all_looks / static_cast<double>(std::max<std::size_t>(1, looks)); }

/// What holds for every comparison of two modes.
struct Context {
  const Run& run;
  std::vector<Block> blocks;  ///< complete ones, rejected ones among them
  double alpha = alpha_of_all_looks;
  std::optional<Verdict> imposed = std::nullopt;  ///< on every comparison
  std::string imposed_reason = "";
};

std::vector<std::string> benchmarks_of(const Run& run) {
  std::vector<std::string> names;
  std::set<std::string> known;
  const auto add_mode = [&](bool baseline) {
    for (const Trial& trial : run.trials) {
      if (trial.kind != TrialKind::benchmark || (trial.mode == run.baseline_mode) != baseline) {
        continue;
      }
      for (const Row& row : trial.rows) {
        if (known.insert(row.benchmark).second) {
          names.push_back(row.benchmark);
        }
      }
    }
  };
  add_mode(true);  // the baseline's order first
  add_mode(false);
  return names;
}

/// How a benchmark went under a mode, over all trials of the mode.
struct Fate {
  bool measured = false;
  std::string failure;      ///< first message of a failed row
  std::string skip_reason;  ///< first message of a skipped row
};

Fate fate_of(const Run& run, const std::string& benchmark, const std::string& mode) {
  Fate fate;
  for (const Trial& trial : run.trials) {
    const Row* row = trial.mode == mode ? find_row(trial, benchmark) : nullptr;
    if (row == nullptr) {
      continue;
    }
    fate.measured = fate.measured || row->state == RowState::measured;
    if (row->state == RowState::failed && fate.failure.empty()) {
      fate.failure = row->message.empty() ? "no reason given" : row->message;
    }
    if (row->state == RowState::skipped && fate.skip_reason.empty()) {
      fate.skip_reason = row->message.empty() ? "no reason given" : row->message;
    }
  }
  return fate;
}

/// Why the two modes can't be compared for this benchmark; empty if they can.
std::string obstacle(const Run& run, const std::string& benchmark, const std::string& baseline,
                     const std::string& candidate) {
  for (const std::string& mode : {baseline, candidate}) {
    const Fate fate = fate_of(run, benchmark, mode);
    if (!fate.failure.empty()) {
      return fmt::format("failed under {}: {}", mode, fate.failure);
    }
    if (!fate.measured) {
      return fate.skip_reason.empty() ? fmt::format("no result under {}", mode)
                                      : fmt::format("skipped under {}: {}", mode, fate.skip_reason);
    }
  }
  return "";
}

bool measured_anywhere(const Run& run, const std::string& benchmark, const std::string& baseline,
                       const std::string& candidate) {
  for (const std::string& mode : {baseline, candidate}) {
    const Fate fate = fate_of(run, benchmark, mode);
    if (fate.measured || !fate.failure.empty()) {
      return true;
    }
  }
  return false;
}

std::set<std::string> seen_from_inside(const Run& run, const std::string& mode, const std::string& key) {
  std::set<std::string> values;
  for (const Trial& trial : run.trials) {
    const auto value = trial.environment.find(key);
    if (trial.kind == TrialKind::benchmark && trial.mode == mode && value != trial.environment.end()) {
      values.insert(value->second);
    }
  }
  return values;
}

/// Times on different hardware are never compared. Empty if both modes ran on the same.
std::string hardware_difference(const Run& run, const std::string& candidate) {
  for (const char* key : {"backend", "gpu_uuid"}) {
    const std::set<std::string> expected = seen_from_inside(run, run.baseline_mode, key);
    const std::set<std::string> found = seen_from_inside(run, candidate, key);
    if (!expected.empty() && !found.empty() && expected != found) {
      return fmt::format("{} differs: {} under {}, {} under {}; times on different hardware are not compared",
                         key, fmt::join(expected, " and "), run.baseline_mode, fmt::join(found, " and "),
                         candidate);
    }
  }
  return "";
}

Observation observe(const Context& context, Comparison comparison, const BlockSide& baseline,
                    const BlockSide& candidate) {
  Observation observation = observe_blocks(std::move(comparison), context.blocks, baseline, candidate,
                                           context.run.per_clock, context.alpha);
  observation.imposed = context.imposed;
  observation.imposed_reason = context.imposed_reason;
  if (context.imposed) return observation;
  const std::string lost = too_few_have_it(context.blocks, static_cast<std::size_t>(observation.comparison.n));
  if (!lost.empty()) {
    observation.imposed = Verdict::invalid;
    observation.imposed_reason = lost;
  }
  return observation;
}

Comparison named(const Run& run, const std::string& benchmark, const std::string& candidate) {
  Comparison comparison;
  comparison.benchmark = benchmark;
  comparison.baseline = run.baseline_mode;
  comparison.candidate = candidate;
  comparison.margin = margin_of(short_name(benchmark), run.margins);
  return comparison;
}

/// Only these commands can.
std::string how_to_go_on(const Run& run) {
  const std::string command = run.command.size() > 1 ? run.command[1] : "run";
  return command == "run" || command == "calibrate" ? fmt::format("; go on with cuparity {} --resume", command) : "";
}

/// Verdicts that follow from the blocks alone, before any time is read.
void impose(Context& context) {
  const int attempted = static_cast<int>(context.blocks.size());
  const std::string lost = too_few_count(context.blocks);
  const int first_look = context.run.looks.empty() ? context.run.planned_blocks : context.run.looks.front();
  if (!lost.empty()) {
    context.imposed = Verdict::invalid;
    context.imposed_reason = lost;
  } else if (attempted < first_look) {
    context.imposed = Verdict::inconclusive;
    context.imposed_reason = fmt::format("stopped after {}, before the first planned look at {}{}", counted(attempted, "block"),
                                         first_look, how_to_go_on(context.run));
  }
}

/// A mode that failed or was dropped costs the others nothing: only the two compared modes decide which
/// blocks count.
Context context_of(const Run& run, const std::vector<std::string>& modes) {
  Context context{run, complete_blocks(run, modes), alpha_of_a_look(run.looks.size())};
  impose(context);
  return context;
}

/// Sizes that are verified but never timed: their bits must agree as well.
void compare_validated_bits(const Run& run, const std::string& mode, Analysis& analysis) {
  std::set<std::string> known;
  for (const Trial& trial : run.trials) {
    if (trial.kind != TrialKind::validation || trial.mode != run.baseline_mode) {
      continue;
    }
    for (const Row& row : trial.rows) {
      if (!known.insert(row.benchmark).second) {
        continue;
      }
      const BitComparison bits = compare_bits(run, row.benchmark, run.baseline_mode, mode);
      if (!bits.wrong.empty()) {
        analysis.wrong.push_back(bits.wrong);
      }
    }
  }
}

void compare_modes(const Run& run, Analysis& analysis) {
  std::vector<Observation> observations;
  std::vector<BitComparison> bits;
  const std::vector<std::string> benchmarks = benchmarks_of(run);
  for (const std::string& mode : run.modes) {
    if (mode == run.baseline_mode) {
      continue;
    }
    const Context context = context_of(run, {run.baseline_mode, mode});
    const std::string other_hardware = hardware_difference(run, mode);
    compare_validated_bits(run, mode, analysis);
    for (const std::string& benchmark : benchmarks) {
      if (!measured_anywhere(run, benchmark, run.baseline_mode, mode)) {
        continue;  // skipped under both: it stands in the list of skipped rows
      }
      Comparison comparison = named(run, benchmark, mode);
      const std::string reason =
          other_hardware.empty() ? obstacle(run, benchmark, run.baseline_mode, mode) : other_hardware;
      observations.push_back(reason.empty()
                                 ? observe(context, std::move(comparison), {run.baseline_mode}, {mode})
                                 : invalid_observation(std::move(comparison), reason));
      bits.push_back(other_hardware.empty() ? compare_bits(run, benchmark, run.baseline_mode, mode)
                                            : BitComparison{});
    }
  }
  analysis.comparisons = decide_measured(std::move(observations), alpha_of_a_look(run.looks.size()), "blocks");
  for (std::size_t i = 0; i < bits.size(); ++i) {
    analysis.comparisons[i].same_bits = bits[i].same;
    if (!bits[i].note.empty()) {
      analysis.comparisons[i].reason += "; " + bits[i].note;
    }
    if (!bits[i].wrong.empty()) {
      analysis.wrong.push_back(bits[i].wrong);
    }
  }
}

void compare_baseline_with_itself(const Run& run, Analysis& analysis) {
  const Context context = context_of(run, {run.baseline_mode});
  const bool halves = !context.blocks.empty() && context.blocks.front().trials.count(run.baseline_mode) &&
                      context.blocks.front().trials.at(run.baseline_mode).size() >= 2;
  if (!halves) {
    return;
  }
  std::vector<Observation> observations;
  for (const std::string& benchmark : benchmarks_of(run)) {
    if (obstacle(run, benchmark, run.baseline_mode, run.baseline_mode).empty()) {
      observations.push_back(observe(context, named(run, benchmark, run.baseline_mode),
                                     {run.baseline_mode, BlockSide::first_half},
                                     {run.baseline_mode, BlockSide::second_half}));
    }
  }
  analysis.noise_floor = decide_measured(std::move(observations), context.alpha, "blocks");
}

double overhead_ratio(const Run& run) {
  double processes = 0;
  for (const Trial& trial : run.trials) {
    processes += trial.wall_seconds;
  }
  return processes > 0 ? run.harness_seconds / processes : 0;
}

std::string against(const Run& run) {
  std::vector<std::string> others;
  for (const std::string& mode : run.modes) {
    if (mode != run.baseline_mode) {
      others.push_back(mode);
    }
  }
  return others.size() == 1 ? others.front() : fmt::format("{} other modes", others.size());
}

const Comparison& first_with(const std::vector<Comparison>& comparisons, Verdict verdict) {
  return *std::find_if(comparisons.begin(), comparisons.end(),
                       [&](const auto& c) { return c.verdict == verdict; });
}

const Comparison& slowest(const std::vector<Comparison>& comparisons) {
  return *std::max_element(comparisons.begin(), comparisons.end(), [](const auto& a, const auto& b) {
    const auto size = [](const Comparison& c) {
      return c.verdict == Verdict::slower ? slow_down(c) : -1;
    };
    return size(a) < size(b);
  });
}

std::string sentence_of(const Run& run, const Analysis& analysis) {
  const std::vector<Comparison>& all = analysis.comparisons;
  if (!analysis.wrong.empty()) {
    return fmt::format("Wrong: {}, the first: {}.", counted(analysis.wrong.size(), "finding"), analysis.wrong.front());
  }
  if (all.empty()) {
    return run.modes.size() < 2 ? fmt::format(
                                      "Nothing was compared: only {} was run; add a container mode with "
                                      "--mode.",
                                      run.baseline_mode)
                                : "Nothing was compared: no benchmark has a result.";
  }
  const auto count = std::count_if(all.begin(), all.end(),
                                   [&](const Comparison& c) { return c.verdict == analysis.verdict; });
  const std::string share =
      fmt::format("{} of {} comparisons of {} with {}", count, all.size(), against(run), run.baseline_mode);
  switch (analysis.verdict) {
    case Verdict::slower: {
      const Comparison& worst = slowest(all);
      return fmt::format("Slower: {}, the most {} under {} by {}.", share, short_name(worst.benchmark),
                         worst.candidate, slow_down_text(worst));
    }
    case Verdict::invalid:
      return fmt::format("Invalid: {}, the first {}: {}.", share,
                         short_name(first_with(all, Verdict::invalid).benchmark),
                         first_with(all, Verdict::invalid).reason);
    case Verdict::inconclusive:
      return fmt::format("Inconclusive: {}, the first {}: {}.", share,
                         short_name(first_with(all, Verdict::inconclusive).benchmark),
                         first_with(all, Verdict::inconclusive).reason);
    case Verdict::faster:
      return fmt::format("Faster: {}{}.", share, static_cast<std::size_t>(count) == all.size() ? "" : "; the others are the same within their margins");
    case Verdict::same: return fmt::format("Same: {} are the same within their margins.", share);
  }
  return "";
}

}  // namespace

Analysis analyse(const Run& run) {
  Analysis analysis;
  analysis.wrong = find_wrong(run);
  analysis.skipped = find_skipped(run);
  compare_modes(run, analysis);
  compare_baseline_with_itself(run, analysis);
  const bool wrong = !analysis.wrong.empty();
  analysis.verdict = wrong ? Verdict::invalid : overall_verdict(analysis.comparisons);
  analysis.exit_code = wrong ? static_cast<int>(exit_regression) : exit_code_of(analysis.comparisons);
  analysis.sentence = sentence_of(run, analysis);
  analysis.overhead_ratio = overhead_ratio(run);
  return analysis;
}

int fewest_blocks_to_decide(std::size_t looks) { return blocks_for_exactness(1, alpha_of_a_look(looks)); }

}  // namespace cuparity
