// For tests: folders of small result files with known levels.
#pragma once

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>

#include "environment/temporary_folder.hpp"
#include "harness/record/run_json.hpp"
#include "harness/stats/simulated_run.hpp"

namespace cuparity {

/// Night i of 2000 on; months of 28 days keep every date valid.
inline std::string night(int run) {
  return fmt::format("{}-{:02}-{:02}T03:00:00Z", 2000 + run / 336, run / 28 % 12 + 1, run % 28 + 1);
}

/// Run i is night i; `seconds(run, benchmark)` its time. Google Benchmark files: the smallest that
/// the history reads.
inline void write_history(const std::filesystem::path& folder, int runs, int benchmarks,
                          const std::function<double(int run, int benchmark)>& seconds) {
  std::filesystem::create_directories(folder);
  for (int run = 0; run < runs; ++run) {
    std::string text = fmt::format(
        R"({{"context":{{"date":"{}","backend":"cpu","cpu_model":"Simulated","cublas_version":"{}"}},"benchmarks":[)",
        night(run), run < runs / 2 ? "12.0" : "12.1");
    for (int benchmark = 0; benchmark < benchmarks; ++benchmark) {
      text += fmt::format(R"({}{{"name":"b/{}","run_type":"iteration","real_time":{:.17g},"time_unit":"s"}})",
                          benchmark == 0 ? "" : ",", benchmark, seconds(run, benchmark));
    }
    std::ofstream(folder / fmt::format("run-{:05}.json", run)) << text << "]}";
  }
}

/// A run of ours: a GEMM per clock that takes `level` seconds, in cycles that scatter by 0.1 %, and a clock that moves
/// by 5 % from process to process.
inline Run run_with_cycles(int number, double level) {
  SimulatedRun shape;
  shape.modes = {"native"};
  shape.benchmarks = {"gemm/own/fp32/4096/manual_time"};
  shape.effect = {{"native", level - 1}};
  shape.blocks = 4;
  shape.clock_deviation = 0.05;
  SimulatedSamples random(static_cast<std::uint64_t>(number) + 1);
  Run run = simulate_run(shape, random);
  run.started_at = night(number);
  run.per_clock = {"^gemm/"};
  return run;
}

inline void write_run(const std::filesystem::path& folder, const std::string& name, const Run& run) {
  std::filesystem::create_directories(folder / name);
  std::ofstream(folder / name / "run.json") << to_json(run, analyse(run));
}

/// Cycles for every point of the index of `folder`, as if its files had them.
inline void count_cycles(const std::filesystem::path& folder) {
  SQLite::Database index((folder / ".cuparity-history.sqlite").string(), SQLite::OPEN_READWRITE);
  index.exec("UPDATE points SET cycles = 1.5e9 * seconds");
}

}  // namespace cuparity
