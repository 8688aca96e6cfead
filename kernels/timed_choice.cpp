#include "kernels/timed_choice.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace cuparity {
namespace {

constexpr double most_doubt = 0.05;

std::size_t most_rounds(const TimesInTurn& times) {
  std::size_t rounds = 0;
  for (const auto& of_candidate : times) rounds = std::max(rounds, of_candidate.size());
  return rounds;
}

/// Standard error of the median of normally spread values, from their median absolute deviation.
double standard_error(const std::vector<double>& values, double middle) {
  std::vector<double> deviations;
  for (const double value : values) deviations.push_back(std::fabs(value - middle));
  return 1.4826 * 1.2533 * median_time(deviations) / std::sqrt(static_cast<double>(values.size()));
}

}  // namespace

double median_time(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 == 1) return *middle;
  return (*middle + *std::max_element(values.begin(), middle)) / 2;
}

std::size_t fastest(const TimesInTurn& times) {
  const std::size_t rounds = most_rounds(times);
  std::size_t best = 0;
  double least = std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < times.size(); ++i) {
    if (times[i].size() < rounds) continue;
    const double own = median_time(times[i]);
    if (own < least) {
      least = own;
      best = i;
    }
  }
  return best;
}

std::size_t earliest_as_fast(const TimesInTurn& times, double least_margin) {
  const std::size_t best = fastest(times);
  for (std::size_t i = 0; i < best; ++i) {
    if (times[i].size() < times[best].size()) continue;
    std::vector<double> ratios;
    for (std::size_t round = 0; round < times[i].size(); ++round)
      ratios.push_back(times[i][round] / times[best][round]);
    const double middle = median_time(ratios);
    const double doubt = std::min(most_doubt, 3 * standard_error(ratios, middle));
    if (middle <= 1 + std::max(least_margin, doubt)) return i;
  }
  return best;
}

std::vector<std::size_t> about_as_fast(const TimesInTurn& times, double share) {
  const std::size_t best = fastest(times);
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < times.size(); ++i)
    if (times[i].size() == times[best].size() && median_time(times[i]) <= (1 + share) * median_time(times[best]))
      found.push_back(i);
  return found;
}

bool is_hopeless(const TimesInTurn& times, std::size_t candidate, double share) {
  const auto least = [](const std::vector<double>& values) {
    return *std::min_element(values.begin(), values.end());
  };
  double best = std::numeric_limits<double>::infinity();
  for (const auto& of_candidate : times) best = std::min(best, least(of_candidate));
  return least(times[candidate]) > (1 + share) * best;
}

}  // namespace cuparity
