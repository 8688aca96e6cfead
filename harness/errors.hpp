// Exit codes, and the errors that end a command before anything ran.
#pragma once

#include <stdexcept>

namespace cuparity {

enum ExitCode {
  exit_pass = 0,
  exit_regression = 1,    ///< slower, or a wrong result
  exit_usage = 2,
  exit_inconclusive = 3,
  exit_environment = 4    ///< environment not usable
};

/// Bad flags, suite files or result files: exit_usage.
struct UsageError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// No engine, no image, no permission: exit_environment.
struct EnvironmentError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Ctrl-C before there was anything to report: exit_inconclusive.
struct StoppedByUser : EnvironmentError {
  using EnvironmentError::EnvironmentError;
};

}  // namespace cuparity
