// Starts a child process and sees how long it lives.
#pragma once

#include <string>

namespace cuparity {

struct StartupChild {
  double seconds = 0;  ///< spawn to exit, as the parent sees it
  std::string output;  ///< standard output and standard error together
};

/// Runs `program` without arguments in this process's environment with `variable`=`value` added. Throws
/// std::runtime_error where it can't be started or does not exit with 0, with what it said.
StartupChild run_startup_child(const std::string& program, const std::string& variable,
                               const std::string& value);

/// cuparity-bench in the folder of the running program; empty if it is not there.
std::string startup_program();

}  // namespace cuparity
