// For tests: a whole run with known effects, in randomised ABBA blocks.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "harness/record/run.hpp"
#include "harness/stats/simulated_samples.hpp"

namespace cuparity {

struct SimulatedRun {
  std::vector<std::string> modes = {"native", "docker:--gpus=all"};
  std::vector<std::string> benchmarks = {"saxpy/own/fp32/1024/manual_time"};
  std::map<std::string, double> effect;  ///< by mode: relative, on every benchmark
  int blocks = 12;
  std::vector<int> looks = {12};
  double deviation = 0.001;  ///< of the logarithm of one process's number
  double drift = 0;          ///< relative, from the first trial to the last
  double random_walk = 0;    ///< standard deviation of a step from process to process, of the logarithm
  double correlation = 0;    ///< of a process's deviation with that of the process before
  double clock_deviation = 0;  ///< of the logarithm of a process's clock, which its cycles do not have
  double (SimulatedSamples::*scatter)() = &SimulatedSamples::normal;
};

/// Blocks of every mode once in random order and once more in reverse; one second is the true time.
inline Run simulate_run(const SimulatedRun& shape, SimulatedSamples& random) {
  Run run;
  run.version = "0.0.0";
  run.suite = "simulated";
  run.baseline_mode = shape.modes.front();
  run.modes = shape.modes;
  run.planned_blocks = shape.blocks;
  run.looks = shape.looks;
  run.finished_at = "2026-01-01T00:00:00Z";
  const int total = shape.blocks * 2 * static_cast<int>(shape.modes.size());
  // What all benchmarks of a process have in common.
  const std::vector<double> common =
      shape.correlation > 0 ? random.autoregressive(static_cast<std::size_t>(total), shape.correlation)
                            : std::vector<double>();
  double level = 0;
  for (int block = 0; block < shape.blocks; ++block) {
    std::vector<std::string> order = random.shuffled(shape.modes);
    const std::vector<std::string> reversed(order.rbegin(), order.rend());
    order.insert(order.end(), reversed.begin(), reversed.end());
    for (std::size_t position = 0; position < order.size(); ++position) {
      Trial trial;
      trial.index = static_cast<int>(run.trials.size());
      trial.block = block;
      trial.position = static_cast<int>(position);
      trial.mode = order[position];
      trial.ok = true;
      trial.wall_seconds = 1;
      const auto effect = shape.effect.find(trial.mode);
      const double clock = shape.clock_deviation > 0 ? std::exp(shape.clock_deviation * random.normal()) : 1;
      level += shape.random_walk > 0 ? shape.random_walk * random.normal() : 0;
      for (const std::string& benchmark : shape.benchmarks) {
        Row row;
        row.benchmark = benchmark;
        row.seconds = (1 + (effect == shape.effect.end() ? 0 : effect->second)) *
                      (1 + shape.drift * trial.index / total) * std::exp(level + shape.deviation * (common.empty() ? (random.*shape.scatter)()
                                                                              : common[run.trials.size()]));
        if (shape.clock_deviation > 0) row.cycles = 1e9 * row.seconds;
        row.seconds /= clock;
        row.repetitions = {row.seconds};
        row.label = {{"digest", "00ff00ff00ff00ff"}};
        trial.rows.push_back(row);
      }
      run.trials.push_back(trial);
    }
  }
  return run;
}

}  // namespace cuparity
