#include "harness/stats/block_comparison.hpp"

#include <initializer_list>

#include "harness/record/benchmark_json.hpp"
#include "harness/stats/margins.hpp"

namespace cuparity {

TwoSamples paired_numbers(const std::vector<Block>& blocks, const std::string& benchmark, const BlockSide& baseline,
                          const BlockSide& candidate, BlockNumber number_of) {
  TwoSamples numbers;
  for (const Block& block : blocks) {
    const auto before = block.rejected.empty() ? number_of(block, baseline, benchmark) : std::nullopt;
    const auto after = before ? number_of(block, candidate, benchmark) : std::nullopt;
    if (after) {
      numbers.baseline.push_back(*before);
      numbers.candidate.push_back(*after);
    }
  }
  return numbers;
}

namespace {

bool counted_anywhere(const std::vector<Block>& blocks, const std::string& benchmark,
                      std::initializer_list<BlockSide> sides) {
  for (const Block& block : blocks) {
    for (const BlockSide& side : sides) {
      if (block.rejected.empty() && block_cycles(block, side, benchmark)) return true;
    }
  }
  return false;
}

}  // namespace

Observation observe_blocks(Comparison comparison, const std::vector<Block>& blocks, const BlockSide& baseline,
                           const BlockSide& candidate, const std::vector<std::string>& per_clock, double alpha) {
  const std::string benchmark = comparison.benchmark;
  const TwoSamples seconds = paired_numbers(blocks, benchmark, baseline, candidate, block_seconds);
  TwoSamples cycles;
  const bool wanted = is_per_clock(short_name(benchmark), per_clock);
  if (wanted) {
    cycles = paired_numbers(blocks, benchmark, baseline, candidate, block_cycles);
  }
  const std::size_t counted = cycles.baseline.size();
  if (counted > 0 && counted == seconds.baseline.size()) {
    return observe_per_clock(std::move(comparison), seconds, std::move(cycles), alpha, observe_paired);
  }
  Observation observation = observe_paired(std::move(comparison), seconds.baseline, seconds.candidate, alpha);
  if (wanted && counted_anywhere(blocks, benchmark, {baseline, candidate})) {  // a CPU has none
    observation.note = "; compared in time, for not every process counted its clock cycles";
  }
  return observation;
}

}  // namespace cuparity
