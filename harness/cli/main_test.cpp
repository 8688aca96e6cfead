// What main() does for every command: the signals it is started with, and what errors may say.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "environment/temporary_folder.hpp"
#include "harness/engine/process.hpp"
#include "harness/errors.hpp"

namespace cuparity {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

TEST(Main, SeesHowAChildEndsWhereItsStarterIgnoresThat) {
  const TemporaryFolder folder;
  const fs::path program = folder.path() / "cuparity-bench";
  std::ofstream(program) << "#!/bin/sh\nexit 7\n";
  fs::permissions(program, fs::perms::owner_all);
  const pid_t started = fork();
  if (started == 0) {
    signal(SIGCHLD, SIG_IGN);
    execl(CUPARITY_PROGRAM, "cuparity", "list", "benchmarks", "--bin", folder.path().c_str(), nullptr);
    _exit(99);
  }
  int status = 0;
  waitpid(started, &status, 0);
  EXPECT_EQ(WIFEXITED(status) ? WEXITSTATUS(status) : -1, exit_environment) << "a child that fails is no list of nothing";
}

/// What is said of a suite whose pattern, which is no regular expression, ends with this.
std::string said_of(const std::string& pattern) {
  ChildProcess child;
  const TemporaryFolder folder;
  std::ofstream(folder.path() / "hostile.yaml") << "name: hostile\nblocks: 1\nbenchmarks: {cpu: [\"(" + pattern + "\"]}\n";
  child.command = {CUPARITY_PROGRAM, "run", "--suite", (folder.path() / "hostile.yaml").string(), "--mode", "native"};
  const ProcessResult result = run_process(child);
  EXPECT_EQ(result.exit_code, exit_usage) << result.standard_error;
  EXPECT_THAT(result.standard_error, HasSubstr("is no regular expression"));
  return result.standard_error;
}

TEST(Main, AnErrorQuotesNothingThatWorksATerminal) {
  const std::string said = said_of("a\\e[2J\\e]0;title\\a\\r\\b\\x9b" "31m");
  EXPECT_THAT(said, HasSubstr("[2J"));
  for (const char control : {'\x1b', '\a', '\r', '\b'}) EXPECT_EQ(said.find(control), std::string::npos) << int{control};
  EXPECT_THAT(said, Not(HasSubstr("\xc2\x9b"))) << "which begins a sequence, too";
}

/// The runner trims white space of every kind before "::", and finds "##[" anywhere.
TEST(Main, AnErrorQuotesNothingThatWorksTheLogOfAGithubJob) {
  for (const char* before : {"\\n", "\\n  \\t", "\\r", "\\n\\u00a0", "\\n\\u3000", "\\n\\u2028"}) {
    const std::string said = said_of(std::string("a") + before + "::error::mine\\nb ##[error]mine");
    EXPECT_THAT(said, HasSubstr("::error::mine"));
    EXPECT_THAT(said, Not(HasSubstr("##["))) << before;
    EXPECT_THAT(said, Not(testing::ContainsRegex("\n[^!-~]*::"))) << before;
  }
}

TEST(Main, AnErrorOfSeveralLinesKeepsThem) {
  EXPECT_THAT(said_of("a\\n  b: c\\nd"), HasSubstr("a\n  b: c\nd"));
}

}  // namespace
}  // namespace cuparity
