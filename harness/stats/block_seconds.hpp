// The one number of a mode in a block.
#pragma once

#include <optional>
#include <string>

#include "harness/record/run.hpp"
#include "harness/stats/blocks.hpp"

namespace cuparity {

/// Which trials of a mode in a block count: halves are for comparing a mode with itself.
struct BlockSide {
  std::string mode;
  enum { all, first_half, second_half } part = all;
};

/// The row of a benchmark in a trial; null if it has none.
const Row* find_row(const Trial& trial, const std::string& benchmark);

/// exp(mean ln seconds) over the side's trials; nothing if one of them has not measured the benchmark. A
/// value that is no time (zero, negative, not finite) is returned as it is.
std::optional<double> block_seconds(const Block& block, const BlockSide& side, const std::string& benchmark);

/// The same of the GPU's clock cycles; nothing if one of the trials has not counted them.
std::optional<double> block_cycles(const Block& block, const BlockSide& side, const std::string& benchmark);

/// Either of these two.
using BlockNumber = std::optional<double> (*)(const Block&, const BlockSide&, const std::string&);

}  // namespace cuparity
