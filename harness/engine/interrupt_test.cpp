#include "harness/engine/interrupt.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <string>
#include <thread>

#include "harness/engine/process.hpp"

namespace cuparity {
namespace {

using namespace std::chrono_literals;

/// A process that runs a child which ignores every polite signal, as a program of its own would.
pid_t start_harness(bool obey_first) {
  const pid_t harness = fork();
  if (harness != 0) return harness;
  const Interrupt interrupt;
  ChildProcess child;
  child.command = {"sh", "-c", "trap '' TERM INT; sleep 60 & wait; sleep 60"};
  if (obey_first) child.stop_requested = Interrupt::requested;
  const ProcessResult result = run_process(child);
  _exit(result.interrupted ? 42 : 1);
}

int exit_code_of(pid_t process) {
  int status = 0;
  waitpid(process, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

TEST(Interrupt, FirstSignalAsksTheRunToStop) {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    const pid_t harness = start_harness(true);
    std::this_thread::sleep_for(500ms);
    kill(harness, signal);
    EXPECT_EQ(exit_code_of(harness), 42) << "signal " << signal;
  }
}

TEST(Interrupt, SecondSignalEndsEverythingAtOnce) {
  const auto begin = std::chrono::steady_clock::now();
  const pid_t harness = start_harness(false);
  std::this_thread::sleep_for(500ms);
  kill(harness, SIGINT);
  std::this_thread::sleep_for(300ms);
  EXPECT_EQ(waitpid(harness, nullptr, WNOHANG), 0) << "the first alone does not end it";
  kill(harness, SIGTERM);
  std::this_thread::sleep_for(900ms);
  EXPECT_EQ(waitpid(harness, nullptr, WNOHANG), 0) << "one that came at once is the same request";
  kill(harness, SIGINT);
  EXPECT_EQ(exit_code_of(harness), 128 + SIGINT);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 10s);
}

TEST(Interrupt, ASignalThatWasIgnoredStaysIgnored) {
  const auto before = signal(SIGHUP, SIG_IGN);
  {
    const Interrupt interrupt;
    raise(SIGHUP);
    EXPECT_FALSE(Interrupt::requested());
    raise(SIGINT);
    EXPECT_TRUE(Interrupt::requested());
  }
  EXPECT_EQ(signal(SIGHUP, before), SIG_IGN);
}

TEST(Interrupt, GivesTheSignalsBack) {
  struct sigaction before = {};
  struct sigaction after = {};
  sigaction(SIGINT, nullptr, &before);
  { const Interrupt interrupt; }
  sigaction(SIGINT, nullptr, &after);
  EXPECT_EQ(before.sa_handler, after.sa_handler);
  const Interrupt fresh;
  EXPECT_FALSE(Interrupt::requested());
}

}  // namespace
}  // namespace cuparity
