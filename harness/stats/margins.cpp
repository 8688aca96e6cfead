#include "harness/stats/margins.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <regex>

#include "harness/errors.hpp"
#include "harness/pattern.hpp"

namespace cuparity {
namespace {

constexpr double smallest_margin = 1e-9;

}  // namespace

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
      if (std::regex_search(benchmark, compiled_pattern(pattern))) {
        chosen = margin;
        longest = pattern.size();
      }
    } catch (const std::regex_error&) {
      throw UsageError(fmt::format("margin \"{}\": not a regular expression", pattern));
    }
  }
  return chosen;
}

double parse_share(const std::string& text, const std::string& what) {
  char* end = nullptr;
  double value = std::strtod(text.c_str(), &end);
  std::string rest = end;
  rest.erase(0, rest.find_first_not_of(' ') == std::string::npos ? rest.size() : rest.find_first_not_of(' '));
  if (rest == "%") {
    value /= 100;
  }
  if (end == text.c_str() || (!rest.empty() && rest != "%") || !(value > 0) || !std::isfinite(value) || value > 10) {
    throw UsageError(fmt::format("{}: '{}' is no share above 0; write 5 % or 0.05", what, text));
  }
  return value;
}

double parse_margin(const std::string& option, const std::string& share) {
  char* end = nullptr;
  const double number = std::strtod(share.c_str(), &end);
  if (*end == '\0' && number >= 1 && number < 100) {
    throw UsageError(fmt::format("{0} means {1:g} %; for {2:g} % write {0}%", option, number * 100, number));
  }
  if (number >= 1 && (*end == '\0' || number >= 100)) {
    throw UsageError(fmt::format("{}: a margin must be below 100 %", option));
  }
  const double margin = parse_share(share, option);
  if (margin < smallest_margin) throw UsageError(fmt::format("{}: a margin must be at least 1e-9", option));
  return margin;
}

bool is_per_clock(const std::string& benchmark, const std::vector<std::string>& per_clock) {
  return std::any_of(per_clock.begin(), per_clock.end(), [&](const std::string& pattern) {
    try {
      return std::regex_search(benchmark, compiled_pattern(pattern));
    } catch (const std::regex_error&) {
      throw UsageError(fmt::format("per_clock \"{}\": not a regular expression", pattern));
    }
  });
}

}  // namespace cuparity
