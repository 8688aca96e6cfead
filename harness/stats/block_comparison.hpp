// One benchmark under two modes of a run, block by block: in time, or in the GPU's clock cycles.
#pragma once

#include <string>
#include <vector>

#include "harness/stats/block_seconds.hpp"
#include "harness/stats/blocks.hpp"
#include "harness/stats/estimate.hpp"

namespace cuparity {

/// The numbers of both sides, of each block that was not rejected and has both.
struct PairedNumbers {
  std::vector<double> baseline;
  std::vector<double> candidate;
};

PairedNumbers paired_numbers(const std::vector<Block>& blocks, const std::string& benchmark, const BlockSide& baseline,
                             const BlockSide& candidate, BlockNumber number_of);

/// observe_paired() of the blocks; in cycles where `per_clock` names the benchmark and every process counted them, as the
/// seconds that they last at the clock in the middle of all. The note says which.
Observation observe_blocks(Comparison comparison, const std::vector<Block>& blocks, const BlockSide& baseline,
                           const BlockSide& candidate, const std::vector<std::string>& per_clock, double alpha);

/// decide(); every reason says where it is not time that was compared, and no slow-down in time goes unseen.
std::vector<Comparison> decide_blocks(std::vector<Observation> observations, double alpha);

}  // namespace cuparity
