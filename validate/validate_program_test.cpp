// Runs cuparity-validate as a program, on the CPU backend.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "environment/shell_command.hpp"

namespace {

using cuparity::ShellOutcome;
using testing::HasSubstr;
using testing::Not;

/// `before`: shell commands that end with a semicolon.
ShellOutcome run(const std::string& arguments, const std::string& before = "") {
  return cuparity::run_in_shell(before + "'" + CUPARITY_VALIDATE_PROGRAM + "' " + arguments);
}

/// Runs on the CPU backend and reads the JSON that was written.
nlohmann::json run_to_json(const std::string& arguments, int expected_exit_code) {
  const auto file =
      std::filesystem::temp_directory_path() / ("cuparity-validate-" + std::to_string(getpid()) + ".json");
  const ShellOutcome outcome = run("--backend=cpu --gtest_output=json:" + file.string() + " " + arguments);
  EXPECT_EQ(outcome.exit_code, expected_exit_code) << outcome.output;
  std::ifstream stream(file);
  const nlohmann::json json = nlohmann::json::parse(stream, nullptr, false);
  std::filesystem::remove(file);
  EXPECT_FALSE(json.is_discarded()) << outcome.output;
  return json;
}

/// Lines that are not empty.
int line_count(const std::string& text) {
  int count = 0;
  for (std::size_t i = 0; i < text.size(); ++i)
    count += text[i] == '\n' && i > 0 && text[i - 1] != '\n' ? 1 : 0;
  return count;
}

constexpr const char* small_cases = "--gtest_filter='Numerics/saxpy.*'";

TEST(ValidateProgram, AFileThatCannotBeWrittenIsSaid) {
  const auto file = std::filesystem::temp_directory_path() / ("cuparity-validate-cut-" + std::to_string(getpid()) + ".json");
  const ShellOutcome outcome = run("--backend=cpu --gtest_output=json:" + file.string() + " " + small_cases,
                              "trap '' XFSZ; ulimit -f 0; ");
  std::filesystem::remove(file);
  EXPECT_EQ(outcome.exit_code, 4) << outcome.output;
  EXPECT_THAT(outcome.output, HasSubstr("cuparity-validate: writing " + file.string() + " failed; free some space"));
}

TEST(ValidateProgram, RecordsContextAndDigests) {
  const nlohmann::json json = run_to_json(small_cases, 0);
  for (const char* key : {"cuparity_version", "backend_reason", "kernel", "container", "threads",
                          "cpus_allowed", "injection_path"})
    EXPECT_TRUE(json.contains(key)) << key;
  EXPECT_EQ(json.at("backend"), "cpu");
  ASSERT_FALSE(json.at("testsuites").empty());
  const nlohmann::json& suite = json.at("testsuites").at(0);
  ASSERT_GT(suite.at("testsuite").size(), 1u);
  EXPECT_EQ(suite.at("name"), "Numerics/saxpy");
  int with_digest = 0;
  for (const nlohmann::json& test : suite.at("testsuite")) {
    if (test.contains("skipped_because")) continue;
    EXPECT_THAT(test.at("digest").get<std::string>(), testing::MatchesRegex("[0-9a-f]+")) << test;
    EXPECT_EQ(test.at("digest").get<std::string>().size(), 16u);
    EXPECT_LE(std::stod(test.at("error").get<std::string>()), 1.0);
    ++with_digest;
  }
  EXPECT_GT(with_digest, 0);
}

TEST(ValidateProgram, TwoProcessesGiveTheSameDigests) {
  const nlohmann::json first = run_to_json(small_cases, 0).at("testsuites").at(0).at("testsuite");
  const nlohmann::json second = run_to_json(small_cases, 0).at("testsuites").at(0).at("testsuite");
  ASSERT_EQ(first.size(), second.size());
  for (std::size_t i = 0; i < first.size(); ++i)
    EXPECT_EQ(first[i].value("digest", ""), second[i].value("digest", "")) << first[i].at("name");
}

TEST(ValidateProgram, AWrongResultIsExitCodeOneWithErrorAndPlace) {
  const nlohmann::json json = run_to_json(std::string("--inject-wrong='^saxpy/' ") + small_cases, 1);
  EXPECT_GT(json.at("failures"), 0);
  bool seen = false;
  for (const nlohmann::json& test : json.at("testsuites").at(0).at("testsuite")) {
    if (!test.contains("failures")) continue;
    seen = true;
    const std::string message = test.at("failures").at(0).at("failure");
    // The second line, below the place in the source, is what a reader is shown.
    EXPECT_THAT(message.substr(message.find('\n') + 1), testing::StartsWith("wrong result: saxpy/"));
    EXPECT_THAT(message, HasSubstr("the largest error is inf times its bound: made wrong by --inject-wrong"));
  }
  EXPECT_TRUE(seen);
}

TEST(ValidateProgram, AccessWithoutAGpuIsSkippedWithTheReason) {
  const nlohmann::json json = run_to_json("--gtest_filter='Access.NvmlCuda*'", 0);
  for (const nlohmann::json& test : json.at("testsuites").at(0).at("testsuite")) {
    EXPECT_EQ(test.at("result"), "SKIPPED");
    EXPECT_THAT(test.at("skipped_because").get<std::string>(),
                HasSubstr("the backend is the CPU (--backend=cpu)"));
  }
}

TEST(ValidateProgram, TheMemoryCheckerIsThere) {
  const nlohmann::json json =
      run_to_json("--gtest_filter='MemoryChecker.*:MemoryPattern.AddressInAddress'", 0);
  EXPECT_EQ(json.at("tests"), 2);
}

TEST(ValidateProgram, AFilterThatMatchesNothingIsOneLineAndUsage) {
  const ShellOutcome outcome = run("--backend=cpu --gtest_filter=Nothing.*");
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.output, HasSubstr("no test matches --gtest_filter=Nothing.*"));
  EXPECT_EQ(line_count(outcome.output), 2) << outcome.output;  // the other line names the backend
}

TEST(ValidateProgram, UnknownFlagsAreOneLineAndUsage) {
  for (const char* flag :
       {"--bakend=cpu", "--gtest_fliter=*", "--backend=gpu", "rubbish", "--inject-wrong=["}) {
    const ShellOutcome outcome = run(flag);
    EXPECT_EQ(outcome.exit_code, 2) << flag;
    EXPECT_THAT(outcome.output, HasSubstr(flag));
    EXPECT_EQ(line_count(outcome.output), 1) << outcome.output;
  }
}

TEST(ValidateProgram, HelpShowsOursAndGoogleTests) {
  const ShellOutcome outcome = run("--help");
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_THAT(outcome.output, HasSubstr("--backend=auto|cuda|cpu"));
  EXPECT_THAT(outcome.output, HasSubstr("--inject-wrong"));
  EXPECT_THAT(outcome.output, HasSubstr("--gtest_filter="));
}

TEST(ValidateProgram, OutputThatIsLostIsSaid) {
  for (const std::string& arguments : {std::string("--version"), std::string("--backend=cpu ") + small_cases}) {
    const ShellOutcome outcome = run(arguments + " >/dev/full");
    EXPECT_EQ(outcome.exit_code, 4) << arguments;
    EXPECT_THAT(outcome.output, HasSubstr("cuparity-validate: writing to stdout failed")) << arguments;
  }
}

TEST(ValidateProgram, VersionAndList) {
  EXPECT_THAT(run("--version").output, testing::StartsWith("cuparity-validate "));
  const ShellOutcome list = run("--backend=cpu --gtest_list_tests");
  EXPECT_EQ(list.exit_code, 0);
  EXPECT_THAT(list.output, HasSubstr("Numerics/saxpy."));
  EXPECT_THAT(list.output, Not(HasSubstr("[ RUN")));
}

TEST(ValidateProgram, ListsTheTestsOfABackendWithoutOpeningIt) {
  setenv("CUDA_VISIBLE_DEVICES", "", 1);
  const ShellOutcome list = run("--backend=cuda --gtest_list_tests");
  unsetenv("CUDA_VISIBLE_DEVICES");
  if (list.output.find("built without CUDA") != std::string::npos) GTEST_SKIP() << list.output;
  EXPECT_EQ(list.exit_code, 0) << list.output;
  EXPECT_THAT(list.output, HasSubstr("Numerics/gemm."));
}

TEST(ValidateProgram, CudaThatIsNotToBeHadIsAnEnvironmentError) {
  // No GPU is visible to CUDA with an empty list, whatever the machine has.
  setenv("CUDA_VISIBLE_DEVICES", "", 1);
  const ShellOutcome outcome = run("--backend=cuda");
  unsetenv("CUDA_VISIBLE_DEVICES");
  EXPECT_EQ(outcome.exit_code, 4) << outcome.output;
  EXPECT_THAT(outcome.output, HasSubstr("--backend=cpu works without a GPU"));
}

}  // namespace
