#include "harness/run/startup_trial.hpp"

#include <fmt/format.h>

#include <utility>

#include "harness/access/engine_flags.hpp"
#include "harness/errors.hpp"
#include "harness/record/json_fields.hpp"
#include "harness/run/full_disk.hpp"
#include "harness/run/process_outcome.hpp"

namespace cuparity {
namespace {

/// The environment variable and the line of JSON that cuparity-bench has for its own start-up probes.
constexpr const char* probe_variable = "CUPARITY_STARTUP_PROBE";

/// Seconds by phase, and clock_begin and clock_end on boot_seconds()'s clock.
using Phases = std::map<std::string, double>;

Phases read_phases(const std::string& output) {
  std::size_t begin = output.rfind("{\"");
  if (begin == std::string::npos)
    throw UsageError("cuparity-bench did not report its start-up; last it said: " + last_said(output));
  const std::string line = output.substr(begin, output.find('\n', begin) - begin);
  const nlohmann::json json = parse_json_text(line, "the start-up report of cuparity-bench");
  Phases phases;
  for (const auto& [name, value] : json.items()) {
    if (value.is_number()) phases[name] = value.get<double>();
  }
  if (phases.count("clock_begin") == 0 || phases.count("clock_end") == 0)
    throw UsageError(
        "cuparity-bench reports no clock_begin: it is older than this cuparity; build the image again");
  return phases;
}

struct Start {
  Lifecycle life;
  Phases phases;
};

/// Throws UsageError where the process did not report; `interrupted` where the user stopped it.
Start start(const Arm& arm, const AccessMode& mode, const std::string& backend, const TrialSettings& settings,
            bool& interrupted) {
  ProcessRequest request;
  request.output_folder = settings.folder / "raw";
  request.environment = arm.variables;
  request.environment[probe_variable] = backend;
  request.time_limit = settings.time_limit;
  request.command = {(arm.engine->binary_folder() / "cuparity-bench").string()};
  Start result{arm.engine->run_in_steps(request, mode), {}};
  interrupted = result.life.process.interrupted;
  const std::string failure = describe_failure("cuparity-bench", result.life.process, settings.time_limit);
  if (!failure.empty()) throw UsageError(failure);
  if (!result.life.not_removed.empty()) throw UsageError(result.life.not_removed);
  result.phases = read_phases(result.life.process.standard_error);
  return result;
}

LifecycleStep step(const Lifecycle& life, const std::string& name) {
  for (const LifecycleStep& one : life.steps) {
    if (one.name == name) return one;
  }
  throw UsageError("the engine reported no step " + name);
}

void add_row(Trial& trial, const std::string& phase, double seconds) {
  Row row;
  row.benchmark = phase;
  row.seconds = seconds;
  trial.rows.push_back(std::move(row));
}

void add_rows(const Start& started, Trial& trial) {
  const Lifecycle& life = started.life;
  const LifecycleStep start_step = step(life, "start");
  for (const LifecycleStep& one : life.steps) {
    if (one.name != "start") add_row(trial, one.name, one.end - one.begin);
  }
  const double begin = started.phases.at("clock_begin");
  const double end = started.phases.at("clock_end");
  if (begin < start_step.begin || end > start_step.end) {
    throw UsageError(
        "the process's clock does not fit the host's: is it another kernel, or has the container a time "
        "namespace of its own?");
  }
  add_row(trial, "start", begin - start_step.begin);
  for (const auto& [name, seconds] : started.phases) {
    if (name != "clock_begin" && name != "clock_end") add_row(trial, name, seconds);
  }
  add_row(trial, "exit", start_step.end - end);
  add_row(trial, "total", life.steps.back().end - life.steps.front().begin);
}

}  // namespace

Trial run_startup_trial(Trial trial, const Arm& arm, const TrialSettings& settings, bool& interrupted) {
  trial.mode = arm.mode.text;
  trial.started_at = utc_now();
  const double begin = boot_seconds();
  try {
    add_rows(start(arm, arm.mode, settings.backend, settings, interrupted), trial);
    if (!interrupted && asks_for_gpu(arm.mode)) {
      // What the program does inside does not matter here: only when its main() began.
      const Start without = start(arm, without_gpu_request(arm.mode), "cpu", settings, interrupted);
      add_row(trial, "start_without_gpu",
              without.phases.at("clock_begin") - step(without.life, "start").begin);
    }
  } catch (const std::runtime_error& error) {
    trial.failure = error.what();
    trial.rows.clear();
  }
  trial.ok = trial.failure.empty();
  if (!trial.ok && !interrupted) refuse_full_disk(settings.folder);
  trial.wall_seconds = boot_seconds() - begin;
  return trial;
}

}  // namespace cuparity
