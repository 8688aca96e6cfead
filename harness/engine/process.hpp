// One child process in a process group of its own: started, watched, and ended without fail.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "harness/engine/engine.hpp"

namespace cuparity {

struct ChildProcess {
  std::vector<std::string> command;  ///< command[0] is looked for in PATH
  /// Added to ours, or replacing it; of ours, GTEST_* and BENCHMARK_* are left out.
  std::map<std::string, std::string> environment;
  std::chrono::milliseconds time_limit{120000};
  std::size_t output_tail_bytes = 16 * 1024;
  /// Asked every few milliseconds; true ends the process as `interrupted`. May be empty.
  std::function<bool()> stop_requested;
  /// Called once before the group is killed at the time limit or on a stop, e.g. to end a container. May be
  /// empty.
  std::function<void()> before_kill;
};

/// Runs to the end, the time limit or a stop. stdin is empty. At the end every process left in the group is
/// killed, and what still holds the output open is not waited for. Throws EnvironmentError where the program
/// can't be started at all.
ProcessResult run_process(const ChildProcess& child);

/// Kills the group of the process that is running now, if any. Safe in a signal handler.
void kill_running_processes();

}  // namespace cuparity
