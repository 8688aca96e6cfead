// What a child process does to measure its own start-up, and the line that tells its parent.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "kernels/workload.hpp"

namespace cuparity {

/// Set to "cuda" or "cpu" in a child process.
inline constexpr const char* startup_probe_variable = "CUPARITY_STARTUP_PROBE";

/// What the child's first kernel (or, on the CPU backend, the child itself) has to compute from this number.
inline constexpr std::uint64_t startup_argument = 0x5eed;

/// Seconds of each phase (cuinit, context, module_load, first_kernel, first_result; the last alone on the CPU
/// backend), clock_begin and clock_end (CLOCK_BOOTTIME at the probe's first and last instruction, for whoever
/// started this process), and the value that was computed from startup_argument: mix64() of it.
struct StartupPhases {
  std::map<std::string, double> seconds;
  std::uint64_t value = 0;
};

/// This process was started to measure its own start-up: main() asks before it does anything else.
bool startup_probe_requested();

/// Goes through the phases that the environment variable asks for. Throws std::runtime_error saying which
/// phase failed and how.
StartupPhases perform_startup_probe();

/// One line of JSON, e.g. {"cuinit":0.091,"context":0.118,"value":"00a1b2c3d4e5f607"}, and back. Reading
/// throws std::runtime_error where the line is another.
std::string to_json_line(const StartupPhases& phases);
StartupPhases parse_startup_line(const std::string& line);

}  // namespace cuparity
