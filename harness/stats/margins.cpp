#include "harness/stats/margins.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <regex>

#include "harness/errors.hpp"

namespace cuparity {

std::map<std::string, double> default_margins() {
  return {{"default", 0.01}, {"^launch/", 0.02}, {"^startup/", 0.10}};
}

double margin_of(const std::string& benchmark, const std::map<std::string, double>& margins) {
  if (margins.empty()) {
    return margin_of(benchmark, default_margins());
  }
  const auto fallback = margins.find("default");
  double chosen = fallback == margins.end() ? 0.01 : fallback->second;
  std::size_t longest = 0;
  for (const auto& [pattern, margin] : margins) {
    if (!(margin > 0) || std::isinf(margin)) {
      throw UsageError(fmt::format("margin \"{}\": {} is not above 0; 0.01 means 1 %", pattern, margin));
    }
    if (pattern == "default" || pattern.size() <= longest) {
      continue;
    }
    try {
      if (std::regex_search(benchmark, std::regex(pattern))) {
        chosen = margin;
        longest = pattern.size();
      }
    } catch (const std::regex_error&) {
      throw UsageError(fmt::format("margin \"{}\": not a regular expression", pattern));
    }
  }
  return chosen;
}

bool is_per_clock(const std::string& benchmark, const std::vector<std::string>& per_clock) {
  return std::any_of(per_clock.begin(), per_clock.end(), [&](const std::string& pattern) {
    try {
      return std::regex_search(benchmark, std::regex(pattern));
    } catch (const std::regex_error&) {
      throw UsageError(fmt::format("per_clock \"{}\": not a regular expression", pattern));
    }
  });
}

}  // namespace cuparity
