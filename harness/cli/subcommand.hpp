// For tests of a subcommand without the program round it.
#pragma once

#include <gtest/gtest.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <string>
#include <vector>

namespace cuparity {

/// Runs what `add` (of commands.hpp) adds under the name that `words` begin with; `output` gets its stdout, also where it throws.
/// Returns the exit code.
inline int run_subcommand(void (*add)(CLI::App&, int&), std::vector<std::string> words, std::string& output) {
  CLI::App app;
  int exit_code = -1;
  add(app, exit_code);
  std::reverse(words.begin(), words.end());  // CLI11 takes a vector from its end
  ::testing::internal::CaptureStdout();
  try {
    app.parse(words);
  } catch (...) {
    output = ::testing::internal::GetCapturedStdout();
    throw;
  }
  output = ::testing::internal::GetCapturedStdout();
  return exit_code;
}

}  // namespace cuparity
