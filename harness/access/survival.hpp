// Does a container keep its GPU while its surroundings change?
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "harness/access/access_host.hpp"
#include "harness/engine/engine.hpp"

namespace cuparity {

struct SurvivalRow {
  std::string disturbance;  ///< "update", "restart", "reload"
  std::string command;      ///< what was done, as one would type it
  std::string obstacle;     ///< why it was not done here
  bool survived = false;
  std::optional<double> lost_after_seconds;  ///< from the disturbance's begin
  std::string lost;                          ///< "/dev/nvidia0 EPERM"
};

struct SurvivalReport {
  std::string mode;
  std::vector<std::string> watched;  ///< nodes that opened at the start
  std::vector<SurvivalRow> rows;

  bool survived() const;
};

struct SurvivalOptions {
  AccessMode mode;
  std::vector<std::string> disturbances = {"update", "restart"};
  std::chrono::milliseconds patience{5000};  ///< how long access is watched after each
  std::function<bool()> stop_requested;      ///< may be empty
};

/// Names of every disturbance, for the option's check.
std::vector<std::string> disturbance_names();

/// Starts one container of its own and disturbs it. Throws EnvironmentError where it does not start or has nothing
/// to lose; StoppedByUser, once the container is removed, where that is asked for.
SurvivalReport watch_survival(Engine& engine, const SurvivalOptions& options,
                              const std::filesystem::path& probe_folder, const std::filesystem::path& folder,
                              const AccessHost& host);

/// What the lines of `cuparity-probe --watch` after line `first` say of the time since `begin` (boot seconds): pure.
SurvivalRow judge_survival(const std::string& disturbance, const std::vector<std::string>& lines, std::size_t first,
                           double begin);

std::string survival_text(const SurvivalReport& report);
std::string survival_json(const SurvivalReport& report);

}  // namespace cuparity
