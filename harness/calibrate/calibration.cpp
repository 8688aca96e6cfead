#include "harness/calibrate/calibration.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <cmath>
#include <numeric>
#include <set>
#include <span>

#include "harness/record/benchmark_json.hpp"
#include "harness/record/median.hpp"
#include "harness/stats/block_comparison.hpp"
#include "harness/stats/blocks.hpp"
#include "harness/stats/estimate.hpp"
#include "harness/stats/margins.hpp"
#include "harness/stats/power.hpp"
#include "harness/stats/verdict.hpp"

namespace cuparity {
namespace {

constexpr double alpha = 0.05;
constexpr int resolution_blocks = 20;

/// A row of an arm that has a number in every block.
struct MeasuredRow {
  std::string name;
  double margin = 0.01;
  std::vector<double> reference;  ///< seconds or cycles, block by block
  std::vector<double> arm;
  std::vector<double> differences;  ///< ln(arm / reference)
  Estimate estimate;                ///< of all differences
};

/// The rows of one class in one arm.
struct RowClass {
  std::vector<MeasuredRow> rows;
  double correlation = 0;
  double design_effect() const {
    return 1 + (static_cast<double>(rows.size()) - 1) * std::max(0.0, correlation);
  }
};
using RowClasses = std::map<std::string, RowClass>;

std::vector<std::string> benchmark_rows(const Run& run) {
  std::vector<std::string> names;
  std::set<std::string> known;
  for (const Trial& trial : run.trials) {
    for (const Row& row : trial.rows) {
      if (trial.kind == TrialKind::benchmark && known.insert(row.benchmark).second) {
        names.push_back(row.benchmark);
      }
    }
  }
  return names;
}

/// False if a block lacks a usable number.
bool read_numbers(const std::vector<Block>& blocks, const CalibrationArm& arm, BlockNumber number_of,
                  MeasuredRow& row) {
  const TwoSamples numbers = paired_numbers(blocks, row.name, {arm.reference}, {arm.name}, number_of);
  if (numbers.baseline.size() != blocks.size()) {
    return false;
  }
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    const double before = numbers.baseline[i], after = numbers.candidate[i];
    if (!(before > 0) || !(after > 0) || std::isinf(before) || std::isinf(after)) {
      return false;
    }
    row.reference.push_back(before);
    row.arm.push_back(after);
    row.differences.push_back(std::log(after / before));
  }
  row.estimate = estimate_paired(row.differences, alpha);
  return true;
}

std::string why_left_out(const Run& run, const CalibrationArm& arm, const std::string& name) {
  for (const Trial& trial : run.trials) {
    const Row* row = trial.mode == arm.name || trial.mode == arm.reference ? find_row(trial, name) : nullptr;
    if (row != nullptr && row->state != RowState::measured) {
      return row->message;
    }
  }
  return "not measured in every block";
}

/// Pearson's; 0 where one side is constant.
double correlation(const std::vector<double>& a, const std::vector<double>& b) {
  const double n = static_cast<double>(a.size());
  const double mean_a = std::accumulate(a.begin(), a.end(), 0.0) / n;
  const double mean_b = std::accumulate(b.begin(), b.end(), 0.0) / n;
  double products = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    products += (a[i] - mean_a) * (b[i] - mean_b);
  }
  const double scale = standard_deviation(a) * standard_deviation(b) * (n - 1);
  return scale > 0 ? products / scale : 0;
}

double mean_correlation(const std::vector<MeasuredRow>& rows) {
  double sum = 0;
  int pairs = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j, ++pairs) {
      sum += correlation(rows[i].differences, rows[j].differences);
    }
  }
  return pairs > 0 ? sum / pairs : 0;
}

RowClasses classes_of(const Run& run, const std::vector<Block>& blocks, const CalibrationArm& arm,
                      std::vector<std::string>& left_out) {
  RowClasses classes;
  for (const std::string& name : benchmark_rows(run)) {
    const std::string benchmark_class = class_of(short_name(name));
    MeasuredRow row;
    row.name = name;
    row.margin = margin_of(short_name(name), run.margins);
    MeasuredRow in_cycles = row;
    if (read_numbers(blocks, arm, block_seconds, row)) {
      classes[benchmark_class].rows.push_back(std::move(row));
    } else {
      left_out.push_back(
          fmt::format("{} under {}: {}", short_name(name), arm.name, why_left_out(run, arm, name)));
    }
    if (is_per_clock(short_name(name), run.per_clock) && read_numbers(blocks, arm, block_cycles, in_cycles)) {
      classes[benchmark_class + " per clock"].rows.push_back(std::move(in_cycles));
    }
  }
  for (auto& [name, members] : classes) {
    members.correlation = mean_correlation(members.rows);
  }
  return classes;
}

struct Tally {
  int comparisons = 0, found = 0, slower = 0, same = 0;
};

void judge_group(const MeasuredRow& row, double slowdown, std::size_t begin, std::size_t blocks,
                 Tally& tally) {
  const std::span<const double> reference = std::span<const double>(row.reference).subspan(begin, blocks);
  const std::span<const double> arm = std::span<const double>(row.arm).subspan(begin, blocks);
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

double mean_predicted_power(const std::vector<MeasuredRow>& rows, double slowdown, int blocks) {
  double sum = 0;
  for (const MeasuredRow& row : rows) {
    sum += predicted_power(slowdown, row.estimate.deviation, blocks);
  }
  return sum / static_cast<double>(rows.size());
}

CalibrationCell cell_of(const CalibrationArm& arm, const std::string& name, const RowClass& members,
                        int blocks, int group) {
  Tally tally;
  for (const MeasuredRow& row : members.rows) {
    for (int begin = 0; begin + group <= blocks; begin += group) {
      judge_group(row, arm.slowdown, static_cast<std::size_t>(begin), static_cast<std::size_t>(group), tally);
    }
  }
  const double design_effect = members.design_effect();
  CalibrationCell cell;
  cell.benchmark_class = name;
  cell.arm = arm.name;
  cell.slowdown = arm.slowdown;
  cell.blocks = group;
  cell.found = proportion(tally.found, tally.comparisons, design_effect);
  cell.called_slower = proportion(tally.slower, tally.comparisons, design_effect);
  cell.called_same = proportion(tally.same, tally.comparisons, design_effect);
  if (arm.slowdown > 0) {
    cell.expected_power = mean_predicted_power(members.rows, arm.slowdown, group);
  } else {
    cell.most_false_alarms = most_alarms(tally.comparisons, alpha, design_effect);
  }
  return cell;
}

CalibrationResolution resolution_of(const CalibrationArm& arm, const std::string& name,
                                    const RowClass& members) {
  CalibrationResolution resolution;
  resolution.benchmark_class = name;
  resolution.arm = arm.name;
  resolution.correlation = members.correlation;
  std::vector<double> deviations;
  std::vector<double> detectable;
  for (const MeasuredRow& row : members.rows) {
    deviations.push_back(row.estimate.deviation);
    detectable.push_back(std::expm1(row.estimate.minimum_detectable_shift *
                                    std::sqrt(row.estimate.effective_blocks / resolution_blocks)));
    resolution.by_row.push_back({short_name(row.name), deviations.back(), detectable.back()});
    if (detectable.back() >= resolution.largest_detectable) {
      resolution.largest_detectable = detectable.back();
      resolution.largest_in = short_name(row.name);
    }
  }
  resolution.median_deviation = median(deviations);
  resolution.median_detectable = median(detectable);
  return resolution;
}

CalibrationEffect effect_of(const CalibrationArm& arm, const std::string& name, const RowClass& members) {
  std::vector<double> effects;
  for (const MeasuredRow& row : members.rows) {
    effects.push_back(std::expm1(row.estimate.shift));
  }
  return {name, arm.name, arm.slowdown, median(effects)};
}

std::vector<Block> blocks_that_count(const Run& run, const CalibrationArm& arm) {
  std::vector<Block> blocks = complete_blocks(run, {arm.reference, arm.name});
  std::erase_if(blocks, [](const Block& block) { return !block.rejected.empty(); });
  return blocks;
}

void add_arm(const Run& run, const CalibrationArm& arm, const std::vector<int>& group_sizes,
             Calibration& result) {
  const std::vector<Block> blocks = blocks_that_count(run, arm);
  const int count = static_cast<int>(blocks.size());
  if (count < 2) {
    return;
  }
  for (const auto& [name, members] : classes_of(run, blocks, arm, result.left_out)) {
    for (const int group : group_sizes) {
      if (group <= count) {
        result.cells.push_back(cell_of(arm, name, members, count, group));
      }
    }
    if (arm.slowdown > 0) {
      result.effects.push_back(effect_of(arm, name, members));
    } else {
      result.resolutions.push_back(resolution_of(arm, name, members));
    }
  }
}

}  // namespace

std::string class_of(const std::string& benchmark) {
  const std::string first = benchmark.substr(0, benchmark.find('/'));
  if (first == "bandwidth" || first == "saxpy") {
    return benchmark.find("_pinned") != std::string::npos     ? "pinned copies"
           : benchmark.find("_pageable") != std::string::npos ? "pageable copies"
                                                              : "memory";
  }
  return first == "gemm" ? "GEMM" : first;
}

double predicted_power(double slowdown, double deviation, int blocks) {
  if (deviation <= 0) {
    return slowdown > 0 ? 1 : 0;
  }
  const boost::math::normal normal;
  const double distance = std::sqrt(rank_test_efficiency * blocks) * std::log1p(slowdown) / deviation;
  return boost::math::cdf(normal, distance - boost::math::quantile(normal, 1 - alpha / 2));
}

Calibration calibrate(const Run& run, const std::vector<CalibrationArm>& arms,
                      const std::vector<int>& group_sizes) {
  Calibration result;
  result.arms = arms;
  result.seed = run.seed;
  result.environment = run.environment;
  result.interrupted = run.finished_at.empty();
  for (const Trial& trial : run.trials) {
    if (trial.kind == TrialKind::benchmark) {
      ++result.processes;
      result.process_seconds += trial.wall_seconds;
    }
  }
  const std::vector<Block> blocks = complete_blocks(run, {run.baseline_mode});
  result.rejected = count_rejected(blocks);
  result.blocks = static_cast<int>(blocks.size()) - result.rejected;
  for (const CalibrationArm& arm : arms) {
    add_arm(run, arm, group_sizes, result);
  }
  return result;
}

}  // namespace cuparity
