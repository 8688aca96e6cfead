#include "harness/stats/change_points.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "harness/parallel.hpp"
#include "harness/stats/multiple_comparisons.hpp"
#include "harness/stats/permutation.hpp"
#include "harness/stats/power.hpp"
#include "harness/stats/serial_correlation.hpp"

namespace cuparity {
namespace {

/// A part of a series that may hold a change, and what the permutations said so far.
struct Part {
  std::size_t series = 0;
  std::size_t begin = 0;
  std::size_t end = 0;
  int block_length = 1;  ///< of the permutation: that of the series
  LargestSplit split = {};
  PermutationTest test = {};
};

std::uint64_t seed_of(const Part& part, std::uint64_t seed) {
  return seed + 0x9e3779b97f4a7c15ULL * (part.series + 1) + 0xbf58476d1ce4e5b9ULL * part.begin +
         0x94d049bb133111ebULL * part.end;
}

std::span<const double> values_of(const Part& part, const std::vector<std::vector<double>>& series) {
  return std::span<const double>(series[part.series]).subspan(part.begin, part.end - part.begin);
}

void begin_test(Part& part, const std::vector<std::vector<double>>& series,
                const ChangePointSettings& settings) {
  const std::span<const double> values = values_of(part, series);
  part.split = largest_split(values, settings.minimum_segment);
  if (part.split.index == 0) {
    return;
  }
  const int longest = std::max(2, static_cast<int>(values.size()) / 4);
  const int block = part.block_length > 1 ? std::min(part.block_length, longest) : 1;
  part.test = PermutationTest(values, settings.minimum_segment, block, seed_of(part, settings.seed));
}

std::vector<bool> rejected(const std::vector<Part>& parts, double alpha) {
  std::vector<double> p_values;
  for (const Part& part : parts) {
    p_values.push_back(part.split.index == 0 ? 1 : part.test.p_value());
  }
  const std::vector<double> adjusted = benjamini_hochberg(p_values);
  std::vector<bool> result;
  for (const double p : adjusted) {
    result.push_back(p <= alpha);
  }
  return result;
}

/// The p values that the family asks for can be smaller than B permutations can give: then the parts that are
/// still candidates get as many as the smallest level needs.
std::vector<bool> decide_round(std::vector<Part>& parts, const std::vector<std::vector<double>>& series,
                               const ChangePointSettings& settings) {
  for_each_index(parts.size(), settings.threads, [&](std::size_t i) {
    begin_test(parts[i], series, settings);
    if (parts[i].split.index > 0) {
      parts[i].test.run(settings.permutations, settings.alpha);
    }
  });
  const std::vector<bool> first = rejected(parts, settings.alpha);
  const auto family = static_cast<double>(parts.size());
  const int needed = static_cast<int>(std::ceil(family / settings.alpha - 1e-9)) - 1;
  std::vector<std::size_t> candidates;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (parts[i].split.index > 0 && parts[i].test.p_value() <= settings.alpha) {
      candidates.push_back(i);
    }
  }
  if (needed <= settings.permutations || candidates.empty()) {
    return first;
  }
  // No more than the candidates can be rejected, so none whose p is above this.
  const double most = settings.alpha * static_cast<double>(candidates.size()) / family;
  for_each_index(candidates.size(), settings.threads, [&](std::size_t i) {
    if (!first[candidates[i]]) {
      parts[candidates[i]].test.run(needed, most);
    }
  });
  return rejected(parts, settings.alpha);
}

ChangePoint change_point(const Part& part) {
  ChangePoint point;
  point.index = part.begin + part.split.index;
  point.p_value = part.test.p_value();
  point.serial_correlation = part.test.block_length() > 1;
  return point;
}

/// The levels beside a change are those of its final segments, not of the part in which it was found.
void set_levels(std::span<const double> values, std::vector<ChangePoint>& points) {
  std::sort(points.begin(), points.end(), [](const auto& a, const auto& b) { return a.index < b.index; });
  for (std::size_t i = 0; i < points.size(); ++i) {
    const std::size_t begin = i == 0 ? 0 : points[i - 1].index;
    const std::size_t end = i + 1 == points.size() ? values.size() : points[i + 1].index;
    points[i].before = mean_of(values.subspan(begin, points[i].index - begin));
    points[i].after = mean_of(values.subspan(points[i].index, end - points[i].index));
  }
}

/// Splits until no part of any series has a significant split.
std::vector<std::vector<ChangePoint>> segment(const std::vector<std::vector<double>>& series,
                                              const std::vector<int>& block_lengths,
                                              const ChangePointSettings& settings) {
  std::vector<std::vector<ChangePoint>> found(series.size());
  std::vector<Part> parts;
  for (std::size_t i = 0; i < series.size(); ++i) {
    parts.push_back({i, 0, series[i].size(), block_lengths[i]});
  }
  while (!parts.empty()) {
    const std::vector<bool> changed = decide_round(parts, series, settings);
    std::vector<Part> next;
    for (std::size_t i = 0; i < parts.size(); ++i) {
      const Part& part = parts[i];
      if (!changed[i]) {
        continue;
      }
      const ChangePoint point = change_point(part);
      found[part.series].push_back(point);
      next.push_back({part.series, part.begin, point.index, part.block_length});
      next.push_back({part.series, point.index, part.end, part.block_length});
    }
    parts = std::move(next);
  }
  for (std::size_t i = 0; i < series.size(); ++i) {
    set_levels(series[i], found[i]);
  }
  return found;
}

/// What is left when the mean of its level is taken off each value.
std::vector<double> residuals(std::span<const double> values, const std::vector<ChangePoint>& points) {
  std::vector<double> result(values.begin(), values.end());
  double level = points.empty() ? mean_of(values) : points.front().before;
  for (std::size_t i = 0, next = 0; i < result.size(); ++i) {
    if (next < points.size() && points[next].index == i) {
      level = points[next++].after;
    }
    result[i] -= level;
  }
  return result;
}

/// 1, or the length of blocks to permute where values depend on their predecessors. A change of level looks
/// like such a dependence, so the levels that a permutation of single values finds are taken off first.
int block_length_of(const std::vector<double>& values, const ChangePointSettings& settings,
                    std::size_t series) {
  ChangePointSettings alone = settings;
  alone.threads = 1;
  // Rough is enough here, and a fifth of the work.
  alone.permutations = std::min(settings.permutations, static_cast<int>(std::ceil(2 / settings.alpha)) - 1);
  alone.seed = settings.seed + 0xd1342543de82ef95ULL * (series + 1);
  const std::vector<double> rest = residuals(values, segment({values}, {1}, alone).front());
  const bool correlated = ljung_box_p_value(rest, ljung_box_lags(rest.size())) < settings.serial_alpha;
  return correlated ? dependent_block_length(rest) : 1;
}

}  // namespace

LargestSplit largest_split(std::span<const double> values, int minimum_segment) {
  const std::size_t n = values.size();
  const auto shortest = static_cast<std::size_t>(minimum_segment);
  if (n < 2 * shortest || n < 3) {
    return {};
  }
  const double mean = mean_of(values);
  double total = 0;
  for (const double value : values) {
    total += (value - mean) * (value - mean);
  }
  if (!(total > 1e-24 * mean * mean * static_cast<double>(n))) {
    return {};  // constant but for rounding
  }
  LargestSplit best;
  double best_between = -1;
  double best_sum = 0;
  double sum = 0;  // of the centred values before the split
  for (std::size_t i = 1; i <= n - shortest; ++i) {
    sum += values[i - 1] - mean;
    const double between = sum * sum * split_weight(i, n);
    if (i >= shortest && between > best_between) {
      best = {i, 0};
      best_between = between;
      best_sum = sum;
    }
  }
  const double within = std::max(total - best_between, 1e-15 * total);
  best.t = std::copysign(std::sqrt(best_between * (static_cast<double>(n) - 2) / within), -best_sum);
  return best;
}

std::vector<std::vector<ChangePoint>> find_change_points(const std::vector<std::vector<double>>& series,
                                                         const ChangePointSettings& settings) {
  std::vector<int> block_lengths(series.size());
  for_each_index(series.size(), settings.threads, [&](std::size_t i) {
    block_lengths[i] = block_length_of(series[i], settings, i);
  });
  return segment(series, block_lengths, settings);
}

}  // namespace cuparity
