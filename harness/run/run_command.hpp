// `cuparity run`, from its flags to its exit code.
#pragma once

#include <functional>

#include "harness/run/session.hpp"

namespace cuparity {

struct RunSurroundings {
  EngineFactory make_engine;
  std::function<bool()> stop_requested;
  std::FILE* progress = stderr;
  std::FILE* result = stdout;
  bool progress_terminal = false;
  bool result_terminal = false;
};

/// The command line `words` as a shell takes it, with --bin where `bin` is another folder than this program's.
std::string resume_command(std::vector<std::string> words, const std::filesystem::path& bin);

/// Where a command called NAME leaves its run unless told: results/runs/20260301T100000Z-NAME.
std::filesystem::path default_run_folder(const std::string& name);

/// Returns an ExitCode. Throws UsageError or EnvironmentError where nothing could be measured.
int execute_run(const RunOptions& options, const RunSurroundings& surroundings);

}  // namespace cuparity
