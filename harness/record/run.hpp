// What was measured: plain records that the journal and run.json hold. No logic.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/record/access_row.hpp"

namespace cuparity {

/// run.json's and the journal's `schema_version`; a reader refuses a larger one.
inline constexpr int run_schema_version = 1;

enum class RowState { measured, skipped, failed };

/// One benchmark as one process measured it.
struct Row {
  std::string benchmark;               ///< Google Benchmark's run_name, e.g. "saxpy/own/fp32/268435456/manual_time"
  RowState state = RowState::measured;
  std::string message;                 ///< why it was skipped or failed
  double seconds = 0;                  ///< median over `repetitions`: the one number of this process
  std::vector<double> repetitions;     ///< seconds of each timed repetition
  std::optional<double> bytes_per_second;
  std::optional<double> flops_per_second;
  std::optional<double> cycles;  ///< median of seconds times the clock that the multiprocessors had meanwhile
  std::map<std::string, std::string> label;  ///< key=value pairs of the label: digest, error, algorithm
};

enum class TrialKind {
  benchmark,
  validation,
  startup  ///< the life of one process, in phases: rows named create, start, cuinit … (explain/startup.hpp)
};

/// One process under one access mode.
struct Trial {
  int index = 0;     ///< order in which it ran, from 0
  int block = 0;     ///< from 0; validation trials have -1
  int position = 0;  ///< place inside the block
  TrialKind kind = TrialKind::benchmark;
  std::string mode;
  std::string started_at;    ///< UTC, ISO 8601
  double wall_seconds = 0;   ///< engine call to exit, seen from the host
  double process_seconds = 0;  ///< what the process inside says it lived; 0 where unknown
  bool ok = false;
  std::string failure;       ///< what happened and what to do, where !ok
  std::string raw_file;      ///< relative to the run's folder
  std::map<std::string, std::string> environment;  ///< context of the JSON: seen from inside
  std::map<std::string, std::string> telemetry;    ///< clocks, throttle reasons … sampled from the host
  /// The same over time: "seconds" since the start of the trial, and as many values each of sm_clock_mhz,
  /// memory_clock_mhz, temperature_celsius, power_watts, clocks_event_reasons (NVML's bit mask); NaN where a
  /// reading lacks it. Empty where the GPU was not watched.
  std::map<std::string, std::vector<double>> telemetry_series;
  std::vector<Row> rows;     ///< benchmark trials
  int tests_passed = 0;      ///< validation trials
  int tests_failed = 0;
  int tests_skipped = 0;
  std::vector<std::string> failed_tests;  ///< "Suite.name: first line of the message"
};

/// Everything of one `cuparity run`. Comparisons are derived (stats/analysis.hpp), so that a
/// changed margin or a better estimator can be applied to old runs.
struct Run {
  std::string version;      ///< cuparity's
  std::string suite;
  std::vector<std::string> command;
  std::uint64_t seed = 0;
  std::string baseline_mode;             ///< the mode that the others are compared with
  std::vector<std::string> modes;        ///< in the order they were asked for
  std::map<std::string, std::string> mode_reasons;  ///< why a mode was picked, where it was picked for the user
  std::string image;
  std::string image_digest;
  std::string started_at;
  std::string finished_at;               ///< empty: interrupted
  int planned_blocks = 0;
  std::vector<int> looks;                ///< block counts at which a verdict may be given
  std::map<std::string, double> margins; ///< regular expression on the benchmark's name -> relative margin; "default"
  std::vector<std::string> per_clock;    ///< regular expressions: benchmarks compared in clock cycles where counted
  std::map<std::string, std::string> environment;  ///< of the host, outside any trial
  std::vector<AccessRow> access;         ///< one short look from inside each mode, before the first trial
  std::vector<std::string> notes;        ///< what could not be made equal between the modes, for people
  double harness_seconds = 0;            ///< wall time outside of trials
  std::vector<Trial> trials;
};

}  // namespace cuparity
