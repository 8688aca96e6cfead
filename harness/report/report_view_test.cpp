#include "harness/report/report_view.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/report/example_run.hpp"
#include "harness/report/report.hpp"

namespace cuparity {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

TEST(ReportView, OneTableAMode) {
  const Example example = example_run();
  const ReportView view = describe(example.run, example.analysis);
  ASSERT_EQ(view.tables.size(), 2U);
  EXPECT_EQ(view.tables[0].candidate, "docker:--gpus=all");
  EXPECT_EQ(view.tables[1].candidate, "docker:manual");
  EXPECT_EQ(view.tables[0].rows.size(), 7U);
  EXPECT_EQ(view.tables[0].count.at(Verdict::same), 4);
  EXPECT_THAT(view.measured, IsEmpty());
}

TEST(ReportView, RatesWhereThereAreRates) {
  const Example example = example_run();
  const ReportView view = describe(example.run, example.analysis);
  EXPECT_THAT(view.tables[0].rows[0].baseline_value, HasSubstr("TB/s"));
  EXPECT_THAT(view.tables[0].rows[2].baseline_value, HasSubstr("TFLOP/s"));
  EXPECT_THAT(view.tables[0].rows[5].baseline_value, HasSubstr("µs"));
}

TEST(ReportView, RemarksSayWhatTheVerdictDoesNot) {
  const Example example = example_run();
  const ReportView view = describe(example.run, example.analysis);
  EXPECT_EQ(view.tables[0].rows[1].remark, "detectable, below the margin");
  EXPECT_EQ(view.tables[1].rows[2].remark, "other bits");
}

TEST(ReportView, SkippedRowsAreGroupedByReason) {
  const Example example = example_run();
  const ReportView view = describe(example.run, example.analysis);
  ASSERT_EQ(view.skipped.size(), 2U);
  EXPECT_THAT(view.skipped[0].benchmarks, ElementsAre("gemm/cublaslt/fp8_e4m3/8192"));
  EXPECT_THAT(view.skipped[1].benchmarks,
              ElementsAre("convolution/cudnn/forward/fp16/3x3_64_64_56 (docker:manual)"));
}

TEST(ReportView, ReadingsOfAMomentAreNoDifference) {
  const Example example = example_run();
  const ReportView view = describe(example.run, example.analysis);
  for (const EnvironmentKey& key : view.environment) {
    if (key.key == "sm_clock_mhz") {
      EXPECT_FALSE(key.differs);
      EXPECT_THAT(key.values[0], HasSubstr(" … "));
    }
    if (key.key == "gpu_name") {
      EXPECT_FALSE(key.differs);
    }
    if (key.key == "cudnn_version") {
      EXPECT_TRUE(key.differs);
      EXPECT_THAT(key.values, ElementsAre("9.14.0", "9.13.1", "9.13.1"));
    }
    if (key.key == "variable_LD_LIBRARY_PATH") {
      EXPECT_TRUE(key.differs);
      EXPECT_THAT(key.values, ElementsAre("–", "–", "/usr/local/nvidia/lib64"));
    }
  }
  EXPECT_TRUE(view.environment.front().differs);
}

TEST(ReportView, TheCommandRepeatsTheOrderOfTrials) {
  Example example = example_run();
  EXPECT_THAT(describe(example.run, example.analysis).command,
              testing::EndsWith("--mode docker:manual --seed 20260301"))
      << "its folder is not empty";
  example.run.command.push_back("--out=r1");
  example.run.command.push_back("--seed=7");
  EXPECT_THAT(describe(example.run, example.analysis).command, testing::EndsWith("--mode docker:manual --seed=7"));
  for (const char* pipe : {"/dev/fd/63", "/dev/stdin", "/proc/self/fd/0"}) {
    example.run.command = {"cuparity", "run", "--suite", pipe, "--seed=7"};
    EXPECT_EQ(describe(example.run, example.analysis).command, "cuparity run --suite suite.yaml --seed=7");
    example.run.command = {"cuparity", "run", std::string("--suite=") + pipe, "--seed=7"};
    EXPECT_EQ(describe(example.run, example.analysis).command, "cuparity run --suite=suite.yaml --seed=7");
  }
}

TEST(ReportView, SaysWhatWasValidated) {
  Example example = example_run();
  const auto validation = [&] { return describe(example.run, example.analysis).validation; };
  EXPECT_EQ(validation(), "");
  Trial trial;
  trial.kind = TrialKind::validation;
  trial.tests_passed = 13;
  for (const std::string& mode : example.run.modes) {
    trial.mode = mode;
    example.run.trials.insert(example.run.trials.begin(), trial);
  }
  EXPECT_EQ(validation(), "39 tests passed, all modes together");
  for (const std::string& report : {render_markdown(example.run, example.analysis), render_html(example.run, example.analysis)})
    EXPECT_THAT(report, HasSubstr("39 tests passed, all modes together"));
  example.run.trials.front().tests_failed = 1;
  EXPECT_EQ(validation(), "39 tests passed, all modes together, 1 failed");
  example.run.trials.front().tests_skipped = 2;
  EXPECT_EQ(validation(), "39 tests passed, all modes together, 1 failed, 2 skipped under docker:manual");
  EXPECT_THAT(render_junit(example.run, Analysis{}), HasSubstr("validation tests passed, 2 skipped"));
  example.run.trials.erase(example.run.trials.begin());
  EXPECT_EQ(validation(), "26 tests passed, all modes together, none run under docker:manual");
}

TEST(ReportView, ProvenanceLeavesOutWhatIsUnknown) {
  EXPECT_THAT(describe(Example{}.run, Analysis{}).provenance, IsEmpty());
  const Example example = example_run();
  EXPECT_THAT(describe(example.run, example.analysis).provenance,
              testing::Contains(Pair("GPU", "NVIDIA H200")));
}

TEST(ReportView, AnInterruptedRunSaysHowFarItCame) {
  Example example = example_run();
  example.run.finished_at.clear();
  example.run.planned_blocks = 12;
  EXPECT_THAT(describe(example.run, example.analysis).state, HasSubstr("8 of 12 blocks"));
}

TEST(ReportView, OneModeAloneShowsWhatItMeasured) {
  Example example = example_run();
  example.run.modes = {"native"};
  std::erase_if(example.run.trials, [](const Trial& trial) { return trial.mode != "native"; });
  const ReportView view = describe(example.run, Analysis{});
  EXPECT_THAT(view.tables, IsEmpty());
  ASSERT_EQ(view.measured.size(), 7U);
  EXPECT_EQ(view.measured[0].processes, "16");
}

TEST(ReportView, SaysHowNearARowComesToWhatItsGpuCanAttain) {
  const Example example = example_run();  // an H200
  const ReportView view = describe(example.run, example.analysis);
  const ComparisonCells& triad = view.tables[0].rows[0];
  EXPECT_EQ(triad.candidate_value, "4.076 TB/s");
  EXPECT_EQ(triad.attained, "93 %");
  EXPECT_NE(triad.attained_source, "");
}

TEST(ReportView, SaysNothingOfWhatAnUnknownGpuCanAttain) {
  Example example = example_run();
  for (Trial& trial : example.run.trials) trial.environment["gpu_name"] = "no such GPU";
  EXPECT_EQ(describe(example.run, example.analysis).tables[0].rows[0].attained, "");
}

}  // namespace
}  // namespace cuparity
