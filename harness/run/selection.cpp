#include "harness/run/selection.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <fnmatch.h>

#include <algorithm>
#include <iterator>
#include <regex>
#include <sstream>

#include "harness/errors.hpp"
#include "harness/nearest_name.hpp"
#include "harness/pattern.hpp"
#include "harness/record/benchmark_json.hpp"

namespace cuparity {
namespace {

std::regex compile_filter(const std::string& filter) {
  try {
    return compiled_pattern(filter);
  } catch (const std::regex_error& error) {
    throw UsageError(fmt::format("--filter '{}' is no regular expression: {}", filter, error.what()));
  }
}

[[noreturn]] void fail_nothing_left(const std::vector<std::string>& selected, const std::string& filter) {
  std::string hint = did_you_mean(filter, selected);
  if (hint.empty()) {
    const std::size_t shown = std::min<std::size_t>(selected.size(), 12);
    hint = fmt::format("; the suite has {}{}", fmt::join(selected.begin(), selected.begin() + shown, ", "),
                       shown < selected.size() ? ", …" : "");
  }
  throw UsageError(fmt::format("--filter '{}' matches no benchmark{}", filter, hint));
}

/// Of a GoogleTest pattern, in which * and ? alone are special.
bool matches_test(const std::string& pattern, const std::string& name) {
  std::string shell_pattern;
  for (const char c : pattern) shell_pattern += c == '[' ? "[[]" : std::string(1, c);
  return fnmatch(shell_pattern.c_str(), name.c_str(), FNM_NOESCAPE) == 0;
}

}  // namespace

std::vector<std::string> parse_benchmark_list(const std::string& output) {
  static const std::regex name_form("[A-Za-z0-9_.]+(/[A-Za-z0-9_.:+-]+)+");
  std::vector<std::string> names;
  std::istringstream lines(output);
  for (std::string line; std::getline(lines, line);) {
    if (!std::regex_match(line, name_form)) continue;
    const std::string name = short_name(line);
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }
  return names;
}

Selection select_benchmarks(const std::vector<std::string>& available,
                            const std::vector<std::string>& patterns, const std::string& filter) {
  const std::regex wanted = compile_filter(filter);
  std::vector<bool> in_suite(available.size(), false);
  Selection selection;
  for (const std::string& pattern : patterns) {
    const std::regex expression(pattern);
    bool matched = false;
    for (std::size_t i = 0; i < available.size(); ++i) {
      if (!std::regex_match(available[i], expression)) continue;
      in_suite[i] = true;
      matched = true;
    }
    if (!matched) selection.unmatched_patterns.push_back(pattern);
  }
  std::vector<std::string> suite_names;
  for (std::size_t i = 0; i < available.size(); ++i) {
    if (!in_suite[i]) continue;
    suite_names.push_back(available[i]);
    if (std::regex_search(available[i], wanted)) selection.benchmarks.push_back(available[i]);
  }
  if (suite_names.empty()) {
    throw UsageError(fmt::format("the suite's patterns match none of the {} benchmarks of this build ({})",
                                 available.size(), fmt::join(patterns, ", ")));
  }
  if (selection.benchmarks.empty()) fail_nothing_left(suite_names, filter);
  return selection;
}

std::string exact_filter(const std::vector<std::string>& benchmarks) {
  std::string filter;
  for (const std::string& name : benchmarks) {
    filter += filter.empty() ? "^(" : "|";
    for (const char c : name) {
      if (std::string(".[]{}()\\*+?|^$").find(c) != std::string::npos) filter += '\\';
      filter += c;
    }
  }
  return filter + ")(/manual_time|/iterations:|/repeats:|/min_time:|/real_time|/process_time|/threads:|$)";
}

std::vector<std::string> missing_in(const std::vector<std::string>& names, const std::vector<std::string>& in) {
  std::vector<std::string> missing;
  std::copy_if(names.begin(), names.end(), std::back_inserter(missing),
               [&](const std::string& name) { return std::find(in.begin(), in.end(), name) == in.end(); });
  return missing;
}

std::vector<std::string> found_in_none(const std::vector<std::string>& patterns, const std::vector<std::string>& names) {
  std::vector<std::string> idle;
  std::copy_if(patterns.begin(), patterns.end(), std::back_inserter(idle), [&](const std::string& pattern) {
    const std::regex expression(pattern);
    return std::none_of(names.begin(), names.end(),
                        [&](const std::string& name) { return std::regex_search(name, expression); });
  });
  return idle;
}

std::vector<std::string> unmatched_test_patterns(const std::string& filter, const std::vector<std::string>& tests) {
  std::vector<std::string> unmatched;
  std::istringstream patterns(filter.substr(0, filter.find('-')));
  for (std::string pattern; std::getline(patterns, pattern, ':');) {
    const bool matches = std::any_of(tests.begin(), tests.end(),
                                     [&](const std::string& test) { return matches_test(pattern, test); });
    if (!pattern.empty() && !matches) unmatched.push_back(pattern);
  }
  return unmatched;
}

}  // namespace cuparity
