#include "harness/run/suite_check.hpp"

#include <fmt/format.h>

#include <map>
#include <optional>
#include <set>

#include "harness/errors.hpp"
#include "harness/run/benchmark_list.hpp"
#include "harness/run/selection.hpp"
#include "harness/run/test_list.hpp"
#include "harness/stats/margins.hpp"

namespace cuparity {
namespace {

class SuiteCheck {
 public:
  SuiteCheck(const Suite& suite, const std::vector<Arm>& arms, const Arm& baseline, const TrialSettings& settings,
             const std::string& image, const std::function<void(const std::string&)>& warn)
      : suite_(suite), arms_(arms), baseline_(baseline), settings_(settings), image_(image), warn_(warn) {}

  std::vector<std::string> benchmarks(const std::string& filter) {
    const auto patterns = suite_.benchmarks.find(settings_.backend);
    if (patterns == suite_.benchmarks.end())
      throw UsageError(fmt::format("suite '{}' has no benchmarks for the {} backend", suite_.name, settings_.backend));
    const std::vector<std::string> rows = benchmarks_of(baseline_, settings_.backend);
    const Selection selection = select_benchmarks(rows, patterns->second, filter);
    require_in_all_arms(selection.benchmarks);
    for (const std::string& pattern : selection.unmatched_patterns)
      warn_(fmt::format("The suite's pattern {} matches no row of this build.", pattern));
    warn_of_idle_patterns(rows);
    require_tests();
    return selection.benchmarks;
  }

 private:
  std::vector<std::string> benchmarks_of(const Arm& arm, const std::string& backend) const {
    return list_benchmarks(*arm.engine, arm.mode, backend, settings_.folder, settings_.time_limit);
  }

  /// Nothing where the suite has benchmarks of a backend that this build lacks.
  std::optional<std::vector<std::string>> rows_of_other_backend() const {
    const std::string other = settings_.backend == "cuda" ? "cpu" : "cuda";
    try {
      return benchmarks_of(baseline_, other);
    } catch (const EnvironmentError&) {
      if (suite_.benchmarks.count(other) > 0) return std::nullopt;
      return std::vector<std::string>();
    }
  }

  /// A margin of no row at all is a slip of the pen; one of rows that this run leaves out, or of the other backend's, is not.
  void warn_of_idle_patterns(const std::vector<std::string>& rows) {
    std::vector<std::string> margins;
    if (suite_.margins != default_margins()) {
      for (const auto& [pattern, margin] : suite_.margins) margins.push_back(pattern);
      std::erase(margins, "default");
    }
    const std::map<std::string, std::vector<std::string>> idle = {{"margins", found_in_none(margins, rows)},
                                                                  {"per_clock", found_in_none(suite_.per_clock, rows)}};
    if (idle.at("margins").empty() && idle.at("per_clock").empty()) return;
    const auto others = rows_of_other_backend();
    if (!others) return;
    for (const auto& [key, patterns] : idle) {
      for (const std::string& pattern : found_in_none(patterns, *others)) {
        warn_(fmt::format("The suite's {} pattern {} is found in no benchmark, so it has no effect; "
                          "'cuparity list benchmarks --backend {}' has the names.",
                          key, pattern, settings_.backend));
      }
    }
  }

  /// One of each engine that has other programs than the baseline.
  std::vector<const Arm*> arms_of_other_programs() const {
    std::set<const Engine*> asked = {baseline_.engine};
    std::vector<const Arm*> others;
    for (const Arm& arm : arms_) {
      if (asked.insert(arm.engine).second) others.push_back(&arm);
    }
    return others;
  }

  [[noreturn]] void refuse_other_sources(const Arm& arm, const std::string& missing) const {
    throw EnvironmentError(fmt::format(
        "the programs under mode '{}' have no {}: they were built from other sources than those under '{}'; make the image "
        "again: ./scripts/build-image{}",
        arm.mode.text, missing, baseline_.mode.text, image_.empty() ? "" : " --tag " + image_));
  }

  /// Programs of other sources would be measured to the end and then called wrong.
  void require_in_all_arms(const std::vector<std::string>& benchmarks) {
    for (const Arm* arm : arms_of_other_programs()) {
      const std::vector<std::string> missing = missing_in(benchmarks, benchmarks_of(*arm, settings_.backend));
      if (missing.empty()) continue;
      refuse_other_sources(*arm, missing.front() +
                                     (missing.size() == 1 ? "" : fmt::format(" and {} more", missing.size() - 1)));
    }
  }

  /// A filter that matches no test would be told by a failed trial a mode.
  void require_tests() {
    const std::string& filter = suite_.validate;
    if (filter.empty()) return;
    const std::vector<std::string> tests = list_tests(baseline_, settings_);
    if (tests.empty()) {
      throw UsageError(fmt::format("suite '{}': 'validate: {}' matches no test of cuparity-validate; "
                                   "'cuparity-validate --backend={} --gtest_list_tests' lists them",
                                   suite_.name, filter, settings_.backend));
    }
    for (const std::string& pattern : unmatched_test_patterns(filter, tests)) {
      warn_(fmt::format("The suite's validate pattern {} selects no test; "
                        "'cuparity-validate --backend={} --gtest_list_tests' lists them.",
                        pattern, settings_.backend));
    }
    for (const Arm* arm : arms_of_other_programs()) {
      if (list_tests(*arm, settings_).empty()) refuse_other_sources(*arm, "test " + filter);
    }
  }

  const Suite& suite_;
  const std::vector<Arm>& arms_;
  const Arm& baseline_;
  const TrialSettings& settings_;
  const std::string& image_;
  const std::function<void(const std::string&)>& warn_;
};

}  // namespace

std::vector<std::string> check_suite(const Suite& suite, const std::string& filter, const std::vector<Arm>& arms,
                                     const Arm& baseline, const TrialSettings& settings, const std::string& image,
                                     const std::function<void(const std::string&)>& warn) {
  return SuiteCheck(suite, arms, baseline, settings, image, warn).benchmarks(filter);
}

}  // namespace cuparity
