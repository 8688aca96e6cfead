// The built-in suites and other lists of workloads against the programs themselves: what is named is there, and the other
// way round, on both backends.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "environment/temporary_folder.hpp"
#include "harness/engine/native.hpp"
#include "harness/errors.hpp"
#include "harness/plan/suite.hpp"
#include "harness/redact/fields.hpp"
#include "harness/run/benchmark_list.hpp"
#include "harness/run/selection.hpp"
#include "harness/run/test_list.hpp"

namespace cuparity {
namespace {

using testing::IsEmpty;

class BuiltinSuites : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    std::filesystem::create_directory(folder_.path() / "raw");
    settings_.folder = folder_.path();
    settings_.backend = GetParam();
    try {
      rows_ = list_benchmarks(engine_, arm_.mode, settings_.backend, settings_.folder, settings_.time_limit);
    } catch (const EnvironmentError& error) {
      GTEST_SKIP() << error.what();  // a build without CUDA
    }
    for (const std::string& name : builtin_suite_names()) {
      suites_.push_back(parse_suite(builtin_suite_text(name), name));
      if (suites_.back().benchmarks.count(settings_.backend) == 0) suites_.pop_back();
    }
  }

  std::set<std::string> workloads() const {
    std::set<std::string> names;
    for (const std::string& row : rows_) names.insert(row.substr(0, row.find('/')));
    return names;
  }

  const TemporaryFolder folder_;
  NativeEngine engine_{CUPARITY_PROGRAM_FOLDER, {}, {}};
  Arm arm_{parse_access_mode("native"), &engine_, {}};
  TrialSettings settings_;
  std::vector<std::string> rows_;
  std::vector<Suite> suites_;  ///< those that have the backend
};

TEST_P(BuiltinSuites, EveryBenchmarkIsThere) {
  for (const Suite& suite : suites_) {
    const Selection selection = select_benchmarks(rows_, suite.benchmarks.at(settings_.backend), "");
    EXPECT_THAT(selection.unmatched_patterns, IsEmpty()) << suite.name;
  }
}

TEST_P(BuiltinSuites, EveryMarginAndPerClockIsOfSomeBenchmark) {
  for (Suite& suite : suites_) {
    suite.margins.erase("default");
    for (const auto& [pattern, margin] : suite.margins) EXPECT_THAT(found_in_none({pattern}, rows_), IsEmpty()) << suite.name;
    EXPECT_THAT(found_in_none(suite.per_clock, rows_), IsEmpty()) << suite.name;
  }
}

TEST_P(BuiltinSuites, EveryPatternOfTestsSelectsSome) {
  for (const Suite& suite : suites_) {
    settings_.validate = suite.validate;
    if (suite.validate.empty()) continue;
    const std::vector<std::string> tests = list_tests(arm_, settings_);
    EXPECT_FALSE(tests.empty()) << suite.name;
    EXPECT_THAT(unmatched_test_patterns(suite.validate, tests), IsEmpty()) << suite.name;
  }
}

TEST_P(BuiltinSuites, EveryWorkloadIsInStandardOrMultiGpu) {
  std::set<std::string> missing = workloads();
  for (const Suite& suite : suites_) {
    if (suite.name != "standard" && suite.name != "multi_gpu") continue;
    for (const std::string& row : select_benchmarks(rows_, suite.benchmarks.at(settings_.backend), "").benchmarks)
      missing.erase(row.substr(0, row.find('/')));
  }
  EXPECT_THAT(missing, IsEmpty()) << "name them in harness/suites/standard.yaml";
}

TEST_P(BuiltinSuites, NoWorkloadIsTakenForTheNameOfAHostOrUser) {
  for (const std::string& workload : workloads())
    EXPECT_TRUE(is_everyday_word(workload)) << workload << ": name it in harness/redact/fields.cpp";
}

INSTANTIATE_TEST_SUITE_P(Backend, BuiltinSuites, testing::Values("cpu", "cuda"),
                         [](const auto& backend) { return std::string(backend.param); });

}  // namespace
}  // namespace cuparity
