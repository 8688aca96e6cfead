// For tests: runs with a history, as `cuparity run` would have left them on the disk.
#pragma once

#include <fmt/format.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>

#include "harness/record/run_json.hpp"
#include "harness/report/example_run.hpp"

namespace cuparity {

/// Uniform in [-1, 1), the same everywhere.
inline double noise(unsigned seed) { return std::ldexp(static_cast<double>(std::mt19937(seed)()), -31) - 1; }

/// The example run as it might have come out on day `day`: another time, another scatter; the container's GEMM
/// is 3 % slower until day 20 and as fast afterwards; from day 30 on with another driver. Every fifth on another
/// GPU.
inline Run example_run_of_day(int day) {
  Run run = example_run().run;
  run.started_at = fmt::format("2026-{:02}-{:02}T04:00:00Z", 1 + day / 28 % 12, 1 + day % 28);
  run.finished_at = fmt::format("2026-{:02}-{:02}T04:08:30Z", 1 + day / 28 % 12, 1 + day % 28);
  run.seed = static_cast<std::uint64_t>(day) + 1;
  for (Trial& trial : run.trials) {
    trial.wall_seconds += 0.001 * day;
    if (day >= 30) trial.environment["driver_version"] = "590.48.01";
    if (day % 5 == 4) trial.environment["gpu_uuid"] = "GPU-55555555-1111-2222-3333-444444444444";
    for (Row& row : trial.rows) {
      double factor = 1 + 0.0008 * noise(static_cast<unsigned>(day * 100 + static_cast<int>(row.benchmark.size())));
      const bool mended = trial.mode == "docker:--gpus=all" && row.benchmark.starts_with("gemm/cublaslt/bf16");
      if (mended && day >= 20) factor /= 1.031;
      row.seconds *= factor;
      for (double& seconds : row.repetitions) seconds *= factor;
      if (row.bytes_per_second) *row.bytes_per_second /= factor;
      if (row.flops_per_second) *row.flops_per_second /= factor;
    }
  }
  return run;
}

/// Writes run.json alone.
inline std::filesystem::path write_run(const std::filesystem::path& folder, const Run& run) {
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "run.json") << to_json(run, analyse(run)).dump(
      1, ' ', false, nlohmann::json::error_handler_t::replace);
  return folder;
}

}  // namespace cuparity
