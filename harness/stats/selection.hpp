// The k-th smallest of numbers that are counted, never formed: Walsh averages of 10^6 samples are 5·10^11.
#pragma once

#include <bit>
#include <cstdint>
#include <limits>
#include <numeric>

namespace cuparity {

/// Doubles in ascending order have ascending keys; -0 and +0 share one.
inline std::int64_t ordered_key(double value) {
  const auto bits = std::bit_cast<std::int64_t>(value);
  return bits >= 0 ? bits : std::numeric_limits<std::int64_t>::min() - bits;
}

inline double value_of_key(std::int64_t key) {
  return std::bit_cast<double>(key >= 0 ? key : std::numeric_limits<std::int64_t>::min() - key);
}

/// The smallest double x in [low, high] with count_at_most(x) >= k: exactly the k-th smallest (k from 1) of
/// what is counted, after at most 64 counts. Needs count_at_most(high) >= k.
template <typename CountAtMost>
double select_by_counting(double low, double high, std::int64_t k, CountAtMost count_at_most) {
  std::int64_t first = ordered_key(low);
  std::int64_t last = ordered_key(high);
  while (first < last) {
    const std::int64_t middle = std::midpoint(first, last);  // rounds towards first, so it is below last
    if (count_at_most(value_of_key(middle)) >= k) {
      last = middle;
    } else {
      first = middle + 1;
    }
  }
  return value_of_key(first);
}

}  // namespace cuparity
