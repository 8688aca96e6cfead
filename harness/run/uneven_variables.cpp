#include "harness/run/uneven_variables.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>
#include <string_view>

#include "harness/explain/influence_match.hpp"
#include "harness/report/text.hpp"

namespace cuparity {
namespace {

constexpr std::string_view prefix = "variable_";
constexpr std::size_t longest_value = 60;

/// What is expected to differ, such as versions that an image names, counts as nothing.
bool moves_any(const std::string& key, const std::string& backend, const std::vector<std::string>& benchmarks) {
  const auto expected = expected_differences();
  if (std::any_of(expected.begin(), expected.end(), [&](const auto& one) { return matches(key, one.key); })) return false;
  const auto influences = known_influences();
  return std::any_of(influences.begin(), influences.end(), [&](const KnownInfluence& influence) {
    return matches(key, influence.key) && std::any_of(benchmarks.begin(), benchmarks.end(), [&](const std::string& benchmark) {
             return moves(influence, backend, benchmark);
           });
  });
}

std::string words_for(const SeenEnvironment& environment, const std::string& key) {
  const auto found = environment.find(key);
  return found == environment.end() ? "not set" : fmt::format("'{}'", shortened(found->second, longest_value));
}

}  // namespace

std::vector<std::string> uneven_variables(const std::map<std::string, SeenEnvironment>& seen, const std::string& backend,
                                          const std::vector<std::string>& benchmarks) {
  std::set<std::string> keys;
  for (const auto& [mode, environment] : seen) {
    for (const auto& [key, value] : environment) {
      if (key.starts_with(prefix)) keys.insert(key);
    }
  }
  std::vector<std::string> sentences;
  for (const std::string& key : keys) {
    std::map<std::string, std::vector<std::string>> modes_by_value;
    for (const auto& [mode, environment] : seen) modes_by_value[words_for(environment, key)].push_back(mode);
    if (modes_by_value.size() < 2 || !moves_any(key, backend, benchmarks)) continue;
    std::vector<std::string> parts;
    for (const auto& [value, modes] : modes_by_value) parts.push_back(fmt::format("{} under {}", value, fmt::join(modes, ", ")));
    const std::string name = key.substr(prefix.size());
    sentences.push_back(fmt::format("{} is {}: what it moves is compared under two settings; unset it, or give it to every mode "
                                    "with --env {}=VALUE.",
                                    clean_text(name), fmt::join(parts, ", "), clean_text(name)));
  }
  return sentences;
}

}  // namespace cuparity
