#include "harness/engine/process.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

#include "harness/errors.hpp"

namespace cuparity {
namespace {

using namespace std::chrono_literals;
using testing::EndsWith;

ChildProcess shell(const std::string& script, std::chrono::milliseconds limit = 20s) {
  ChildProcess child;
  child.command = {"sh", "-c", script};
  child.time_limit = limit;
  return child;
}

/// Whether the process is gone, zombies counted as gone, within a second.
bool is_gone(pid_t process) {
  for (int i = 0; i < 100; ++i) {
    std::ifstream status("/proc/" + std::to_string(process) + "/stat");
    std::string text;
    std::getline(status, text);
    if (text.empty() || text.find(") Z ") != std::string::npos) return true;
    std::this_thread::sleep_for(10ms);
  }
  return false;
}

TEST(RunProcess, GivesExitCodeAndBothOutputs) {
  const ProcessResult result = run_process(shell("echo out; echo err >&2; exit 7"));
  EXPECT_EQ(result.exit_code, 7);
  EXPECT_EQ(result.standard_error, "out\nerr\n");
  EXPECT_FALSE(result.timed_out);
  EXPECT_FALSE(result.interrupted);
  EXPECT_GT(result.wall_seconds, 0);
}

TEST(RunProcess, AddsAndReplacesEnvironmentVariables) {
  setenv("CUPARITY_PROCESS_TEST", "old", 1);
  ChildProcess child = shell("echo $CUPARITY_PROCESS_TEST $CUPARITY_PROCESS_TEST_2");
  child.environment = {{"CUPARITY_PROCESS_TEST", "new"}, {"CUPARITY_PROCESS_TEST_2", "added"}};
  EXPECT_EQ(run_process(child).standard_error, "new added\n");
}

TEST(RunProcess, HandsOnNoOptionOfTheTestLibraries) {
  setenv("GTEST_TOTAL_SHARDS", "10", 1);
  setenv("BENCHMARK_FILTER", "zzz", 1);
  ChildProcess child = shell("echo $GTEST_TOTAL_SHARDS$BENCHMARK_FILTER$GTEST_COLOR");
  child.environment = {{"GTEST_COLOR", "no"}};
  const std::string seen = run_process(child).standard_error;
  unsetenv("GTEST_TOTAL_SHARDS");
  unsetenv("BENCHMARK_FILTER");
  EXPECT_EQ(seen, "no\n") << "only what the caller itself adds";
}

TEST(RunProcess, HasAnEmptyStandardInput) {
  EXPECT_EQ(run_process(shell("cat; echo end")).standard_error, "end\n");
}

TEST(RunProcess, NamesTheProgramThatCannotBeStarted) {
  ChildProcess child;
  child.command = {"/no/such/program"};
  try {
    run_process(child);
    FAIL();
  } catch (const EnvironmentError& error) {
    EXPECT_STREQ(error.what(), "starting /no/such/program failed: No such file or directory");
  }
}

TEST(RunProcess, ReportsDeathBySignalAs128PlusSignal) {
  EXPECT_EQ(run_process(shell("kill -SEGV $$")).exit_code, 128 + SIGSEGV);
}

TEST(RunProcess, KillsAtTheTimeLimit) {
  const ProcessResult result = run_process(shell("echo begun; sleep 60", 200ms));
  EXPECT_TRUE(result.timed_out);
  EXPECT_EQ(result.exit_code, 128 + SIGTERM);
  EXPECT_EQ(result.standard_error, "begun\n") << "what it said is kept";
  EXPECT_LT(result.wall_seconds, 5);
}

TEST(RunProcess, KillsWhoIgnoresTheRequestToEnd) {
  const ProcessResult result = run_process(shell("trap '' TERM; while :; do sleep 1; done", 200ms));
  EXPECT_TRUE(result.timed_out);
  EXPECT_EQ(result.exit_code, 128 + SIGKILL);
  EXPECT_LT(result.wall_seconds, 10);
}

TEST(RunProcess, KillsGrandchildrenAtTheTimeLimit) {
  const ProcessResult result = run_process(shell("sleep 60 & echo $!; wait", 300ms));
  EXPECT_TRUE(result.timed_out);
  EXPECT_TRUE(is_gone(std::stoi(result.standard_error)));
}

TEST(RunProcess, KillsWhatAFinishedProcessLeavesBehindAndDoesNotWaitForIt) {
  // The grandchild holds the output open: reading to its end would take a minute.
  const ProcessResult result = run_process(shell("sleep 60 & echo $!"));
  EXPECT_FALSE(result.timed_out);
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_LT(result.wall_seconds, 5);
  EXPECT_TRUE(is_gone(std::stoi(result.standard_error)));
}

TEST(RunProcess, KeepsOnlyTheEndOfAFlood) {
  const ProcessResult result =
      run_process(shell("head -c 100000000 /dev/zero | tr '\\0' x; echo the end", 60s));
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_EQ(result.standard_error.size(), 16u * 1024);
  EXPECT_THAT(result.standard_error, EndsWith("xxxthe end\n"));
}

TEST(RunProcess, StopsWhenAskedTo) {
  std::atomic<bool> stop{false};
  int kills = 0;
  ChildProcess child = shell("sleep 60");
  child.stop_requested = [&] { return stop.load(); };
  child.before_kill = [&] { ++kills; };
  std::thread user([&] {
    std::this_thread::sleep_for(200ms);
    stop = true;
  });
  const ProcessResult result = run_process(child);
  user.join();
  EXPECT_TRUE(result.interrupted);
  EXPECT_FALSE(result.timed_out);
  EXPECT_EQ(kills, 1);
  EXPECT_LT(result.wall_seconds, 5);
}

TEST(RunProcess, LeavesNoZombieAndNoOpenFile) {
  const auto open_files = [] {
    return std::distance(std::filesystem::directory_iterator("/proc/self/fd"),
                         std::filesystem::directory_iterator());
  };
  run_process(shell("true"));
  const auto before = open_files();
  for (int i = 0; i < 20; ++i) run_process(shell("true"));
  EXPECT_EQ(open_files(), before);
  EXPECT_EQ(waitpid(-1, nullptr, WNOHANG), -1) << "no child is left to be waited for";
}

TEST(RunProcess, StartsWithDefaultSignals) {
  const auto before = signal(SIGPIPE, SIG_IGN);
  sigset_t blocked, mask;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &blocked, &mask);
  EXPECT_EQ(run_process(shell("kill -PIPE $$; exit 1")).exit_code, 128 + SIGPIPE);
  EXPECT_EQ(run_process(shell("kill -TERM $$; exit 1")).exit_code, 128 + SIGTERM);
  pthread_sigmask(SIG_SETMASK, &mask, nullptr);
  signal(SIGPIPE, before);
}

TEST(RunProcess, DoesNotOutliveAParentThatIsKilled) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  const pid_t parent = fork();
  if (parent == 0) {
    run_process(shell("echo $$ >/proc/" + std::to_string(getpid()) + "/fd/" + std::to_string(ends[1]) + "; exec sleep 60"));
    _exit(0);
  }
  char text[32] = {};
  EXPECT_GT(read(ends[0], text, sizeof text - 1), 0);
  kill(parent, SIGKILL);
  waitpid(parent, nullptr, 0);
  for (const int end : ends) close(end);
  EXPECT_TRUE(is_gone(std::stoi(text)));
}

TEST(KillRunningProcesses, EndsWhatIsRunningNow) {
  std::thread user([] {
    std::this_thread::sleep_for(300ms);
    kill_running_processes();
  });
  const ProcessResult result = run_process(shell("sleep 60"));
  user.join();
  EXPECT_EQ(result.exit_code, 128 + SIGKILL);
}

}  // namespace
}  // namespace cuparity
