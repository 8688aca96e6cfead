// What a process that should have written a JSON file did instead, in one line for people.
#pragma once

#include <chrono>
#include <string>

#include "harness/engine/engine.hpp"

namespace cuparity {

/// Empty where the process ended by itself with exit code 0. `program`: e.g. "cuparity-bench".
std::string describe_failure(const std::string& program, const ProcessResult& result,
                             std::chrono::seconds time_limit);

/// last_words(), shortened.
std::string last_said(const std::string& output);

}  // namespace cuparity
