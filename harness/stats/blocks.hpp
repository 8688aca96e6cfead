// The trials of a run by block, and which blocks count.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "harness/record/run.hpp"

namespace cuparity {

struct Block {
  int index = 0;
  std::map<std::string, std::vector<const Trial*>> trials;  ///< by mode, in the order of position
  std::string rejected;  ///< why the whole block does not count; empty: it does
};

/// The blocks that are complete for `modes`, in ascending order; the trials are those of `run`, which must
/// outlive them. A block is complete if each of the modes has as many trials in it as any mode has in any
/// block: the last block of an interrupted run is not. A block is rejected, blind to its times, if a trial of
/// these modes failed, or if any trial of it has telemetry "block_rejected", which is the reason.
std::vector<Block> complete_blocks(const Run& run, const std::vector<std::string>& modes);

/// For all modes of the run.
std::vector<Block> complete_blocks(const Run& run);

/// How many of them are rejected.
int count_rejected(const std::vector<Block>& blocks);

/// "2 of 12 blocks rejected (thermal slowdown; …)" with each distinct reason once.
std::string describe_rejections(const std::vector<Block>& blocks);

/// Why nothing can be decided from these blocks: there is none, or more than a tenth is rejected. Empty: enough count.
std::string too_few_count(const std::vector<Block>& blocks);

/// The same of a benchmark that `measured` of them have: more than a tenth of those that count lack it.
std::string too_few_have_it(const std::vector<Block>& blocks, std::size_t measured);

}  // namespace cuparity
