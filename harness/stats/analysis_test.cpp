#include "harness/stats/analysis.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "harness/errors.hpp"
#include "harness/stats/blocks.hpp"
#include "harness/stats/simulated_run.hpp"

namespace cuparity {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

const std::string docker = "docker:--gpus=all";

cuparity::Run simulated(const SimulatedRun& shape = {}) {
  SimulatedSamples random(5);
  return simulate_run(shape, random);
}

/// The trials of a mode, to be changed.
std::vector<Trial*> trials_of(cuparity::Run& run, const std::string& mode) {
  std::vector<Trial*> trials;
  for (Trial& trial : run.trials) {
    if (trial.mode == mode) trials.push_back(&trial);
  }
  return trials;
}

TEST(Analysis, EqualModesAreTheSame) {
  const Analysis analysis = analyse(simulated());
  ASSERT_EQ(analysis.comparisons.size(), 1U);
  const Comparison& comparison = analysis.comparisons.front();
  EXPECT_EQ(comparison.verdict, Verdict::same) << comparison.reason;
  EXPECT_EQ(comparison.n, 12);
  EXPECT_EQ(comparison.differences.size(), 12U);
  EXPECT_EQ(comparison.same_bits, true);
  EXPECT_DOUBLE_EQ(comparison.confidence_level, 0.95);
  EXPECT_NEAR(comparison.baseline_seconds.value(), 1, 0.01);
  EXPECT_EQ(analysis.verdict, Verdict::same);
  EXPECT_EQ(analysis.exit_code, exit_pass);
  EXPECT_THAT(analysis.sentence, StartsWith("Same: 1 of 1"));
  EXPECT_THAT(analysis.wrong, IsEmpty());
}

TEST(Analysis, ComparesInCyclesWhereTheSuiteSaysSoAndTheyWereCounted) {
  SimulatedRun shape;
  shape.benchmarks = {"gemm/own/fp32/4096/manual_time", "saxpy/own/fp32/1024/manual_time"};
  shape.effect = {{docker, 0.05}};
  shape.clock_deviation = 0.05;
  cuparity::Run run = simulated(shape);
  run.per_clock = {"^gemm/"};
  Analysis analysis = analyse(run);
  const Comparison& in_cycles = analysis.comparisons.at(0);
  EXPECT_EQ(in_cycles.measure, Measure::cycles);
  EXPECT_EQ(in_cycles.verdict, Verdict::slower) << in_cycles.reason;
  EXPECT_NEAR(in_cycles.effect.value(), 0.05, 0.002);
  EXPECT_THAT(in_cycles.reason, HasSubstr("; compared in clock cycles, in time it is "));
  EXPECT_NEAR(in_cycles.time_effect.value(), 0.05, 0.05);
  EXPECT_GT(std::fabs(in_cycles.time_effect.value() - 0.05), 0.002);
  EXPECT_NEAR(in_cycles.baseline_seconds.value(), 1, 0.1) << "at the clock in the middle";
  EXPECT_EQ(analysis.noise_floor.at(0).measure, Measure::cycles);
  EXPECT_EQ(analysis.comparisons.at(1).measure, Measure::seconds);

  trials_of(run, docker)[3]->rows[0].cycles = 0;
  EXPECT_EQ(analyse(run).comparisons.at(0).measure, Measure::seconds);
  EXPECT_THAT(analyse(run).comparisons.at(0).reason, HasSubstr("not every process counted its clock cycles"));
  trials_of(run, docker)[3]->rows[0].cycles.reset();
  analysis = analyse(run);
  EXPECT_EQ(analysis.comparisons.at(0).measure, Measure::seconds);
  EXPECT_THAT(analysis.comparisons.at(0).reason, HasSubstr("not every process counted its clock cycles"));
  for (Trial* trial : trials_of(run, docker)) trial->rows[0].cycles.reset();
  EXPECT_THAT(analyse(run).comparisons.at(0).reason, HasSubstr("not every process counted its clock cycles"));
  for (Trial* trial : trials_of(run, "native")) trial->rows[0].cycles.reset();
  EXPECT_THAT(analyse(run).comparisons.at(0).reason, testing::Not(HasSubstr("cycles"))) << "a CPU has none";
}

TEST(Analysis, WhatIsSlowerInCyclesIsNotBlamedOnTheClock) {
  SimulatedRun shape;
  shape.benchmarks = {"gemm/own/fp32/4096/manual_time"};
  shape.effect = {{docker, 0.05}};
  shape.clock_deviation = 0.001;
  cuparity::Run run = simulated(shape);
  run.per_clock = {"^gemm/"};
  const Analysis analysis = analyse(run);
  const Comparison& comparison = analysis.comparisons.at(0);
  EXPECT_EQ(comparison.verdict, Verdict::slower);
  EXPECT_GT(comparison.time_interval_low.value(), comparison.margin) << "it is slower in time as well";
  EXPECT_THAT(comparison.reason, testing::Not(HasSubstr("the GPU's clock is lower")));
}

TEST(Analysis, AModeWithALowerClockIsSlowerThoughNotPerClock) {
  SimulatedRun shape;
  shape.benchmarks = {"gemm/own/fp32/4096/manual_time"};
  shape.clock_deviation = 0.001;
  cuparity::Run run = simulated(shape);
  run.per_clock = {"^gemm/"};
  EXPECT_EQ(analyse(run).comparisons.at(0).verdict, Verdict::same);
  for (Trial* trial : trials_of(run, docker)) trial->rows[0].seconds *= 1.05;
  const Analysis analysis = analyse(run);
  EXPECT_EQ(analysis.comparisons.at(0).verdict, Verdict::slower);
  EXPECT_THAT(analysis.comparisons.at(0).reason, StartsWith("slower in time by "));
  EXPECT_THAT(analysis.sentence, HasSubstr(" % in time (interval +"));
  EXPECT_EQ(analysis.exit_code, exit_regression);
}

TEST(Analysis, ASlowDownInTimeStandsTheCorrectionForAllRows) {
  SimulatedRun shape;
  shape.blocks = 6;  // enough for one comparison, too few among four
  shape.looks = {6};
  shape.clock_deviation = 0.001;
  shape.benchmarks.clear();
  for (int i = 0; i < 4; ++i) shape.benchmarks.push_back("gemm/own/fp32/" + std::to_string(i) + "/manual_time");
  cuparity::Run run = simulated(shape);
  run.per_clock = {"^gemm/"};
  for (Trial* trial : trials_of(run, docker)) trial->rows[0].seconds *= 1.05;
  const Analysis analysis = analyse(run);
  EXPECT_EQ(analysis.comparisons.at(0).verdict, Verdict::inconclusive) << "nor the same: it may be slower";
  EXPECT_THAT(analysis.comparisons.at(0).reason, StartsWith("slower in time by "));
  EXPECT_THAT(analysis.comparisons.at(0).reason,
              HasSubstr("not after the correction for 4 comparisons in time; about 8 blocks would settle it"));
  EXPECT_EQ(analysis.comparisons.at(0).blocks_to_settle, 8) << "the fewest whose exact test can prove one of four";
  EXPECT_FALSE(analysis.comparisons.at(0).only_in_time);
  EXPECT_EQ(analysis.comparisons.at(1).verdict, Verdict::same);
}

TEST(Analysis, ABlocksNumberIsTheMeanLogarithmOverItsPositions) {
  SimulatedRun shape;
  shape.blocks = 1;
  cuparity::Run run = simulated(shape);
  trials_of(run, "native")[0]->rows[0].seconds = 1;
  trials_of(run, "native")[1]->rows[0].seconds = 4;
  trials_of(run, docker)[0]->rows[0].seconds = 3;
  trials_of(run, docker)[1]->rows[0].seconds = 3;
  const Analysis analysis = analyse(run);
  EXPECT_NEAR(analysis.comparisons[0].differences.at(0), std::log(1.5), 1e-12);
  EXPECT_NEAR(analysis.noise_floor[0].differences.at(0), std::log(4), 1e-12);
}

TEST(Analysis, FindsASlowdownAndTheFastMode) {
  SimulatedRun shape;
  shape.modes = {"native", docker, "podman:--gpus=all"};
  shape.effect = {{docker, 0.03}, {"podman:--gpus=all", -0.03}};
  const Analysis analysis = analyse(simulated(shape));
  ASSERT_EQ(analysis.comparisons.size(), 2U);
  EXPECT_EQ(analysis.comparisons[0].verdict, Verdict::slower);
  EXPECT_NEAR(analysis.comparisons[0].effect.value(), 0.03, 0.003);
  EXPECT_EQ(analysis.comparisons[1].verdict, Verdict::faster);
  EXPECT_EQ(analysis.exit_code, exit_regression);
  EXPECT_THAT(analysis.sentence, HasSubstr("the most saxpy/own/fp32/1024 under docker:--gpus=all by +2.9"));
  EXPECT_EQ(analysis.noise_floor.front().verdict, Verdict::same);
}

TEST(Analysis, FasterIsAPass) {
  SimulatedRun shape;
  shape.effect = {{docker, -0.05}};
  const Analysis analysis = analyse(simulated(shape));
  EXPECT_EQ(analysis.verdict, Verdict::faster);
  EXPECT_EQ(analysis.exit_code, exit_pass);
}

TEST(Analysis, DividesTheErrorRateByTheLooks) {
  SimulatedRun shape;
  shape.blocks = 24;
  shape.looks = {12, 24};
  const Analysis analysis = analyse(simulated(shape));
  EXPECT_DOUBLE_EQ(analysis.comparisons.front().confidence_level, 0.975);
  EXPECT_EQ(analysis.comparisons.front().verdict, Verdict::same);
}

TEST(Analysis, GivesNoVerdictBeforeTheFirstLook) {
  cuparity::Run run = simulated();
  run.trials.resize(4 * 7 + 3);  // seven blocks and most of an eighth
  const Analysis analysis = analyse(run);
  EXPECT_EQ(analysis.comparisons.front().n, 7);
  EXPECT_EQ(analysis.verdict, Verdict::inconclusive);
  EXPECT_EQ(analysis.exit_code, exit_inconclusive);
  EXPECT_THAT(analysis.sentence, HasSubstr("stopped after 7 blocks, before the first planned look at 12"));
  EXPECT_THAT(analysis.sentence, HasSubstr("go on with cuparity run --resume"));
  run.command = {"cuparity", "gate", "image:2"};
  EXPECT_THAT(analyse(run).sentence, testing::Not(HasSubstr("--resume")));
  run.command = {"cuparity", "calibrate"};
  EXPECT_THAT(analyse(run).sentence, HasSubstr("cuparity calibrate --resume"));
}

TEST(Analysis, LeavesOutRejectedBlocksWhole) {
  cuparity::Run run = simulated();
  run.trials[4 * 3].telemetry["block_rejected"] = "thermal slowdown";
  for (int position = 0; position < 4; ++position) run.trials[4 * 3 + position].rows[0].seconds = 100;
  const Analysis analysis = analyse(run);
  EXPECT_EQ(analysis.comparisons.front().n, 11);
  EXPECT_EQ(analysis.verdict, Verdict::same) << analysis.sentence;
}

TEST(Analysis, ADroppedModeCostsTheOthersNothing) {
  SimulatedRun shape;
  shape.modes = {"native", "docker:none", "podman:none"};
  cuparity::Run run = simulated(shape);
  // podman fails three times in the first block and is not tried again.
  std::vector<Trial> kept;
  for (Trial trial : run.trials) {
    if (trial.mode == "podman:none") {
      if (trial.block > 0) continue;
      trial.ok = false;
      trial.failure = "exit code 139";
      trial.rows.clear();
    }
    kept.push_back(trial);
  }
  run.trials = kept;
  const Analysis analysis = analyse(run);
  EXPECT_EQ(analysis.comparisons.front().candidate, "docker:none");
  EXPECT_EQ(analysis.comparisons.front().n, 12);
  EXPECT_EQ(analysis.comparisons.front().verdict, Verdict::same);
}

TEST(Analysis, ComparesTheBitsOfWhatIsOnlyVerified) {
  cuparity::Run run = simulated();
  for (const std::string& mode : run.modes) {
    Trial trial;
    trial.kind = TrialKind::validation;
    trial.block = -1;
    trial.mode = mode;
    trial.ok = true;
    Row row;
    row.benchmark = "Numerics/saxpy.own/1";
    row.label["digest"] = mode == run.baseline_mode ? "0000000000000001" : "0000000000000002";
    trial.rows.push_back(row);
    run.trials.push_back(trial);
  }
  const Analysis analysis = analyse(run);
  EXPECT_EQ(analysis.exit_code, exit_regression);
  EXPECT_THAT(analysis.sentence, HasSubstr("bits differ"));
}

TEST(Analysis, IsInvalidWhereMoreThanATenthIsRejected) {
  cuparity::Run run = simulated();
  run.trials[0].telemetry["block_rejected"] = "thermal slowdown";
  run.trials[4].telemetry["block_rejected"] = "thermal slowdown";
  const Analysis analysis = analyse(run);
  EXPECT_EQ(analysis.verdict, Verdict::invalid);
  EXPECT_EQ(analysis.exit_code, exit_inconclusive);
  EXPECT_THAT(analysis.sentence, HasSubstr("2 of 12 blocks rejected (thermal slowdown)"));
  EXPECT_TRUE(analysis.comparisons.front().effect.has_value());
}

TEST(Analysis, AFailedTrialCostsItsBlockAndIsSaid) {
  cuparity::Run run = simulated();
  Trial& trial = *trials_of(run, docker)[0];
  trial.ok = false;
  trial.failure = "killed after 60 s";
  trial.rows.clear();
  const Analysis analysis = analyse(run);
  EXPECT_EQ(analysis.comparisons.front().n, 11);
  EXPECT_THAT(analysis.wrong, ElementsAre(docker + ": trial failed: killed after 60 s"));
  EXPECT_EQ(analysis.exit_code, exit_regression);
}

TEST(Analysis, AWrongResultFailsTheRun) {
  cuparity::Run run = simulated();
  for (Trial* trial : trials_of(run, docker)) {
    trial->rows[0].state = RowState::failed;
    trial->rows[0].message = "wrong result: 3.2 bounds off";
  }
  const Analysis analysis = analyse(run);
  EXPECT_EQ(analysis.comparisons.front().verdict, Verdict::invalid);
  EXPECT_THAT(analysis.comparisons.front().reason, HasSubstr("failed under docker:--gpus=all: wrong result"));
  EXPECT_THAT(analysis.wrong,
              ElementsAre(docker + ": saxpy/own/fp32/1024: wrong result: 3.2 bounds off (24 times)"));
  EXPECT_EQ(analysis.exit_code, exit_regression);
  EXPECT_THAT(analysis.sentence, StartsWith("Wrong: 1 finding"));
}

TEST(Analysis, AFailedValidationTestFailsTheRun) {
  cuparity::Run run = simulated();
  Trial validation;
  validation.kind = TrialKind::validation;
  validation.block = -1;
  validation.mode = docker;
  validation.tests_failed = 1;
  validation.failed_tests = {"Gemm.Odd: off by 3"};
  run.trials.push_back(validation);
  const Analysis analysis = analyse(run);
  EXPECT_THAT(analysis.wrong, ElementsAre(docker + ": test failed: Gemm.Odd: off by 3"));
  EXPECT_EQ(analysis.exit_code, exit_regression);
  EXPECT_EQ(analysis.comparisons.front().n, 12);
}

TEST(Analysis, OtherBitsOfTheSameAlgorithmAreWrong) {
  cuparity::Run run = simulated();
  for (Trial& trial : run.trials) trial.rows[0].label["algorithm"] = "7";
  for (Trial* trial : trials_of(run, docker)) trial->rows[0].label["digest"] = "0000000000000001";
  const Analysis analysis = analyse(run);
  EXPECT_EQ(analysis.comparisons.front().same_bits, false);
  ASSERT_EQ(analysis.wrong.size(), 1U);
  EXPECT_THAT(analysis.wrong.front(),
              HasSubstr("bits differ under docker:--gpus=all with the same algorithm (7)"));
  EXPECT_EQ(analysis.exit_code, exit_regression);
}

TEST(Analysis, OtherBitsOfAnotherAlgorithmAreANote) {
  cuparity::Run run = simulated();
  for (Trial& trial : run.trials) trial.rows[0].label["algorithm"] = "7";
  for (Trial* trial : trials_of(run, docker)) {
    trial->rows[0].label = {{"digest", "0000000000000001"}, {"algorithm", "8"}};
  }
  const Analysis analysis = analyse(run);
  EXPECT_THAT(analysis.wrong, IsEmpty());
  EXPECT_EQ(analysis.exit_code, exit_pass);
  EXPECT_EQ(analysis.comparisons.front().same_bits, false);
  EXPECT_THAT(analysis.comparisons.front().reason,
              HasSubstr("another algorithm was chosen: 7 under native, 8"));
}

TEST(Analysis, BitsThatVaryNativelySayNothing) {
  cuparity::Run run = simulated();
  trials_of(run, "native")[5]->rows[0].label["digest"] = "0000000000000002";
  const Analysis analysis = analyse(run);
  EXPECT_FALSE(analysis.comparisons.front().same_bits.has_value());
  EXPECT_THAT(analysis.wrong, IsEmpty());
}

TEST(Analysis, ARowSkippedUnderBothModesIsListedOnly) {
  cuparity::Run run = simulated();
  for (Trial& trial : run.trials) {
    Row row;
    row.benchmark = "gemm/cublaslt/fp8_e4m3/4096";
    row.state = RowState::skipped;
    row.message = "no fp8 here";
    trial.rows.push_back(row);
  }
  const Analysis analysis = analyse(run);
  EXPECT_EQ(analysis.comparisons.size(), 1U);
  EXPECT_THAT(analysis.skipped,
              ::testing::UnorderedElementsAre("native: gemm/cublaslt/fp8_e4m3/4096: no fp8 here",
                                              docker + ": gemm/cublaslt/fp8_e4m3/4096: no fp8 here"));
  EXPECT_EQ(analysis.exit_code, exit_pass);
}

TEST(Analysis, ARowMissingUnderOneModeIsInvalidNotDropped) {
  cuparity::Run run = simulated();
  for (Trial* trial : trials_of(run, docker)) {
    trial->rows[0].state = RowState::skipped;
    trial->rows[0].message = "no cuDNN";
  }
  const Analysis analysis = analyse(run);
  EXPECT_EQ(analysis.comparisons.front().verdict, Verdict::invalid);
  EXPECT_EQ(analysis.comparisons.front().reason, "skipped under docker:--gpus=all: no cuDNN");
  EXPECT_EQ(analysis.exit_code, exit_inconclusive);
}

TEST(Analysis, ARowMissingInManyBlocksIsInvalid) {
  cuparity::Run run = simulated();
  for (int i = 0; i < 3; ++i) trials_of(run, docker)[2 * i]->rows.clear();
  EXPECT_EQ(analyse(run).comparisons.front().reason, "measured in 9 of 12 blocks only");
}

TEST(Analysis, NeverComparesAcrossHardware) {
  cuparity::Run run = simulated();
  for (Trial& trial : run.trials) trial.environment["backend"] = trial.mode == "native" ? "cuda" : "cpu";
  const Analysis analysis = analyse(run);
  EXPECT_EQ(analysis.verdict, Verdict::invalid);
  EXPECT_THAT(analysis.sentence,
              HasSubstr("backend differs: cuda under native, cpu under docker:--gpus=all"));
  EXPECT_THAT(analysis.wrong, IsEmpty());
}

TEST(Analysis, TimesThatAreNoTimesAreInvalid) {
  for (const double bad : {0.0, -1.0, std::nan(""), std::numeric_limits<double>::infinity()}) {
    cuparity::Run run = simulated();
    trials_of(run, docker)[3]->rows[0].seconds = bad;
    const Analysis analysis = analyse(run);
    EXPECT_EQ(analysis.comparisons.front().verdict, Verdict::invalid) << bad;
    EXPECT_THAT(analysis.comparisons.front().reason, HasSubstr("which is no time")) << bad;
  }
}

TEST(Analysis, UsesTheMarginsOfTheRun) {
  SimulatedRun shape;
  shape.benchmarks = {"launch/submit/manual_time"};
  shape.effect = {{docker, 0.015}};
  cuparity::Run run = simulated(shape);
  EXPECT_EQ(analyse(run).verdict, Verdict::same);  // 2 % for launches by default
  run.margins = {{"default", 0.01}};
  EXPECT_EQ(analyse(run).verdict, Verdict::slower);
  run.margins = {{"default", 0.01}, {"^launch/", 0.05}};
  EXPECT_EQ(analyse(run).verdict, Verdict::same);
}

TEST(Analysis, OneModeOrNothingAtAllIsInconclusive) {
  SimulatedRun shape;
  shape.modes = {"native"};
  const Analysis alone = analyse(simulated(shape));
  EXPECT_EQ(alone.exit_code, exit_inconclusive);
  EXPECT_THAT(alone.sentence, HasSubstr("only native was run"));
  EXPECT_EQ(alone.noise_floor.size(), 1U);
  const Analysis empty = analyse(cuparity::Run{});
  EXPECT_EQ(empty.exit_code, exit_inconclusive);
}

TEST(Analysis, RelatesTheHarnessToTheProcessesItRan) {
  cuparity::Run run = simulated();  // 48 trials of 1 s
  run.harness_seconds = 12;
  EXPECT_DOUBLE_EQ(analyse(run).overhead_ratio, 0.25);
}

TEST(Blocks, AnUnfinishedBlockIsNotCounted) {
  cuparity::Run run = simulated();
  EXPECT_EQ(complete_blocks(run).size(), 12U);
  run.trials.pop_back();
  EXPECT_EQ(complete_blocks(run).size(), 11U);
  std::reverse(run.trials.begin(), run.trials.end());
  EXPECT_EQ(complete_blocks(run).front().trials.at("native").front()->position <
                complete_blocks(run).front().trials.at("native").back()->position,
            true);
}

}  // namespace
}  // namespace cuparity
