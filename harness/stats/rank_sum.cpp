#include "harness/stats/rank_sum.hpp"

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <cmath>
#include <cstdint>
#include <limits>

#include "harness/stats/selection.hpp"

namespace cuparity {
namespace {

bool comparable(std::span<const double> values) {
  return !values.empty() &&
         std::all_of(values.begin(), values.end(), [](double v) { return std::isfinite(v); });
}

std::vector<double> ascending(std::span<const double> values) {
  std::vector<double> sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end());
  return sorted;
}

bool exact(std::size_t n, std::size_t m) { return n + m <= static_cast<std::size_t>(rank_sum_exact_limit); }

/// k-th smallest candidate_j - baseline_i, k from 1, of ascending samples.
double difference(const std::vector<double>& baseline, const std::vector<double>& candidate, std::int64_t k) {
  const auto count_at_most = [&](double bound) {
    std::int64_t count = 0;
    std::size_t j = 0;  // candidates before j are at most `bound` above baseline[i]; grows with i
    for (const double value : baseline) {
      while (j < candidate.size() && candidate[j] - value <= bound) {
        ++j;
      }
      count += static_cast<std::int64_t>(j);
    }
    return count;
  };
  return select_by_counting(candidate.front() - baseline.back(), candidate.back() - baseline.front(), k,
                            count_at_most);
}

/// P(sum = s) of `chosen` of the `ranks` drawn without replacement. Only additions of positive numbers, so
/// that the relative error stays at rounding.
std::vector<double> draw_distribution(const std::vector<int>& ranks, int chosen) {
  int total = 0;
  for (const int rank : ranks) {
    total += rank;
  }
  const std::size_t width = static_cast<std::size_t>(total) + 1;
  std::vector<std::vector<double>> ways(static_cast<std::size_t>(chosen) + 1,
                                        std::vector<double>(width, 0.0));
  ways[0][0] = 1;
  int reached = 0;
  for (const int rank : ranks) {
    reached += rank;
    for (int k = chosen; k >= 1; --k) {
      for (int sum = reached; sum >= rank; --sum) {
        ways[k][sum] += ways[k - 1][sum - rank];
      }
    }
  }
  std::vector<double> probability = std::move(ways[chosen]);
  double all = 0;
  for (const double count : probability) {
    all += count;
  }
  for (double& count : probability) {
    count /= all;
  }
  return probability;
}

/// The largest c with P(U <= c) <= alpha/2; -1 if there is none.
std::int64_t critical_value(std::size_t n, std::size_t m, double alpha) {
  if (!exact(n, m)) {
    const double product = static_cast<double>(n) * static_cast<double>(m);
    const double deviation = std::sqrt(product * (static_cast<double>(n + m) + 1) / 12);
    const double z = boost::math::quantile(boost::math::normal(), 1 - alpha / 2);
    return std::max<std::int64_t>(-1,
                                  static_cast<std::int64_t>(std::floor(product / 2 - z * deviation - 0.5)));
  }
  double cumulative = 0;
  std::int64_t c = -1;
  for (const double probability : rank_sum_distribution(static_cast<int>(n), static_cast<int>(m))) {
    cumulative += probability;
    if (cumulative > alpha / 2) {
      break;
    }
    ++c;
  }
  return c;
}

/// Twice the midranks of the pooled sample, whole numbers; and the sum of the candidate's.
struct PooledRanks {
  std::vector<std::int64_t> doubled;
  std::int64_t candidate_sum = 0;
};

PooledRanks pooled_ranks(std::span<const double> baseline, std::span<const double> candidate) {
  struct Value {
    double value;
    bool candidate;
  };
  std::vector<Value> pooled;
  for (const double value : baseline) pooled.push_back({value, false});
  for (const double value : candidate) pooled.push_back({value, true});
  std::sort(pooled.begin(), pooled.end(), [](const Value& a, const Value& b) { return a.value < b.value; });
  PooledRanks ranks;
  for (std::size_t first = 0; first < pooled.size();) {
    std::size_t end = first + 1;
    while (end < pooled.size() && pooled[end].value == pooled[first].value) {
      ++end;
    }
    const auto doubled = static_cast<std::int64_t>(first + 1 + end);
    for (std::size_t i = first; i < end; ++i) {
      ranks.doubled.push_back(doubled);
      ranks.candidate_sum += pooled[i].candidate ? doubled : 0;
    }
    first = end;
  }
  return ranks;
}

double exact_p_value(const PooledRanks& ranks, int candidates) {
  const std::vector<double> probability =
      draw_distribution(std::vector<int>(ranks.doubled.begin(), ranks.doubled.end()), candidates);
  double at_most = 0;
  double at_least = 0;
  for (std::size_t sum = 0; sum < probability.size(); ++sum) {
    at_most += static_cast<std::int64_t>(sum) <= ranks.candidate_sum ? probability[sum] : 0;
    at_least += static_cast<std::int64_t>(sum) >= ranks.candidate_sum ? probability[sum] : 0;
  }
  return std::min(1.0, 2 * std::min(at_most, at_least));
}

/// Mean and variance of a sum drawn without replacement from the midranks: corrected for ties by itself.
double approximate_p_value(const PooledRanks& ranks, double n, double m) {
  const double size = n + m;
  const double mean_rank = (size + 1) / 2;
  double squares = 0;
  for (const std::int64_t doubled : ranks.doubled) {
    const double deviation = 0.5 * static_cast<double>(doubled) - mean_rank;
    squares += deviation * deviation;
  }
  const double variance = n * m / (size * (size - 1)) * squares;
  const double distance = std::abs(0.5 * static_cast<double>(ranks.candidate_sum) - m * mean_rank);
  if (variance <= 0) {
    return 1;
  }
  const double z = std::max(0.0, distance - 0.5) / std::sqrt(variance);
  return std::min(1.0, 2 * boost::math::cdf(boost::math::complement(boost::math::normal(), z)));
}

}  // namespace

std::vector<double> rank_sum_distribution(int n, int m) {
  // U = (rank sum of the n) - n(n+1)/2.
  std::vector<int> ranks;
  for (int rank = 1; rank <= n + m; ++rank) {
    ranks.push_back(rank);
  }
  const std::vector<double> sums = draw_distribution(ranks, n);
  const auto first = sums.begin() + static_cast<std::ptrdiff_t>(n) * (n + 1) / 2;
  return {first, first + static_cast<std::ptrdiff_t>(n) * m + 1};
}

double rank_sum_shift(std::span<const double> baseline, std::span<const double> candidate) {
  if (!comparable(baseline) || !comparable(candidate)) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  const std::vector<double> from = ascending(baseline);
  const std::vector<double> to = ascending(candidate);
  const auto count = static_cast<std::int64_t>(from.size()) * static_cast<std::int64_t>(to.size());
  const double lower = difference(from, to, (count + 1) / 2);
  return count % 2 == 1 ? lower : 0.5 * (lower + difference(from, to, count / 2 + 1));
}

Interval rank_sum_interval(std::span<const double> baseline, std::span<const double> candidate,
                           double alpha) {
  if (!comparable(baseline) || !comparable(candidate)) {
    return {};
  }
  const std::int64_t c = critical_value(baseline.size(), candidate.size(), alpha);
  if (c < 0) {
    return {};
  }
  const std::vector<double> from = ascending(baseline);
  const std::vector<double> to = ascending(candidate);
  const auto count = static_cast<std::int64_t>(from.size()) * static_cast<std::int64_t>(to.size());
  return {difference(from, to, c + 1), difference(from, to, count - c)};
}

double rank_sum_p_value(std::span<const double> baseline, std::span<const double> candidate) {
  if (!comparable(baseline) || !comparable(candidate)) {
    return 1;
  }
  const PooledRanks ranks = pooled_ranks(baseline, candidate);
  return exact(baseline.size(), candidate.size())
             ? exact_p_value(ranks, static_cast<int>(candidate.size()))
             : approximate_p_value(ranks, static_cast<double>(baseline.size()),
                                   static_cast<double>(candidate.size()));
}

double rank_sum_smallest_p_value(int n, int m) {
  const double log_choices = std::lgamma(n + m + 1.0) - std::lgamma(n + 1.0) - std::lgamma(m + 1.0);
  return std::min(1.0, 2 * std::exp(-log_choices));
}

}  // namespace cuparity
