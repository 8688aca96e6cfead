#include "harness/calibrate/calibration.hpp"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "harness/calibrate/calibration_format.hpp"
#include "harness/calibrate/calibration_plan.hpp"
#include "harness/stats/power.hpp"
#include "harness/stats/simulated_run.hpp"

namespace cuparity {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<CalibrationArm> arms_of(const std::vector<std::string>& modes, const std::vector<double>& slowdowns) {
  CalibrationPlan plan;
  plan.modes = modes;
  plan.slowdowns = slowdowns;
  return calibration_arms(plan);
}

Calibration simulated(int blocks, double deviation, const std::vector<int>& groups, std::uint64_t seed = 1) {
  SimulatedSamples random(seed);
  SimulatedRun shape;
  shape.modes = {"native", "native, again", "native, 1 % slower"};
  shape.effect = {{"native, 1 % slower", 0.01}};
  shape.benchmarks.clear();
  for (int i = 0; i < 10; ++i) shape.benchmarks.push_back("gemm/own/fp32/" + std::to_string(i));
  shape.blocks = blocks;
  shape.deviation = deviation;
  return calibrate(simulate_run(shape, random), arms_of({"native"}, {0.01}), groups);
}

TEST(Calibration, ArmsAreEveryModeAgainAndTheFirstSlower) {
  const auto arms = arms_of({"native", "docker:--gpus=all"}, {0.005, 0.05});
  ASSERT_EQ(arms.size(), 4U);
  EXPECT_EQ(arms[1].name, "docker:--gpus=all, again");
  EXPECT_EQ(arms[1].reference, "docker:--gpus=all");
  EXPECT_EQ(arms[2].name, "native, 0.5 % slower");
  EXPECT_EQ(arms[3].slowdown, 0.05);
}

TEST(Calibration, CountsRowsTimesDisjointGroups) {
  const Calibration result = simulated(20, 0.001, {6, 12, 21});
  EXPECT_EQ(result.blocks, 20);
  EXPECT_EQ(result.processes, 20 * 6);
  ASSERT_EQ(result.cells.size(), 4U);  // two arms, two group sizes; 21 blocks there are not
  EXPECT_EQ(result.cells[0].blocks, 6);
  EXPECT_EQ(result.cells[0].found.of, 30);  // 10 rows, 3 groups
  EXPECT_EQ(result.cells[1].blocks, 12);
  EXPECT_EQ(result.cells[1].found.of, 10);
}

TEST(Calibration, RowsOfASuiteThatIsPerClockStandInTimeAndInCycles) {
  SimulatedSamples random(1);
  SimulatedRun shape;
  shape.modes = {"native", "native, again"};
  shape.benchmarks = {"gemm/own/fp32/4096", "gemm/own/bf16/4096", "saxpy/own/fp32/1024"};
  shape.clock_deviation = 0.05;
  cuparity::Run run = simulate_run(shape, random);
  run.per_clock = {"^gemm/"};
  const Calibration result = calibrate(run, arms_of({"native"}, {}), {6});
  ASSERT_EQ(result.resolutions.size(), 3U);
  EXPECT_EQ(result.resolutions[0].benchmark_class, "GEMM");
  EXPECT_GT(result.resolutions[0].median_detectable, 0.02);
  EXPECT_EQ(result.resolutions[1].benchmark_class, "GEMM per clock");
  EXPECT_LT(result.resolutions[1].median_detectable, 0.002);
  EXPECT_EQ(result.resolutions[2].benchmark_class, "memory");
}

TEST(Calibration, FindsTheTruth) {
  const Calibration result = simulated(60, 0.001, {6});
  const CalibrationCell& same = result.cells[0];
  EXPECT_EQ(same.slowdown, 0);
  EXPECT_EQ(same.found.of, 100);
  EXPECT_LE(same.found.count, same.most_false_alarms);
  EXPECT_EQ(same.most_false_alarms, 11);  // 99 % point of Binomial(100, 0.05)
  EXPECT_EQ(same.called_same.count, 100);
  const CalibrationCell& slower = result.cells[1];
  EXPECT_EQ(slower.found.count, 100);
  EXPECT_GT(slower.found.low, 0.95);
  EXPECT_NEAR(result.effects.at(0).median_effect, 0.01, 0.001);
  // One block averages two trials a side: its scatter is that of one trial.
  EXPECT_NEAR(result.resolutions.at(0).median_deviation, 0.001, 0.0003);
  EXPECT_NEAR(result.resolutions.at(0).median_detectable, 3.605 * 0.001 / std::sqrt(0.955 * 20), 0.0003);
}

TEST(Calibration, AFewDisturbedBlocksHardlyCountForTheResolution) {
  SimulatedSamples random(1);
  SimulatedRun shape;
  shape.modes = {"native", "native, again"};
  shape.benchmarks = {"bandwidth/h2d_pinned/64MiB"};
  shape.blocks = 60;
  shape.deviation = 0.0003;
  cuparity::Run run = simulate_run(shape, random);
  const double before = calibrate(run, arms_of({"native"}, {}), {6}).resolutions.at(0).by_row.at(0).detectable;
  for (std::size_t i = 0; i < run.trials.size(); i += 40)  // another user of the host takes its memory
    for (double& seconds : run.trials[i].rows[0].repetitions) seconds *= 1.02;
  const double after = calibrate(run, arms_of({"native"}, {}), {6}).resolutions.at(0).by_row.at(0).detectable;
  EXPECT_LT(after, 1.5 * before);
}

TEST(Calibration, LeavesOutWhatIsNotMeasuredEverywhere) {
  SimulatedSamples random(1);
  SimulatedRun shape;
  shape.modes = {"native", "native, again"};
  shape.benchmarks = {"a/x", "a/y"};
  cuparity::Run run = simulate_run(shape, random);
  for (Row& row : run.trials[5].rows)
    if (row.benchmark == "a/y") { row.state = RowState::failed; row.message = "out of memory"; }
  const Calibration result = calibrate(run, arms_of({"native"}, {}), {6});
  EXPECT_THAT(result.left_out, ElementsAre("a/y under native, again: out of memory"));
  EXPECT_EQ(result.cells.at(0).found.of, 2);
}

TEST(Calibration, OfNothingIsEmpty) {
  const Calibration result = calibrate({}, arms_of({"native"}, {0.01}), {6});
  EXPECT_THAT(result.cells, IsEmpty());
  EXPECT_THAT(calibration_as_text(result), HasSubstr("0 blocks"));
}

TEST(Calibration, SortsBenchmarksIntoClasses) {
  EXPECT_EQ(class_of("bandwidth/copy/fp32/1GiB"), "memory");
  EXPECT_EQ(class_of("saxpy/own/fp32/1024"), "memory");
  EXPECT_EQ(class_of("bandwidth/h2d_pinned/256MiB"), "pinned copies");
  EXPECT_EQ(class_of("bandwidth/d2h_pageable/256MiB"), "pageable copies");
  EXPECT_EQ(class_of("gemm/own/bf16/4096"), "GEMM");
  EXPECT_EQ(class_of("launch/submit"), "launch");
}

/// Rows that share a part of their scatter, as those of one process may.
TEST(Calibration, RowsThatMoveTogetherAreWorthFewerComparisons) {
  SimulatedSamples random(1);
  SimulatedRun shape;
  shape.modes = {"native", "native, again"};
  shape.benchmarks = {"a/1", "a/2", "a/3", "a/4"};
  shape.blocks = 60;
  cuparity::Run run = simulate_run(shape, random);
  const Calibration apart = calibrate(run, arms_of({"native"}, {}), {6});
  EXPECT_GT(apart.cells.at(0).found.effective, 30);
  for (Trial& trial : run.trials) {
    for (Row& row : trial.rows) row.seconds = trial.rows[0].seconds;
  }
  const Calibration together = calibrate(run, arms_of({"native"}, {}), {6});
  EXPECT_NEAR(together.resolutions.at(0).correlation, 1, 1e-9);
  EXPECT_EQ(together.cells.at(0).found.of, 40);
  EXPECT_NEAR(together.cells.at(0).found.effective, 10, 1e-6);
}

TEST(Calibration, AnArmThatWasDroppedCostsTheOthersNothing) {
  SimulatedSamples random(1);
  SimulatedRun shape;
  shape.modes = {"native", "native, again", "docker:none", "docker:none, again"};
  cuparity::Run run = simulate_run(shape, random);
  std::erase_if(run.trials, [](const Trial& t) { return t.mode == "docker:none" && t.block > 0; });
  const Calibration result = calibrate(run, arms_of({"native", "docker:none"}, {}), {6});
  ASSERT_EQ(result.cells.size(), 1U);
  EXPECT_EQ(result.cells[0].arm, "native, again");
  EXPECT_EQ(result.cells[0].found.of, 2);
}

TEST(PredictedPower, IsNearThePublishedTable) {
  EXPECT_NEAR(predicted_power(0.01, 0.01, 20), 0.99, 0.01);
  EXPECT_NEAR(predicted_power(0.01, 0.02, 20), 0.52, 0.08);  // a large-sample formula
  EXPECT_NEAR(predicted_power(0.01, minimum_detectable_shift(1, 20, 0.05, 0.95), 20), 0.025, 0.01);
  EXPECT_EQ(predicted_power(0.01, 0, 20), 1);
}

TEST(Calibration, IsShownInEveryFormat) {
  const Calibration result = simulated(12, 0.001, {6});
  EXPECT_THAT(calibration_as_text(result), HasSubstr("20 of 20: 100.0 % (83.2 to 100.0)"));
  EXPECT_THAT(calibration_as_markdown(result), HasSubstr("| GEMM | native, 1 % slower | 6 | 20 of 20"));
  EXPECT_THAT(calibration_as_markdown(result), HasSubstr("## Resolution, row by row\n\n| row | arm | scatter of a block |"));
  const auto json = nlohmann::json::parse(calibration_as_json(result));
  EXPECT_EQ(json["rates"][1]["found"]["of"], 20);
  EXPECT_EQ(json["arms"][1]["slowdown"], 0.01);
  EXPECT_EQ(json["resolution"][0]["by_row"].size(), json["resolution"][0]["rows"]);
}

}  // namespace
}  // namespace cuparity
