#include "harness/stats/multiple_comparisons.hpp"

#include <algorithm>
#include <numeric>

namespace cuparity {
namespace {

std::vector<std::size_t> ascending_order(std::span<const double> p_values) {
  std::vector<std::size_t> order(p_values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [p_values](std::size_t a, std::size_t b) { return p_values[a] < p_values[b]; });
  return order;
}

}  // namespace

std::vector<double> holm(std::span<const double> p_values) {
  const std::vector<std::size_t> order = ascending_order(p_values);
  std::vector<double> adjusted(p_values.size());
  double largest = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    largest = std::max(largest, static_cast<double>(order.size() - i) * p_values[order[i]]);
    adjusted[order[i]] = std::min(1.0, largest);
  }
  return adjusted;
}

std::vector<std::optional<double>> holm_of_present(std::span<const std::optional<double>> p_values) {
  std::vector<double> made;
  for (const std::optional<double>& p_value : p_values) {
    if (p_value) made.push_back(*p_value);
  }
  const std::vector<double> adjusted = holm(made);
  std::vector<std::optional<double>> result(p_values.size());
  auto next = adjusted.begin();
  for (std::size_t i = 0; i < p_values.size(); ++i) {
    if (p_values[i]) result[i] = *next++;
  }
  return result;
}

std::vector<double> benjamini_hochberg(std::span<const double> p_values) {
  const std::vector<std::size_t> order = ascending_order(p_values);
  std::vector<double> adjusted(p_values.size());
  double smallest = 1;
  for (std::size_t i = order.size(); i-- > 0;) {
    smallest = std::min(smallest,
                        p_values[order[i]] * static_cast<double>(order.size()) / static_cast<double>(i + 1));
    adjusted[order[i]] = smallest;
  }
  return adjusted;
}

}  // namespace cuparity
