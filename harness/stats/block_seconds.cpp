#include "harness/stats/block_seconds.hpp"

#include <algorithm>
#include <cmath>

namespace cuparity {

const Row* find_row(const Trial& trial, const std::string& benchmark) {
  const auto found = std::find_if(trial.rows.begin(), trial.rows.end(),
                                  [&](const Row& row) { return row.benchmark == benchmark; });
  return found == trial.rows.end() ? nullptr : &*found;
}

std::optional<double> block_seconds(const Block& block, const BlockSide& side, const std::string& benchmark) {
  const std::vector<const Trial*>& trials = block.trials.at(side.mode);
  const std::size_t first = side.part == BlockSide::second_half ? trials.size() / 2 : 0;
  const std::size_t end = side.part == BlockSide::first_half ? trials.size() / 2 : trials.size();
  double sum = 0;
  for (std::size_t i = first; i < end; ++i) {
    const Row* row = find_row(*trials[i], benchmark);
    if (row == nullptr || row->state != RowState::measured) {
      return std::nullopt;
    }
    if (!(row->seconds > 0) || std::isinf(row->seconds)) {
      return row->seconds;
    }
    sum += std::log(row->seconds);
  }
  return std::exp(sum / static_cast<double>(end - first));
}

}  // namespace cuparity
