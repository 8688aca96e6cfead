// Test data: a run of two or three modes whose times, environments and labels are set by hand.
#pragma once

#include <cmath>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "harness/record/run.hpp"

namespace cuparity {

struct ExampleMode {
  std::string name;
  std::map<std::string, std::string> environment = {};
  std::map<std::string, double> factors = {};  ///< benchmark -> factor on its time; 1 where not named
  std::map<std::string, std::string> telemetry = {};
};

/// Every mode twice a block, as in a real run; times wander by 0.01 %.
inline Run example_of(const std::vector<ExampleMode>& modes, const std::vector<std::string>& benchmarks,
                      const std::string& backend = "cpu", int blocks = 12) {
  Run run;
  run.baseline_mode = modes.front().name;
  run.planned_blocks = blocks;
  run.looks = {blocks};
  run.margins = {{"default", 0.01}};
  run.environment = {{"backend", backend}};
  for (const ExampleMode& mode : modes) run.modes.push_back(mode.name);
  int index = 0;
  for (int block = 0; block < blocks; ++block) {
    for (std::size_t position = 0; position < 2 * modes.size(); ++position) {
      const ExampleMode& mode = modes[position < modes.size() ? position : 2 * modes.size() - 1 - position];
      Trial trial;
      trial.index = index;
      trial.block = block;
      trial.position = static_cast<int>(position);
      trial.mode = mode.name;
      trial.ok = true;
      trial.wall_seconds = 1;
      trial.environment = mode.environment;
      trial.environment["backend"] = backend;
      trial.telemetry = mode.telemetry;
      for (const std::string& benchmark : benchmarks) {
        Row row;
        row.benchmark = benchmark + "/manual_time";
        const auto factor = mode.factors.find(benchmark);
        row.seconds = (factor == mode.factors.end() ? 1 : factor->second) * 1e-3 *
                      (1 + 1e-4 * std::sin(12.9898 * index + 78.233 * block));
        row.repetitions = {row.seconds};
        trial.rows.push_back(row);
      }
      run.trials.push_back(trial);
      ++index;
    }
  }
  return run;
}

}  // namespace cuparity
