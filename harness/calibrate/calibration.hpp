// How often the verdicts are wrong: measured on known truths. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "harness/calibrate/proportion.hpp"
#include "harness/record/run.hpp"

namespace cuparity {

/// A mode of a calibration run that is compared with another one whose truth is known.
struct CalibrationArm {
  std::string name;       ///< the mode in Run.modes
  std::string reference;  ///< the mode it is compared with
  double slowdown = 0;    ///< relative, injected; 0: the same thing twice (A/A)
};

/// All comparisons of one class of benchmarks in one arm with one number of blocks. A comparison is one
/// benchmark in one group of consecutive blocks; groups do not overlap, so no number is used twice.
struct CalibrationCell {
  std::string benchmark_class;
  std::string arm;
  double slowdown = 0;
  int blocks = 0;  ///< of one comparison
  /// A/A: the 95 % interval excludes 0 on either side. Slow-down: it lies above 0.
  Proportion found;
  Proportion called_slower;  ///< the verdict, alone in its family
  Proportion called_same;
  int most_false_alarms = 0;   ///< A/A: most_alarms() at 5 %
  double expected_power = 0;   ///< slow-down: predicted_power() of the scatter found, mean over the rows
};

/// What one row can resolve, from its differences in an A/A arm.
struct RowResolution {
  std::string benchmark;
  double deviation = 0;   ///< of the ln ratio of one block (Estimate::deviation)
  double detectable = 0;  ///< MDE (95 % power, alpha 5 %) with 20 blocks, relative
};

/// What one class can resolve.
struct CalibrationResolution {
  std::string benchmark_class;
  std::string arm;
  double correlation = 0;  ///< mean over the pairs of rows, of their differences block by block
  double median_deviation = 0;
  double median_detectable = 0;
  double largest_detectable = 0;
  std::string largest_in;  ///< the row that has it
  std::vector<RowResolution> by_row;
};

/// The effect found over all blocks where one was injected.
struct CalibrationEffect {
  std::string benchmark_class;
  std::string arm;
  double slowdown = 0;
  double median_effect = 0;  ///< Hodges–Lehmann, over the rows
};

struct Calibration {
  std::vector<CalibrationArm> arms;
  int blocks = 0;    ///< that count, of the baseline mode
  int rejected = 0;  ///< blocks that do not
  int processes = 0;
  double process_seconds = 0;
  bool interrupted = false;  ///< the run was stopped before its time was over
  std::uint64_t seed = 0;
  std::vector<CalibrationCell> cells;
  std::vector<CalibrationResolution> resolutions;
  std::vector<CalibrationEffect> effects;
  std::vector<std::string> left_out;  ///< "row under arm: why", rows without a number in every block
  std::map<std::string, std::string> environment;
};

/// "memory", "pinned copies", "pageable copies", "GEMM", else the first part of the name.
std::string class_of(const std::string& benchmark);

/// Probability that the two-sided 5 % test finds a shift of ln(1 + slowdown) with `blocks` of this deviation:
/// the large-sample formula of power.hpp, solved for the power.
double predicted_power(double slowdown, double deviation, int blocks);

/// For each of the `group_sizes` that the run has enough blocks for. Margins are the run's. Rows of a class
/// share processes: the intervals allow for it by the design effect 1 + (rows - 1)·correlation (Kish, Survey
/// Sampling, 1965, 5.4), with the correlation of the differences, which is at least that of the outcomes.
Calibration calibrate(const Run& run, const std::vector<CalibrationArm>& arms,
                      const std::vector<int>& group_sizes);

}  // namespace cuparity
