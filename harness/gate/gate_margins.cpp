#include "harness/gate/gate_margins.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <set>

#include "harness/errors.hpp"
#include "harness/nearest_name.hpp"
#include "harness/stats/margins.hpp"

namespace cuparity {
namespace {

std::string class_of(const std::string& short_name) { return short_name.substr(0, short_name.find('/')); }

/// "gemm" and "0.5%" of "gemm=0.5%".
std::pair<std::string, std::string> halves_of(const std::string& text) {
  const std::size_t equals = text.rfind('=');
  if (equals == std::string::npos || equals == 0) {
    throw UsageError(fmt::format("--margin {}: write class=share, e.g. gemm=0.5% or default=0.02", text));
  }
  return {text.substr(0, equals), text.substr(equals + 1)};
}

}  // namespace

std::function<double(const std::string&)> margins_with(const std::vector<std::string>& overrides,
                                                       const std::map<std::string, double>& base) {
  std::map<std::string, double> by_class;
  for (const std::string& text : overrides) {
    const auto [name, share] = halves_of(text);
    if (!by_class.emplace(name, parse_margin("--margin " + text, share)).second) {
      throw UsageError(fmt::format("--margin {}: '{}' has a margin already; give each class one", text, name));
    }
  }
  return [by_class, base](const std::string& name) {
    const auto own = by_class.find(class_of(name));
    if (own != by_class.end()) {
      return own->second;
    }
    const auto fallback = by_class.find("default");
    return fallback != by_class.end() ? fallback->second : margin_of(name, base);
  };
}

void refuse_unknown_classes(const std::vector<std::string>& overrides, const std::vector<std::string>& short_names) {
  std::set<std::string> classes;
  for (const std::string& name : short_names) classes.insert(class_of(name));
  for (const std::string& text : overrides) {
    const std::string name = halves_of(text).first;
    if (name == "default" || classes.count(name) != 0) continue;
    const std::string nearest = did_you_mean(name, {classes.begin(), classes.end()});
    throw UsageError(fmt::format("--margin {}: no benchmark here is of the class '{}'{} The classes are {}, and "
                                 "default for all others",
                                 text, name, nearest.empty() ? "." : nearest, fmt::join(classes, ", ")));
  }
}

}  // namespace cuparity
