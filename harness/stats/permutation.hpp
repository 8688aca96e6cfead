// The permutation test of the largest split of a series, whose permutations can be added to.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace cuparity {

/// The sum of squares between two levels is S² · n/(i·(n - i)): S the sum of the first i centred values.
/// Under permutation |t| grows with it, since the total sum of squares stays.
inline double split_weight(std::size_t i, std::size_t n) {
  const double first = static_cast<double>(i);
  return static_cast<double>(n) / (first * (static_cast<double>(n) - first));
}

/// SplitMix64 (Steele, Lea, Flood, OOPSLA 2014): small, fast, the same everywhere.
class PermutationRandom {
 public:
  explicit PermutationRandom(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15ULL);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
  }
  /// In [0, bound), bound below 2^32; the bias is below bound/2^32.
  std::uint64_t below(std::uint64_t bound) { return ((next() >> 32) * bound) >> 32; }

 private:
  std::uint64_t state_;
};

class PermutationTest {
 public:
  PermutationTest() = default;
  /// `block_length` 1 permutes single values. Longer blocks begin at a random place each time and close in
  /// a circle, so that no border is special.
  PermutationTest(std::span<const double> values, int minimum_segment, int block_length, std::uint64_t seed);

  /// Goes on to `permutations` in all, or stops when p can only be above `alpha` however the rest turns out
  /// (Besag and Clifford, Biometrika 78 (1991) 301): p_value() is then that of the permutations done.
  void run(int permutations, double alpha);

  /// (1 + k)/(B + 1).
  double p_value() const { return (1.0 + at_least_as_large_) / (1.0 + done_); }
  int block_length() const { return block_length_; }

 private:
  void shuffle();
  void shuffle_values();
  void shuffle_blocks();
  bool permuted_is_as_large() const;

  std::vector<double> values_;    ///< centred
  std::vector<double> permuted_;  ///< state of the shuffle
  std::vector<double> weights_;   ///< split_weight by position
  std::size_t minimum_segment_ = 3;
  int block_length_ = 1;
  double observed_ = 0;  ///< sum of squares between the levels of the largest split
  PermutationRandom random_{0};
  int done_ = 0;
  int at_least_as_large_ = 0;
};

}  // namespace cuparity
