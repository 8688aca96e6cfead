// Starts one process somewhere and returns when it ended. Knows nothing of benchmarks.
#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "harness/access/access_mode.hpp"
#include "harness/engine/boot_clock.hpp"
#include "harness/errors.hpp"

namespace cuparity {

struct ProcessRequest {
  std::vector<std::string> command;  ///< program and arguments, as the process sees them
  std::map<std::string, std::string> environment;
  std::filesystem::path output_folder;  ///< on the host; the process writes its files to output_path()
  /// Containers only: folder of the host -> where the process sees it, read-only.
  std::map<std::filesystem::path, std::string> read_only_folders;
  std::string user;  ///< containers only: "uid:gid" as the engine understands it; empty: who started cuparity
  std::chrono::seconds time_limit{120};
  std::size_t output_tail_bytes = 16 * 1024;  ///< how much of the output's end ProcessResult keeps
};

struct ProcessResult {
  int exit_code = -1;        ///< 128 + signal where a signal ended it
  bool timed_out = false;    ///< killed at the time limit
  bool interrupted = false;  ///< killed because the user asked to stop
  double wall_seconds = 0;
  std::string standard_error;  ///< the end of stdout and stderr together
};

/// A step of a process's life as the host sees it; boot_seconds() just before and just after.
struct LifecycleStep {
  std::string name;  ///< create, start or remove
  double begin = 0;
  double end = 0;
};

struct Lifecycle {
  ProcessResult process;             ///< of the step start, or of the step that failed
  std::vector<LifecycleStep> steps;  ///< in order; what follows a failure is missing
  std::string not_removed;           ///< why what was started is still there; empty: it is gone
};

class Engine {
 public:
  virtual ~Engine() = default;

  /// Where `request.output_folder` is seen by the process.
  virtual std::filesystem::path output_path(const ProcessRequest& request) const = 0;

  /// Folder of cuparity-bench and cuparity-validate as the process sees it.
  virtual std::filesystem::path binary_folder() const = 0;

  /// Runs to the end, the time limit or an interrupt. Throws EnvironmentError only where the engine
  /// itself can't be used; a process that fails is a result.
  virtual ProcessResult run(const ProcessRequest& request, const AccessMode& mode) = 0;

  /// As run(), in the steps that the engine has: here start alone, which lasts to the end of the process.
  virtual Lifecycle run_in_steps(const ProcessRequest& request, const AccessMode& mode) {
    Lifecycle life;
    const double begin = boot_seconds();
    life.process = run(request, mode);
    life.steps.push_back({"start", begin, boot_seconds()});
    return life;
  }

  /// Nothing if `mode` can be used here, else one line saying what is missing and what to do.
  virtual std::string unusable(const AccessMode& mode) = 0;

  /// What is started from now on belongs to the run in this folder. What an earlier part of that run left here when it was killed,
  /// and would run on beside this one, is removed; returns its names. Throws EnvironmentError where it can't be removed.
  virtual std::vector<std::string> take_over_run(const std::filesystem::path& folder) {
    (void)folder;
    return {};
  }

  /// Starts and returns at once with the name of what was started; `stop_in_background` ends and removes it.
  /// Throws EnvironmentError where that failed, or where the engine has no such thing.
  virtual std::string start_in_background(const ProcessRequest& request, const AccessMode& mode) {
    (void)request;
    throw EnvironmentError(mode.text + " starts no container");
  }
  /// Returns why it is still there, or nothing.
  virtual std::string stop_in_background(const std::string& name) {
    (void)name;
    return "";
  }

  /// `PROGRAM WORDS…` of the engine's command line, e.g. {"restart", NAME}.
  virtual ProcessResult command(const std::vector<std::string>& words) {
    throw EnvironmentError("this engine has no command '" + (words.empty() ? "" : words.front()) + "'");
  }

  /// What is to be recorded of it, e.g. "docker_version", "image_id", "image_digest"; nothing that changes
  /// from one process to the next.
  virtual std::map<std::string, std::string> describe() { return {}; }
};

}  // namespace cuparity
