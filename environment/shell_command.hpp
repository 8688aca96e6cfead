// A command of the shell and what became of it, for tests that run whole programs.
#pragma once

#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <string>

namespace cuparity {

struct ShellOutcome {
  int exit_code = -1;  ///< -1: it could not be started; 128: a signal ended it
  std::string output;  ///< standard output and standard error
};

inline ShellOutcome run_in_shell(const std::string& command) {
  ShellOutcome outcome;
  std::FILE* pipe = popen(("{ " + command + "\n} 2>&1").c_str(), "r");
  if (pipe == nullptr) return outcome;
  std::array<char, 4096> part;
  while (const std::size_t size = std::fread(part.data(), 1, part.size(), pipe)) outcome.output.append(part.data(), size);
  const int status = pclose(pipe);
  outcome.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128;
  return outcome;
}

}  // namespace cuparity
