#include "harness/stats/blocks.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace cuparity {
namespace {

constexpr double most_blocks_lost = 0.10;  ///< share of blocks that may be rejected or lack a benchmark

bool holds(const std::vector<std::string>& modes, const std::string& mode) {
  return std::find(modes.begin(), modes.end(), mode) != modes.end();
}

std::string rejection_of(const Trial& trial, const std::vector<std::string>& modes) {
  if (!trial.ok && holds(modes, trial.mode)) {
    return fmt::format("trial {} under {} failed: {}", trial.index, trial.mode, trial.failure);
  }
  const auto reason = trial.telemetry.find("block_rejected");
  return reason == trial.telemetry.end() ? "" : reason->second;
}

bool complete(const Block& block, const std::vector<std::string>& modes, std::size_t trials_a_mode) {
  return std::all_of(modes.begin(), modes.end(), [&](const std::string& mode) {
    const auto found = block.trials.find(mode);
    return found != block.trials.end() && found->second.size() == trials_a_mode;
  });
}

}  // namespace

std::vector<Block> complete_blocks(const Run& run) { return complete_blocks(run, run.modes); }

std::vector<Block> complete_blocks(const Run& run, const std::vector<std::string>& modes) {
  std::map<int, Block> by_index;
  std::size_t trials_a_mode = 1;
  for (const Trial& trial : run.trials) {
    if (trial.kind != TrialKind::benchmark || trial.block < 0) {
      continue;
    }
    Block& block = by_index[trial.block];
    block.index = trial.block;
    std::vector<const Trial*>& same_mode = block.trials[trial.mode];
    same_mode.push_back(&trial);
    trials_a_mode = std::max(trials_a_mode, same_mode.size());
    if (block.rejected.empty()) {
      block.rejected = rejection_of(trial, modes);
    }
  }
  std::vector<Block> blocks;
  for (auto& [index, block] : by_index) {
    if (!complete(block, modes, trials_a_mode)) {
      continue;
    }
    for (auto& [mode, trials] : block.trials) {
      std::stable_sort(trials.begin(), trials.end(),
                       [](const Trial* a, const Trial* b) { return a->position < b->position; });
    }
    blocks.push_back(std::move(block));
  }
  return blocks;
}

int count_rejected(const std::vector<Block>& blocks) {
  return static_cast<int>(
      std::count_if(blocks.begin(), blocks.end(), [](const Block& b) { return !b.rejected.empty(); }));
}

std::string describe_rejections(const std::vector<Block>& blocks) {
  std::vector<std::string> reasons;
  for (const Block& block : blocks) {
    if (!block.rejected.empty() &&
        std::find(reasons.begin(), reasons.end(), block.rejected) == reasons.end()) {
      reasons.push_back(block.rejected);
    }
  }
  return fmt::format("{} of {} blocks rejected ({})", count_rejected(blocks), blocks.size(),
                     fmt::join(reasons, "; "));
}

std::string too_few_count(const std::vector<Block>& blocks) {
  if (blocks.empty()) return "no block was completed";
  return count_rejected(blocks) > most_blocks_lost * static_cast<double>(blocks.size()) ? describe_rejections(blocks) : "";
}

std::string too_few_have_it(const std::vector<Block>& blocks, std::size_t measured) {
  const std::size_t usable = blocks.size() - static_cast<std::size_t>(count_rejected(blocks));
  return static_cast<double>(measured) < (1 - most_blocks_lost) * static_cast<double>(usable)
             ? fmt::format("measured in {} of {} blocks only", measured, usable)
             : "";
}

}  // namespace cuparity
