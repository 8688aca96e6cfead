// For tests: folders of small result files with known levels.
#pragma once

#include <fmt/format.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>

#include "environment/temporary_folder.hpp"
#include "harness/stats/simulated_samples.hpp"

namespace cuparity {

/// Run i is night i of 2000 on; `seconds(run, benchmark)` its time. Google Benchmark files: the smallest that
/// the history reads.
inline void write_history(const std::filesystem::path& folder, int runs, int benchmarks,
                          const std::function<double(int run, int benchmark)>& seconds) {
  std::filesystem::create_directories(folder);
  for (int run = 0; run < runs; ++run) {
    // Months of 28 days keep every date valid.
    const std::string date =
        fmt::format("{}-{:02}-{:02}T03:00:00Z", 2000 + run / 336, run / 28 % 12 + 1, run % 28 + 1);
    std::string text = fmt::format(
        R"({{"context":{{"date":"{}","backend":"cpu","cpu_model":"Simulated","cublas_version":"{}"}},"benchmarks":[)",
        date, run < runs / 2 ? "12.0" : "12.1");
    for (int benchmark = 0; benchmark < benchmarks; ++benchmark) {
      text += fmt::format(R"({}{{"name":"b/{}","run_type":"iteration","real_time":{:.17g},"time_unit":"s"}})",
                          benchmark == 0 ? "" : ",", benchmark, seconds(run, benchmark));
    }
    std::ofstream(folder / fmt::format("run-{:05}.json", run)) << text << "]}";
  }
}

}  // namespace cuparity
