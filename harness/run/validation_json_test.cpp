#include "harness/run/validation_json.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "harness/errors.hpp"

namespace cuparity {
namespace {

using testing::ElementsAre;

std::filesystem::path written(const std::string& text) {
  const std::filesystem::path path = testing::TempDir() + "/validation_json_test.json";
  std::ofstream(path) << text;
  return path;
}

// As GoogleTest 1.12 and 1.14 write it, shortened.
constexpr const char* result = R"({
  "tests": 4, "failures": 1, "disabled": 0, "errors": 0, "timestamp": "2026-01-01T00:00:00Z", "time": "1s",
  "name": "AllTests", "backend": "cuda", "gpu_uuid": "GPU-1",
  "testsuites": [
    {"name": "Numerics/gemm", "tests": 3, "testsuite": [
      {"name": "own/fp32/16", "status": "RUN", "result": "COMPLETED", "time": "0s",
       "classname": "Numerics/gemm", "file": "x.cpp", "line": 3, "digest": "00ff", "error": "0.5"},
      {"name": "own/fp32/17", "status": "RUN", "result": "COMPLETED", "time": "0s",
       "classname": "Numerics/gemm", "digest": "00fe",
       "failures": [{"failure": "x.cpp:12\nlargest error 3 at element 7\nmore", "type": ""}]},
      {"name": "own/fp8/16", "status": "RUN", "result": "SKIPPED", "classname": "Numerics/gemm"}]},
    {"name": "Access", "tests": 2, "testsuite": [
      {"name": "DeviceNodesOpen", "status": "RUN", "result": "COMPLETED", "classname": "Access"},
      {"name": "DISABLED_x", "status": "NOTRUN", "result": "SUPPRESSED", "classname": "Access"}]}]})";

TEST(ValidationJson, CountsTestsAndNamesTheFailed) {
  const ValidationFile file = read_validation_json(written(result));
  EXPECT_EQ(file.passed, 2);
  EXPECT_EQ(file.failed, 1);
  EXPECT_EQ(file.skipped, 1);
  EXPECT_THAT(file.failed_tests, ElementsAre("Numerics/gemm.own/fp32/17: largest error 3 at element 7"));
}

TEST(ValidationJson, TakesTheEnvironmentAndTheDigests) {
  const ValidationFile file = read_validation_json(written(result));
  EXPECT_EQ(file.environment.at("gpu_uuid"), "GPU-1");
  EXPECT_EQ(file.environment.count("timestamp"), 0u);
  ASSERT_EQ(file.rows.size(), 1u) << "the bits of a failed test mean nothing";
  EXPECT_EQ(file.rows[0].benchmark, "Numerics/gemm.own/fp32/16");
  EXPECT_EQ(file.rows[0].label.at("digest"), "00ff");
  EXPECT_EQ(file.rows[0].label.count("classname"), 0u);
}

TEST(ValidationJson, RefusesOtherFiles) {
  for (const char* text : {"", "{", "[]", "{}", R"({"testsuites": 3})", R"({"testsuites": [{"name": "x"}]})",
                           R"({"context": {}, "benchmarks": []})"}) {
    EXPECT_THROW(read_validation_json(written(text)), UsageError) << text;
  }
  EXPECT_THROW(read_validation_json("/no/such/file"), UsageError);
}

TEST(TestNames, AreThoseOfEverySuite) {
  // As GoogleTest 1.12 lists them, shortened; a suite of which the filter leaves nothing stays.
  const char* list = R"({"tests": 3, "name": "AllTests", "testsuites": [
    {"name": "Access", "tests": 1, "testsuite": []},
    {"name": "Numerics/gemm", "tests": 2, "testsuite": [
      {"name": "own/fp32/16", "file": "x.cpp", "line": 3}, {"name": "own/fp32/17", "file": "x.cpp", "line": 3}]}]})";
  EXPECT_THAT(read_test_names(written(list)), ElementsAre("Numerics/gemm.own/fp32/16", "Numerics/gemm.own/fp32/17"));
  EXPECT_THROW(read_test_names(written("{}")), UsageError);
}

}  // namespace
}  // namespace cuparity
