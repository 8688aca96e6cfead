// The order of trials: blocks in which every mode runs once in a random order and once more in reverse.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace cuparity {

/// The modes of one block in the order in which they run, 2 × modes long: a seeded random permutation, then
/// the same backwards (ABBA for two modes), so that a linear drift cancels inside the block. The order
/// depends on seed, block and the modes alone, on every platform: a resumed run continues the same plan.
std::vector<std::string> block_order(std::uint64_t seed, int block, const std::vector<std::string>& modes);

}  // namespace cuparity
