// One benchmark under two modes of a run, block by block: in time, or in the GPU's clock cycles.
#pragma once

#include <string>
#include <vector>

#include "harness/stats/block_seconds.hpp"
#include "harness/stats/blocks.hpp"
#include "harness/stats/per_clock.hpp"

namespace cuparity {

/// The numbers of both sides, of each block that was not rejected and has both.
TwoSamples paired_numbers(const std::vector<Block>& blocks, const std::string& benchmark, const BlockSide& baseline,
                          const BlockSide& candidate, BlockNumber number_of);

/// observe_paired() of the blocks; observe_per_clock() where `per_clock` names the benchmark and every process counted
/// its cycles. The note says which.
Observation observe_blocks(Comparison comparison, const std::vector<Block>& blocks, const BlockSide& baseline,
                           const BlockSide& candidate, const std::vector<std::string>& per_clock, double alpha);

}  // namespace cuparity
