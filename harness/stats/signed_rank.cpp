#include "harness/stats/signed_rank.hpp"

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <cmath>
#include <cstdint>
#include <limits>

#include "harness/stats/selection.hpp"

namespace cuparity {
namespace {

bool all_finite(std::span<const double> values) {
  return std::all_of(values.begin(), values.end(), [](double value) { return std::isfinite(value); });
}

std::int64_t walsh_count(std::size_t n) {
  return static_cast<std::int64_t>(n) * (static_cast<std::int64_t>(n) + 1) / 2;
}

/// k-th smallest Walsh average, k from 1, of ascending values.
double walsh_average(std::span<const double> sorted, std::int64_t k) {
  const auto count_at_most = [sorted](double bound) {
    std::int64_t count = 0;
    auto j = static_cast<std::int64_t>(sorted.size()) - 1;
    for (std::int64_t i = 0; i <= j; ++i) {
      while (j >= i && 0.5 * (sorted[i] + sorted[j]) > bound) {
        --j;
      }
      count += j - i + 1;
    }
    return count;
  };
  return select_by_counting(sorted.front(), sorted.back(), k, count_at_most);
}

/// The largest c with P(T <= c) <= alpha/2; -1 if there is none.
std::int64_t critical_value(std::size_t n, double alpha) {
  if (n > static_cast<std::size_t>(signed_rank_exact_limit)) {
    const double size = static_cast<double>(n);
    const double mean = size * (size + 1) / 4;
    const double deviation = std::sqrt(size * (size + 1) * (2 * size + 1) / 24);
    const double z = boost::math::quantile(boost::math::normal(), 1 - alpha / 2);
    return std::max<std::int64_t>(-1, static_cast<std::int64_t>(std::floor(mean - z * deviation - 0.5)));
  }
  const std::vector<double> distribution = signed_rank_distribution(static_cast<int>(n));
  double cumulative = 0;
  std::int64_t c = -1;
  for (const double probability : distribution) {
    cumulative += probability;
    if (cumulative > alpha / 2) {
      break;
    }
    ++c;
  }
  return c;
}

/// Distribution of the sum of `ranks`, each taken with probability 1/2.
std::vector<double> sum_distribution(const std::vector<int>& ranks) {
  int total = 0;
  for (const int rank : ranks) {
    total += rank;
  }
  std::vector<double> probability(static_cast<std::size_t>(total) + 1, 0.0);
  probability[0] = 1;
  int reached = 0;
  for (const int rank : ranks) {
    reached += rank;
    for (int t = reached; t >= 0; --t) {
      probability[t] = 0.5 * (probability[t] + (t >= rank ? probability[t - rank] : 0.0));
    }
  }
  return probability;
}

/// Twice the midranks of |d|, so that they are whole, of the differences that are not 0; and T+ in that unit.
struct SignedRanks {
  std::vector<std::int64_t> doubled;
  std::int64_t positive_sum = 0;
};

SignedRanks signed_ranks(std::span<const double> differences) {
  std::vector<double> sorted(differences.begin(), differences.end());
  std::sort(sorted.begin(), sorted.end(), [](double a, double b) { return std::abs(a) < std::abs(b); });
  SignedRanks ranks;
  for (std::size_t first = 0; first < sorted.size();) {
    std::size_t end = first + 1;
    while (end < sorted.size() && std::abs(sorted[end]) == std::abs(sorted[first])) {
      ++end;
    }
    const auto doubled = static_cast<std::int64_t>(first + 1 + end);  // first and last place, from 1
    for (std::size_t i = first; i < end && sorted[i] != 0; ++i) {
      ranks.doubled.push_back(doubled);
      ranks.positive_sum += sorted[i] > 0 ? doubled : 0;
    }
    first = end;
  }
  return ranks;
}

double exact_p_value(const SignedRanks& ranks) {
  const std::vector<double> probability =
      sum_distribution(std::vector<int>(ranks.doubled.begin(), ranks.doubled.end()));
  double at_most = 0;
  double at_least = 0;
  for (std::size_t t = 0; t < probability.size(); ++t) {
    at_most += static_cast<std::int64_t>(t) <= ranks.positive_sum ? probability[t] : 0;
    at_least += static_cast<std::int64_t>(t) >= ranks.positive_sum ? probability[t] : 0;
  }
  return std::min(1.0, 2 * std::min(at_most, at_least));
}

/// The variance from the ranks themselves, sum r²/4, is the one corrected for ties and zeros.
double approximate_p_value(const SignedRanks& ranks) {
  double mean = 0;
  double variance = 0;
  for (const std::int64_t doubled : ranks.doubled) {
    const double rank = 0.5 * static_cast<double>(doubled);
    mean += rank / 2;
    variance += rank * rank / 4;
  }
  const double distance = std::abs(0.5 * static_cast<double>(ranks.positive_sum) - mean);
  const double z = std::max(0.0, distance - 0.5) / std::sqrt(variance);
  return std::min(1.0, 2 * boost::math::cdf(boost::math::complement(boost::math::normal(), z)));
}

}  // namespace

std::vector<double> signed_rank_distribution(int n) {
  std::vector<int> ranks;
  for (int rank = 1; rank <= n; ++rank) {
    ranks.push_back(rank);
  }
  return sum_distribution(ranks);
}

double hodges_lehmann(std::span<const double> differences) {
  if (differences.empty() || !all_finite(differences)) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  std::vector<double> sorted(differences.begin(), differences.end());
  std::sort(sorted.begin(), sorted.end());
  const std::int64_t count = walsh_count(sorted.size());
  const double lower = walsh_average(sorted, (count + 1) / 2);
  return count % 2 == 1 ? lower : 0.5 * (lower + walsh_average(sorted, count / 2 + 1));
}

Interval signed_rank_interval(std::span<const double> differences, double alpha) {
  if (differences.empty() || !all_finite(differences)) {
    return {};
  }
  const std::int64_t c = critical_value(differences.size(), alpha);
  if (c < 0) {
    return {};
  }
  std::vector<double> sorted(differences.begin(), differences.end());
  std::sort(sorted.begin(), sorted.end());
  return {walsh_average(sorted, c + 1), walsh_average(sorted, walsh_count(sorted.size()) - c)};
}

double signed_rank_p_value(std::span<const double> differences) {
  if (!all_finite(differences)) {
    return 1;
  }
  const SignedRanks ranks = signed_ranks(differences);
  if (ranks.doubled.empty()) {
    return 1;
  }
  const bool exact = differences.size() <= static_cast<std::size_t>(signed_rank_exact_limit);
  return exact ? exact_p_value(ranks) : approximate_p_value(ranks);
}

}  // namespace cuparity
