// How often the verdicts are wrong: measured on known truths. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "harness/record/run.hpp"

namespace cuparity {

/// A mode of a calibration run that is compared with another one whose truth is known.
struct CalibrationArm {
  std::string name;       ///< the mode in Run.modes
  std::string reference;  ///< the mode it is compared with
  double slowdown = 0;    ///< relative, injected; 0: the same thing twice (A/A)
};

/// A share with its exact 95 % interval (Clopper and Pearson, Biometrika 26 (1934) 404).
struct Proportion {
  int count = 0;
  int of = 0;
  double low = 0;
  double high = 1;
  double share() const { return of > 0 ? static_cast<double>(count) / of : 0; }
};
Proportion proportion(int count, int of);

/// All comparisons of one class of benchmarks in one arm with one number of blocks.
struct CalibrationCell {
  std::string benchmark_class;
  std::string arm;
  double slowdown = 0;
  int blocks = 0;           ///< of one comparison
  /// A/A: the 95 % interval excludes 0 on either side. Slow-down: it lies above 0.
  Proportion found;
  Proportion called_slower;  ///< the verdict, alone in its family
  Proportion called_same;
  int most_false_alarms = 0;  ///< A/A: the 99 % bound of the binomial distribution at 5 %
};

/// What one class can resolve, from the differences of an A/A arm.
struct CalibrationResolution {
  std::string benchmark_class;
  std::string arm;
  int rows = 0;
  double median_deviation = 0;      ///< of ln ratio, one block
  double median_detectable = 0;     ///< MDE (95 % power, alpha 5 %) with 20 blocks, relative
  double largest_detectable = 0;
  std::string largest_in;           ///< the row that has it
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
  int blocks = 0;    ///< that count
  int rejected = 0;  ///< blocks that do not
  int processes = 0;
  std::uint64_t seed = 0;
  std::vector<CalibrationCell> cells;
  std::vector<CalibrationResolution> resolutions;
  std::vector<CalibrationEffect> effects;
  std::vector<std::string> left_out;  ///< rows without a number in every block, with the arm
  std::map<std::string, std::string> environment;
};

/// "device memory", "pinned copies", "pageable copies", "GEMM", else the first part of the name.
std::string class_of(const std::string& benchmark);

/// A comparison is one row in one disjoint group of consecutive blocks, for each of the `group_sizes` that the
/// run has enough blocks for. Margins are the run's. Rows share processes, so comparisons of one group are
/// not wholly independent.
Calibration calibrate(const Run& run, const std::vector<CalibrationArm>& arms, const std::vector<int>& group_sizes);

}  // namespace cuparity
