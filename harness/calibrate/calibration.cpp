#include "harness/calibrate/calibration.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/math/distributions/binomial.hpp>
#include <cmath>
#include <map>
#include <set>

#include "harness/record/benchmark_json.hpp"
#include "harness/record/median.hpp"
#include "harness/stats/block_seconds.hpp"
#include "harness/stats/blocks.hpp"
#include "harness/stats/estimate.hpp"
#include "harness/stats/margins.hpp"
#include "harness/stats/power.hpp"
#include "harness/stats/signed_rank.hpp"
#include "harness/stats/verdict.hpp"

namespace cuparity {
namespace {

constexpr double alpha = 0.05;
constexpr int resolution_blocks = 20;

/// The numbers of one row, block by block.
struct Paired {
  std::vector<double> reference;
  std::vector<double> arm;
};

std::vector<std::string> measured_rows(const Run& run) {
  std::vector<std::string> names;
  std::set<std::string> known;
  for (const Trial& trial : run.trials) {
    for (const Row& row : trial.rows) {
      if (trial.kind == TrialKind::benchmark && row.state == RowState::measured && known.insert(row.benchmark).second) {
        names.push_back(row.benchmark);
      }
    }
  }
  return names;
}

/// Empty if a block lacks a usable number.
Paired numbers_of(const std::vector<Block>& blocks, const CalibrationArm& arm, const std::string& row) {
  Paired paired;
  for (const Block& block : blocks) {
    const auto before = block_seconds(block, {arm.reference}, row);
    const auto after = block_seconds(block, {arm.name}, row);
    if (!before || !after || !(*before > 0) || !(*after > 0) || std::isinf(*before) || std::isinf(*after)) {
      return {};
    }
    paired.reference.push_back(*before);
    paired.arm.push_back(*after);
  }
  return paired;
}

std::vector<double> differences(const Paired& paired) {
  std::vector<double> result;
  for (std::size_t i = 0; i < paired.arm.size(); ++i) {
    result.push_back(std::log(paired.arm[i] / paired.reference[i]));
  }
  return result;
}

/// A row of an arm that has a number in every block.
struct MeasuredRow {
  std::string name;
  std::string benchmark_class;
  double margin = 0.01;
  Paired paired;
};

struct Tally {
  int comparisons = 0, found = 0, slower = 0, same = 0;
};

void judge_group(const MeasuredRow& row, double slowdown, std::size_t begin, std::size_t blocks, Tally& tally) {
  const std::span<const double> reference = std::span<const double>(row.paired.reference).subspan(begin, blocks);
  const std::span<const double> arm = std::span<const double>(row.paired.arm).subspan(begin, blocks);
  Comparison comparison;
  comparison.margin = row.margin;
  const Observation observation = observe_paired(comparison, reference, arm, alpha);
  const Interval interval = observation.estimate->interval;
  const Verdict verdict = decide({observation}, alpha, "blocks").front().verdict;
  ++tally.comparisons;
  tally.found += (slowdown > 0 ? interval.low > 0 : interval.excludes_zero()) ? 1 : 0;
  tally.slower += verdict == Verdict::slower ? 1 : 0;
  tally.same += verdict == Verdict::same ? 1 : 0;
}

CalibrationCell cell_of(const CalibrationArm& arm, const std::string& benchmark_class, int blocks, const Tally& tally) {
  CalibrationCell cell;
  cell.benchmark_class = benchmark_class;
  cell.arm = arm.name;
  cell.slowdown = arm.slowdown;
  cell.blocks = blocks;
  cell.found = proportion(tally.found, tally.comparisons);
  cell.called_slower = proportion(tally.slower, tally.comparisons);
  cell.called_same = proportion(tally.same, tally.comparisons);
  cell.most_false_alarms =
      static_cast<int>(boost::math::quantile(boost::math::binomial(tally.comparisons, alpha), 0.99));
  return cell;
}

using RowsByClass = std::map<std::string, std::vector<MeasuredRow>>;

void add_cells(const CalibrationArm& arm, const RowsByClass& rows, int blocks, int group, Calibration& result) {
  for (const auto& [benchmark_class, members] : rows) {
    Tally tally;
    for (const MeasuredRow& row : members) {
      for (int begin = 0; begin + group <= blocks; begin += group) {
        judge_group(row, arm.slowdown, static_cast<std::size_t>(begin), static_cast<std::size_t>(group), tally);
      }
    }
    if (tally.comparisons > 0) {
      result.cells.push_back(cell_of(arm, benchmark_class, group, tally));
    }
  }
}

void add_resolution(const CalibrationArm& arm, const std::string& benchmark_class,
                    const std::vector<MeasuredRow>& rows, Calibration& result) {
  CalibrationResolution resolution;
  resolution.benchmark_class = benchmark_class;
  resolution.arm = arm.name;
  resolution.rows = static_cast<int>(rows.size());
  std::vector<double> deviations;
  std::vector<double> detectable;
  for (const MeasuredRow& row : rows) {
    deviations.push_back(standard_deviation(differences(row.paired)));
    detectable.push_back(
        std::expm1(minimum_detectable_shift(deviations.back(), resolution_blocks, alpha, detection_power)));
    if (detectable.back() >= resolution.largest_detectable) {
      resolution.largest_detectable = detectable.back();
      resolution.largest_in = short_name(row.name);
    }
  }
  resolution.median_deviation = median(deviations);
  resolution.median_detectable = median(detectable);
  result.resolutions.push_back(std::move(resolution));
}

void add_effect(const CalibrationArm& arm, const std::string& benchmark_class, const std::vector<MeasuredRow>& rows,
                Calibration& result) {
  std::vector<double> effects;
  for (const MeasuredRow& row : rows) {
    effects.push_back(std::expm1(hodges_lehmann(differences(row.paired))));
  }
  result.effects.push_back({benchmark_class, arm.name, arm.slowdown, median(effects)});
}

RowsByClass rows_of(const Run& run, const std::vector<Block>& blocks, const CalibrationArm& arm, Calibration& result) {
  RowsByClass rows;
  for (const std::string& name : measured_rows(run)) {
    MeasuredRow row{name, class_of(short_name(name)), margin_of(short_name(name), run.margins),
                    numbers_of(blocks, arm, name)};
    if (row.paired.arm.empty()) {
      result.left_out.push_back(fmt::format("{} under {}", short_name(name), arm.name));
    } else {
      rows[row.benchmark_class].push_back(std::move(row));
    }
  }
  return rows;
}

}  // namespace

Proportion proportion(int count, int of) {
  Proportion result{count, of, 0, 1};
  if (of > 0) {
    using boost::math::binomial;
    result.low = binomial::find_lower_bound_on_p(of, count, 0.025);
    result.high = binomial::find_upper_bound_on_p(of, count, 0.025);
  }
  return result;
}

std::string class_of(const std::string& benchmark) {
  const std::string first = benchmark.substr(0, benchmark.find('/'));
  if (first == "bandwidth" || first == "saxpy") {
    return benchmark.find("_pinned") != std::string::npos     ? "pinned copies"
           : benchmark.find("_pageable") != std::string::npos ? "pageable copies"
                                                              : "device memory";
  }
  return first == "gemm" ? "GEMM" : first;
}

Calibration calibrate(const Run& run, const std::vector<CalibrationArm>& arms, const std::vector<int>& group_sizes) {
  Calibration result;
  result.arms = arms;
  result.seed = run.seed;
  result.environment = run.environment;
  for (const Trial& trial : run.trials) {
    result.processes += trial.kind == TrialKind::benchmark ? 1 : 0;
  }
  std::vector<Block> blocks = complete_blocks(run);
  result.rejected = count_rejected(blocks);
  std::erase_if(blocks, [](const Block& block) { return !block.rejected.empty(); });
  result.blocks = static_cast<int>(blocks.size());
  if (blocks.empty()) {
    return result;
  }
  for (const CalibrationArm& arm : arms) {
    const RowsByClass rows = rows_of(run, blocks, arm, result);
    for (const int group : group_sizes) {
      add_cells(arm, rows, result.blocks, group, result);
    }
    for (const auto& [benchmark_class, members] : rows) {
      if (arm.slowdown > 0) {
        add_effect(arm, benchmark_class, members, result);
      } else {
        add_resolution(arm, benchmark_class, members, result);
      }
    }
  }
  return result;
}

}  // namespace cuparity
