#include "harness/explain/startup.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cuparity {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

using Phases = std::vector<std::pair<std::string, double>>;

void add(cuparity::Run& run, const std::string& mode, int block, const Phases& phases, bool ok = true) {
  Trial trial;
  trial.kind = TrialKind::startup;
  trial.block = block;
  trial.mode = mode;
  trial.ok = ok;
  for (const auto& [name, seconds] : phases) {
    Row row;
    row.benchmark = name;
    row.seconds = seconds;
    trial.rows.push_back(row);
  }
  run.trials.push_back(trial);
}

cuparity::Run example(int blocks = 8) {
  cuparity::Run run;
  run.baseline_mode = "native";
  run.modes = {"docker:--gpus=all", "native"};
  for (int block = 0; block < blocks; ++block) {
    const double noise = 0.001 * block;
    add(run, "native", block,
        {{"start", 0.010 + noise},
         {"cuinit", 0.09},
         {"first_result", 0.001},
         {"exit", 0.02},
         {"total", 0.13 + noise}});
    add(run, "docker:--gpus=all", block,
        {{"create", 0.1},
         {"start", 0.5 + noise},
         {"start_without_gpu", 0.3},
         {"cuinit", 0.015},
         {"first_result", 0.001},
         {"exit", 0.1},
         {"remove", 0.05},
         {"total", 0.8 + noise}});
  }
  return run;
}

const StartupPhase& phase(const StartupTable& table, const std::string& name) {
  for (const StartupPhase& one : table.phases) {
    if (one.name == name) return one;
  }
  throw std::runtime_error("no phase " + name);
}

TEST(StartupTable, StandsInTheOrderOfEvents) {
  const StartupTable table = startup_table(example());
  EXPECT_THAT(table.modes, ElementsAre("native", "docker:--gpus=all"));
  std::vector<std::string> names;
  for (const StartupPhase& one : table.phases) names.push_back(one.name);
  EXPECT_THAT(names, ElementsAre("create", "hook", "start", "cuinit", "first_result", "exit", "remove",
                                 "to_first_result", "total"));
}

TEST(StartupTable, TheHookIsWhatTheGpuRequestAddsToTheStart) {
  const StartupTable table = startup_table(example());
  EXPECT_NEAR(phase(table, "hook").values[1]->seconds, 0.2035, 1e-9);
  EXPECT_FALSE(phase(table, "hook").values[0]);
  EXPECT_NEAR(phase(table, "start").values[1]->seconds, 0.3, 1e-9) << "and the start is the rest";
  EXPECT_NEAR(phase(table, "to_first_result").values[1]->seconds, 0.1 + 0.5035 + 0.015 + 0.001, 1e-9);
}

TEST(StartupTable, HasIntervalsAndPairedDifferences) {
  const StartupTable table = startup_table(example());
  const auto& native = *phase(table, "start").values[0];
  EXPECT_EQ(native.blocks, 8);
  EXPECT_LT(*native.low, native.seconds);
  EXPECT_GT(*native.high, native.seconds);
  EXPECT_NEAR(phase(table, "cuinit").differences[1]->seconds, -0.075, 1e-9);
  EXPECT_NEAR(phase(table, "create").differences[1]->seconds, 0.1, 1e-9) << "natively there is none: 0";
  EXPECT_NEAR(phase(table, "total").differences[1]->seconds, 0.67, 1e-9);
  EXPECT_NEAR(*phase(table, "total").differences[1]->low, 0.67, 1e-9)
      << "the common drift cancels in the block";
  EXPECT_FALSE(phase(table, "total").differences[0]);
}

TEST(StartupTable, GivesNoIntervalThatTooFewBlocksCannotGive) {
  const StartupTable table = startup_table(example(3));
  EXPECT_FALSE(phase(table, "start").values[0]->low);
}

TEST(StartupTable, LeavesFailedStartsOutAndIsEmptyWithoutAny) {
  cuparity::Run run = example(1);
  add(run, "native", 1, {}, false);
  EXPECT_EQ(phase(startup_table(run), "start").values[0]->blocks, 1);
  EXPECT_TRUE(startup_table(cuparity::Run{}).phases.empty());
  EXPECT_EQ(startup_as_text(startup_table(cuparity::Run{})), "");
  EXPECT_EQ(startup_as_markdown(startup_table(cuparity::Run{})), "");
}

TEST(StartupTable, SaysThatNothingIsPulled) {
  const StartupTable table = startup_table(example());
  EXPECT_THAT(table.notes, Contains(HasSubstr("Pulling the image is not in it")));
  EXPECT_THAT(table.notes, Contains(HasSubstr("hook is a difference")));
  EXPECT_THAT(startup_as_text(table), HasSubstr("Pulling the image"));
  EXPECT_THAT(startup_as_text(table), HasSubstr("−75.00 ms"));
  EXPECT_THAT(startup_as_markdown(table), HasSubstr("| cuinit | 90.00 ms"));
}

}  // namespace
}  // namespace cuparity
