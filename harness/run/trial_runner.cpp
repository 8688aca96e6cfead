#include "harness/run/trial_runner.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <ctime>
#include <utility>

#include "harness/errors.hpp"
#include "harness/record/benchmark_json.hpp"
#include "harness/run/full_disk.hpp"
#include "harness/run/process_outcome.hpp"
#include "harness/run/validation_json.hpp"

namespace cuparity {
namespace {

/// "0007-docker-gpus-all-block-3.json": sorts by time, says what it is, holds nothing that a shell minds.
std::string raw_file_name(const Trial& trial) {
  std::string mode;
  for (const char c : trial.mode) {
    if (std::isalnum(static_cast<unsigned char>(c)))
      mode += c;
    else if (!mode.empty() && mode.back() != '-')
      mode += '-';
  }
  while (!mode.empty() && mode.back() == '-') mode.pop_back();
  if (trial.index == probe_index) return fmt::format("{}{}.json", probe_prefix, mode.substr(0, 60));
  const std::string what =
      trial.kind == TrialKind::validation ? "validation" : fmt::format("block-{}", trial.block + 1);
  return fmt::format("{:04}-{}-{}.json", trial.index, mode.substr(0, 60), what);
}

std::vector<std::string> command_of(const Trial& trial, const TrialSettings& settings, const Arm& arm,
                                    const std::string& output) {
  const std::filesystem::path bin = arm.engine->binary_folder();
  if (trial.kind == TrialKind::validation) {
    return {(bin / "cuparity-validate").string(), "--backend=" + settings.backend,
            "--gtest_filter=" + settings.validate, "--gtest_output=json:" + output};
  }
  std::vector<std::string> command = {(bin / "cuparity-bench").string(),
                                      "--backend=" + settings.backend,
                                      "--benchmark_filter=" + settings.benchmark_filter,
                                      fmt::format("--benchmark_repetitions={}", settings.repetitions),
                                      fmt::format("--benchmark_min_time={}", settings.min_time_seconds),
                                      "--benchmark_out=" + output,
                                      "--benchmark_out_format=json"};
  command.insert(command.end(), arm.arguments.begin(), arm.arguments.end());
  return command;
}

void read_benchmarks(const std::filesystem::path& path, Trial& trial) {
  BenchmarkFile file = read_benchmark_json(path);
  file.context.erase("host_name");
  trial.environment = std::move(file.context);
  trial.rows = std::move(file.rows);
  if (trial.rows.empty()) trial.failure = "cuparity-bench wrote no benchmark";
}

void read_tests(const std::filesystem::path& path, Trial& trial) {
  ValidationFile file = read_validation_json(path);
  trial.environment = std::move(file.environment);
  trial.rows = std::move(file.rows);
  trial.tests_passed = file.passed;
  trial.tests_failed = file.failed;
  trial.tests_skipped = file.skipped;
  trial.failed_tests = std::move(file.failed_tests);
  if (file.passed + file.failed + file.skipped == 0) {
    trial.failure = "cuparity-validate ran no test: the suite's 'validate' filter matches none";
  }
}

/// Reads what the process wrote; sets ok or failure.
void read_result(const std::filesystem::path& path, const ProcessResult& result,
                 const TrialSettings& settings, Trial& trial) {
  const bool validation = trial.kind == TrialKind::validation;
  const std::string program = validation ? "cuparity-validate" : "cuparity-bench";
  trial.failure = describe_failure(program, result, settings.time_limit);
  // Both programs end with 1 where a result is wrong; their files then say which.
  if (!trial.failure.empty() && result.exit_code != 1) return;
  const std::string ending = std::exchange(trial.failure, "");
  try {
    if (!std::filesystem::exists(path)) {
      const std::string said = last_said(result.standard_error);
      throw UsageError(
          fmt::format("{} wrote no result file{}", program, said.empty() ? "" : "; last it said: " + said));
    }
    validation ? read_tests(path, trial) : read_benchmarks(path, trial);
  } catch (const UsageError& error) {
    trial.failure = ending.empty() ? error.what() : ending;
  }
  trial.ok = trial.failure.empty();
}

}  // namespace

std::string utc_now() { return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr))); }

Trial run_trial(Trial trial, const Arm& arm, const TrialSettings& settings, GpuMonitor* monitor,
                bool& interrupted) {
  trial.mode = arm.mode.text;
  trial.started_at = utc_now();
  const std::string file_name = raw_file_name(trial);
  trial.raw_file = "raw/" + file_name;
  std::error_code ignored;
  std::filesystem::remove(settings.folder / trial.raw_file, ignored);  // of a trial that a killed run had begun

  ProcessRequest request;
  request.output_folder = settings.folder / "raw";
  request.environment = arm.variables;
  request.time_limit = settings.time_limit;
  request.command =
      command_of(trial, settings, arm, (arm.engine->output_path(request) / file_name).string());

  if (monitor != nullptr) monitor->start();
  ProcessResult result;
  try {
    result = arm.engine->run(request, arm.mode);
  } catch (const EnvironmentError& error) {
    trial.failure = error.what();
  }
  if (monitor != nullptr) {
    const TrialReadings readings = monitor->stop();
    trial.telemetry = summarise(readings, settings.own_gpu_processes);
    trial.telemetry_series = series_of(readings);
  }
  interrupted = result.interrupted;
  trial.wall_seconds = result.wall_seconds;
  if (trial.failure.empty()) read_result(settings.folder / trial.raw_file, result, settings, trial);
  if (!trial.ok && !interrupted) refuse_full_disk(request.output_folder);
  if (!std::filesystem::exists(settings.folder / trial.raw_file)) trial.raw_file.clear();
  return trial;
}

}  // namespace cuparity
