#include "harness/run/run_loop.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "harness/plan/plan.hpp"
#include "harness/record/benchmark_json.hpp"
#include "harness/run/startup_trial.hpp"

namespace cuparity {
namespace {

constexpr int failures_until_dropped = 3;

}  // namespace

RunLoop::RunLoop(Run& run, LoopInputs inputs, Journal& journal, Progress& progress)
    : run_(run), inputs_(std::move(inputs)), journal_(journal), progress_(progress) {
  replay_earlier_trials();
}

/// Brings the counters to where the earlier part of a resumed run left them. A block that was interrupted in
/// the middle does not count and is not continued, since its halves would lie apart; a fresh block takes its
/// place.
void RunLoop::replay_earlier_trials() {
  for (std::size_t i = 0; i < run_.trials.size(); ++i) {
    Trial& trial = run_.trials[i];
    account(trial);
    if (trial.kind == TrialKind::validation) continue;
    next_block_ = std::max(next_block_, trial.block + 1);
    if (trial.kind == TrialKind::benchmark && ends_block(i)) ++complete_blocks_;
  }
}

/// Whether every later position of the trial's block belongs to a dropped mode.
bool RunLoop::ends_block(std::size_t index) const {
  const Trial& trial = run_.trials[index];
  const auto order = block_order(run_.seed, trial.block, run_.modes);
  return std::all_of(order.begin() + std::min<std::size_t>(trial.position + 1, order.size()), order.end(),
                     [&](const std::string& mode) { return dropped_.count(mode) > 0; });
}

LoopEnd RunLoop::run_to_end() {
  if (!run_validations()) return LoopEnd::interrupted;
  return run_blocks();
}

/// The verdict is then given once, after the last block.
void RunLoop::replan() {
  if (!inputs_.replan) return;
  run_.planned_blocks = std::max(complete_blocks_, inputs_.replan(complete_blocks_));
  run_.looks = {run_.planned_blocks};
}

LoopEnd RunLoop::run_blocks() {
  replan();
  while (complete_blocks_ < run_.planned_blocks) {
    if (inputs_.stop_requested()) return LoopEnd::interrupted;
    if (!comparison_possible()) return LoopEnd::gave_up;
    if (!run_block(next_block_++)) return LoopEnd::interrupted;
    ++complete_blocks_;
    replan();
    progress_.block_done(complete_blocks_, run_.planned_blocks, seconds_left());
    if (decided_early()) return LoopEnd::complete;
  }
  return comparison_possible() ? LoopEnd::complete : LoopEnd::gave_up;
}

bool RunLoop::run_validations() {
  if (inputs_.settings.validate.empty()) return true;
  for (std::size_t i = 0; i < run_.modes.size(); ++i) {
    if (validated_.count(run_.modes[i]) > 0) continue;
    progress_.doing(fmt::format("validating under {}", run_.modes[i]));
    if (!run_one(TrialKind::validation, -1, static_cast<int>(i), run_.modes[i])) return false;
  }
  return true;
}

bool RunLoop::run_block(int block) {
  const std::vector<std::string> order = block_order(run_.seed, block, run_.modes);
  if (inputs_.settings.startup && !run_startups(block, order)) return false;
  for (std::size_t position = 0; position < order.size(); ++position) {
    if (dropped_.count(order[position]) > 0) continue;
    progress_.doing(fmt::format("block {} of {}, {} of {}: {}", complete_blocks_ + 1, run_.planned_blocks,
                                position + 1, order.size(), order[position]));
    if (!run_one(TrialKind::benchmark, block, static_cast<int>(position), order[position])) return false;
  }
  return true;
}

/// Before the block's benchmarks, once a mode: the order's first half names each once.
bool RunLoop::run_startups(int block, const std::vector<std::string>& order) {
  for (std::size_t position = 0; position < order.size() / 2; ++position) {
    if (dropped_.count(order[position]) > 0) continue;
    progress_.doing(fmt::format("block {} of {}, start-up: {}", complete_blocks_ + 1, run_.planned_blocks,
                                order[position]));
    if (!run_one(TrialKind::startup, block, static_cast<int>(position), order[position])) return false;
  }
  return true;
}

bool RunLoop::run_one(TrialKind kind, int block, int position, const std::string& mode) {
  if (inputs_.stop_requested()) return false;
  Trial trial;
  trial.index = static_cast<int>(run_.trials.size());
  trial.kind = kind;
  trial.block = block;
  trial.position = position;
  bool interrupted = false;
  trial = kind == TrialKind::startup
              ? run_startup_trial(std::move(trial), arm_of(mode), inputs_.settings, interrupted)
              : run_trial(std::move(trial), arm_of(mode), inputs_.settings, inputs_.monitor, interrupted);
  // What the user's stop killed says nothing about the mode.
  if (interrupted) return false;
  reject_other_gpu(trial);
  journal_.append(trial);
  run_.trials.push_back(std::move(trial));
  report_problems(run_.trials.back());
  account(run_.trials.back());
  return true;
}

void RunLoop::reject_other_gpu(Trial& trial) {
  const auto uuid = trial.environment.find("gpu_uuid");
  if (uuid == trial.environment.end() || gpu_uuid_.empty() || uuid->second == gpu_uuid_) return;
  trial.telemetry["block_rejected"] =
      fmt::format("another GPU ({}, before it was {})", uuid->second, gpu_uuid_);
}

void RunLoop::account(Trial& trial) {
  const auto uuid = trial.environment.find("gpu_uuid");
  if (uuid != trial.environment.end() && gpu_uuid_.empty()) gpu_uuid_ = uuid->second;
  if (trial.kind == TrialKind::validation) {
    validated_.insert(trial.mode);
    return;
  }
  if (trial.kind == TrialKind::startup) return;
  int& failures = failures_in_a_row_[trial.mode];
  failures = trial.ok ? 0 : failures + 1;
  if (failures == failures_until_dropped) drop(trial.mode, trial.failure);
}

void RunLoop::drop(const std::string& mode, const std::string& reason) {
  dropped_.insert(mode);
  const std::string line =
      fmt::format("{} was dropped after {} failed trials in a row: {}", mode, failures_until_dropped, reason);
  if (std::find(run_.notes.begin(), run_.notes.end(), line) != run_.notes.end()) return;
  run_.notes.push_back(line);
  progress_.say(line);
}

void RunLoop::report_problems(const Trial& trial) {
  if (!trial.ok) progress_.say(fmt::format("FAILED under {}: {}", trial.mode, trial.failure));
  for (const std::string& test : trial.failed_tests)
    progress_.say(fmt::format("WRONG under {}: {}", trial.mode, test));
  for (const Row& row : trial.rows) {
    if (row.state != RowState::failed || !reported_.insert({trial.mode, row.benchmark}).second) continue;
    progress_.say(fmt::format("WRONG under {}: {}: {}", trial.mode, short_name(row.benchmark), row.message));
  }
  const auto rejected = trial.telemetry.find("block_rejected");
  if (rejected != trial.telemetry.end() && trial.kind == TrialKind::benchmark) {
    progress_.say(fmt::format("block {} will not count: {}", trial.block + 1, rejected->second));
  }
}

/// A run of the baseline alone is wanted by whoever asked for one mode only.
bool RunLoop::comparison_possible() const {
  if (dropped_.count(run_.baseline_mode) > 0) return false;
  return run_.modes.size() == 1 || dropped_.size() + 1 < run_.modes.size();
}

/// Only at a planned look, and only if nothing is left open: every further look costs some of the error rate.
bool RunLoop::decided_early() {
  const bool look = std::find(run_.looks.begin(), run_.looks.end(), complete_blocks_) != run_.looks.end();
  if (!look || complete_blocks_ >= run_.planned_blocks) return false;
  const Analysis analysis = inputs_.analyse(run_);
  const bool decided =
      !analysis.comparisons.empty() &&
      std::all_of(analysis.comparisons.begin(), analysis.comparisons.end(), [](const Comparison& c) {
        return c.verdict != Verdict::inconclusive && c.verdict != Verdict::invalid;
      });
  if (!decided) return false;
  run_.notes.push_back(
      fmt::format("Stopped at the planned look after {} of {} blocks: every comparison was decided.",
                  complete_blocks_, run_.planned_blocks));
  return true;
}

double RunLoop::seconds_left() const {
  double seconds = 0;
  int trials = 0;
  for (const Trial& trial : run_.trials) {
    if (trial.kind == TrialKind::validation) continue;
    seconds += trial.wall_seconds;
    trials += trial.kind == TrialKind::benchmark ? 1 : 0;
  }
  if (trials == 0) return -1;
  const auto modes = static_cast<double>(run_.modes.size() - dropped_.size());
  return seconds / trials * 2 * modes * (run_.planned_blocks - complete_blocks_);
}

const Arm& RunLoop::arm_of(const std::string& mode) const {
  for (const Arm& arm : inputs_.arms) {
    if (arm.mode.text == mode) return arm;
  }
  throw std::logic_error("no arm for mode " + mode);
}

}  // namespace cuparity
