#include "harness/stats/block_seconds.hpp"

#include <algorithm>
#include <cmath>

namespace cuparity {
namespace {

std::optional<double> seconds_of(const Row& row) { return row.seconds; }
/// A counter that gave no number did not count.
std::optional<double> cycles_of(const Row& row) {
  return row.cycles && *row.cycles > 0 && std::isfinite(*row.cycles) ? row.cycles : std::nullopt;
}

std::optional<double> block_mean(const Block& block, const BlockSide& side, const std::string& benchmark,
                                 std::optional<double> (*number_of)(const Row&)) {
  const std::vector<const Trial*>& trials = block.trials.at(side.mode);
  const std::size_t first = side.part == BlockSide::second_half ? trials.size() / 2 : 0;
  const std::size_t end = side.part == BlockSide::first_half ? trials.size() / 2 : trials.size();
  double sum = 0;
  for (std::size_t i = first; i < end; ++i) {
    const Row* row = find_row(*trials[i], benchmark);
    const std::optional<double> number =
        row != nullptr && row->state == RowState::measured ? number_of(*row) : std::nullopt;
    if (!number || !(*number > 0) || std::isinf(*number)) {
      return number;
    }
    sum += std::log(*number);
  }
  return std::exp(sum / static_cast<double>(end - first));
}

}  // namespace

const Row* find_row(const Trial& trial, const std::string& benchmark) {
  const auto found = std::find_if(trial.rows.begin(), trial.rows.end(),
                                  [&](const Row& row) { return row.benchmark == benchmark; });
  return found == trial.rows.end() ? nullptr : &*found;
}

std::optional<double> block_seconds(const Block& block, const BlockSide& side, const std::string& benchmark) {
  return block_mean(block, side, benchmark, seconds_of);
}

std::optional<double> block_cycles(const Block& block, const BlockSide& side, const std::string& benchmark) {
  return block_mean(block, side, benchmark, cycles_of);
}

}  // namespace cuparity
