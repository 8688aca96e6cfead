#include "harness/explain/influence_match.hpp"

#include <map>
#include <regex>
#include <string_view>

#include "harness/pattern.hpp"

namespace cuparity {
namespace {

/// A pattern of the tables; each is compiled once, as a report asks for them thousands of times.
const std::regex& compiled(const char* pattern) {
  static const auto all = [] {
    std::map<std::string_view, std::regex> patterns;
    for (const KnownInfluence& influence : known_influences()) {
      for (const char* one : {influence.key, influence.on_cpu, influence.on_cuda}) patterns.try_emplace(one, one, pattern_syntax);
    }
    for (const ExpectedDifference& one : expected_differences()) patterns.try_emplace(one.key, one.key, pattern_syntax);
    return patterns;
  }();
  return all.at(pattern);
}

}  // namespace

bool matches(const std::string& key, const char* pattern) { return std::regex_match(key, compiled(pattern)); }

bool moves(const KnownInfluence& influence, const std::string& backend, const std::string& benchmark) {
  const char* pattern = backend == "cuda" ? influence.on_cuda : influence.on_cpu;
  return *pattern != '\0' && std::regex_search(benchmark, compiled(pattern));
}

}  // namespace cuparity
