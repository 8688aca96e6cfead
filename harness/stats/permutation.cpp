#include "harness/stats/permutation.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace cuparity {
namespace {

double largest_between(const std::vector<double>& centred, const std::vector<double>& weights,
                       std::size_t minimum_segment) {
  double sum = 0;
  double largest = 0;
  for (std::size_t i = 1; i + minimum_segment <= centred.size(); ++i) {
    sum += centred[i - 1];
    largest = std::max(largest, sum * sum * weights[i]);
  }
  return largest;
}

}  // namespace

PermutationTest::PermutationTest(std::span<const double> values, int minimum_segment, int block_length,
                                 std::uint64_t seed)
    : values_(values.begin(), values.end()),
      weights_(values.size(), 0.0),
      minimum_segment_(static_cast<std::size_t>(minimum_segment)),
      block_length_(block_length),
      random_(seed) {
  const double mean = std::accumulate(values_.begin(), values_.end(), 0.0) / static_cast<double>(values_.size());
  for (double& value : values_) {
    value -= mean;
  }
  for (std::size_t i = minimum_segment_; i + minimum_segment_ <= values_.size(); ++i) {
    weights_[i] = split_weight(i, values_.size());  // 0 before: no split there
  }
  permuted_ = values_;
  // A permutation that ties but for rounding counts as at least as large.
  observed_ = largest_between(values_, weights_, minimum_segment_) * (1 - 1e-12);
}

void PermutationTest::run(int permutations, double alpha) {
  // With more exceedances than this, p is above alpha after all permutations.
  const double most = alpha * (permutations + 1.0) - 1;
  while (done_ < permutations && at_least_as_large_ <= most) {
    shuffle();
    ++done_;
    at_least_as_large_ += permuted_is_as_large() ? 1 : 0;
  }
}

void PermutationTest::shuffle() {
  if (block_length_ > 1) {
    shuffle_blocks();
  } else {
    shuffle_values();
  }
}

void PermutationTest::shuffle_values() {
  for (std::size_t i = permuted_.size(); i > 1; --i) {
    std::swap(permuted_[i - 1], permuted_[random_.below(i)]);
  }
}

void PermutationTest::shuffle_blocks() {
  const std::size_t n = values_.size();
  const auto length = static_cast<std::size_t>(block_length_);
  const std::size_t start = random_.below(n);
  std::vector<std::size_t> blocks((n + length - 1) / length);
  std::iota(blocks.begin(), blocks.end(), std::size_t{0});
  for (std::size_t i = blocks.size(); i > 1; --i) {
    std::swap(blocks[i - 1], blocks[random_.below(i)]);
  }
  std::size_t place = 0;
  for (const std::size_t block : blocks) {
    for (std::size_t i = block * length; i < std::min(n, (block + 1) * length); ++i) {
      permuted_[place++] = values_[(start + i) % n];
    }
  }
}

bool PermutationTest::permuted_is_as_large() const {
  double sum = 0;
  for (std::size_t i = 1; i + minimum_segment_ <= permuted_.size(); ++i) {
    sum += permuted_[i - 1];
    if (sum * sum * weights_[i] >= observed_) {
      return true;
    }
  }
  return false;
}

}  // namespace cuparity
