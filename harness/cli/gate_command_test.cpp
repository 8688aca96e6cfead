#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "environment/temporary_folder.hpp"
#include "environment/text_file.hpp"
#include "harness/cli/commands.hpp"
#include "harness/cli/subcommand.hpp"
#include "harness/errors.hpp"
#include "harness/report/example_run.hpp"
#include "harness/report/report.hpp"

namespace cuparity {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

class GateCommand : public ::testing::Test {
 protected:
  void SetUp() override {
    for (const char* name : {"several", "before", "now"}) std::filesystem::create_directories(folder_ / name);
    for (const std::string& file : {baseline_, candidate_, in_folder_}) std::ofstream(file) << result_;
  }

  int gate(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "gate");
    return run_subcommand(add_gate_command, std::move(arguments), output_);
  }

  auto refusal(std::vector<std::string> arguments) {
    return [this, arguments = std::move(arguments)] { gate(arguments); };
  }

  const TemporaryFolder temporary_;
  const std::filesystem::path& folder_ = temporary_.path();
  std::string output_;
  const std::string result_ = R"({"benchmarks": [{"name": "x", "real_time": 1}]})";
  const std::string baseline_ = folder_ / "a.json";
  const std::string candidate_ = folder_ / "b.json";
  const std::string in_folder_ = folder_ / "several" / "1.json";
};

TEST_F(GateCommand, RefusesWhatItWouldNotHeed) {
  const std::vector<std::vector<std::string>> of_golden = {{"--suite", "quick"}, {"--blocks", "3"}, {"--seed", "3"},
                                                           {"--backend", "cuda"}, {"--filter", "zzz"}, {"--out", "x"}};
  for (const std::vector<std::string>& option : of_golden) {
    EXPECT_THAT(refusal({candidate_, "--baseline", baseline_, option[0], option[1]}),
                ThrowsMessage<UsageError>(HasSubstr(option[0] + " is for --golden")));
  }
  EXPECT_THAT(refusal({candidate_, "--baseline", baseline_, "--index", "i"}),
              ThrowsMessage<UsageError>(HasSubstr("--index is for --history")));
  EXPECT_THAT(refusal({candidate_, "--history", folder_, "--cross-environment"}),
              ThrowsMessage<UsageError>(HasSubstr("--cross-environment is for --baseline")));
  EXPECT_EQ(gate({candidate_, "--baseline", baseline_, "--cross-environment"}), exit_inconclusive);
}

TEST_F(GateCommand, WritesNoReportOverWhatItReads) {
  const std::string allow = folder_ / "allow.yaml";
  std::ofstream(allow) << "expected_changes: []\n";
  for (const char* option : {"--junit", "--gitlab"}) {
    for (const std::string& file : {baseline_, candidate_, allow}) {
      EXPECT_THAT(refusal({candidate_, "--baseline", baseline_, "--allow", allow, option, file}),
                  ThrowsMessage<UsageError>(HasSubstr(option + (" " + file) + " is what is compared")));
    }
    EXPECT_THAT(refusal({candidate_, "--baseline", folder_ / "several", option, in_folder_}),
                ThrowsMessage<UsageError>(HasSubstr("is what is compared")));
  }
  EXPECT_EQ(environment::read_text_file(baseline_), result_);
  for (int time = 0; time < 2; ++time)
    EXPECT_EQ(gate({candidate_, "--baseline", baseline_, "--junit", folder_ / "junit.xml"}), exit_inconclusive);
}

TEST_F(GateCommand, AContainerThatGotSlowerIsSeenWithoutNamingItsMode) {
  Example example = example_run();
  write_reports(folder_ / "before", example.run, example.analysis);
  for (Trial& trial : example.run.trials) {
    if (trial.mode != "docker:manual") continue;
    for (Row& row : trial.rows) {
      row.seconds *= 2;
      for (double& seconds : row.repetitions) seconds *= 2;
    }
  }
  write_reports(folder_ / "now", example.run, example.analysis);
  const std::vector<std::string> arguments = {folder_ / "now", "--baseline", folder_ / "before", "--format", "json"};
  EXPECT_EQ(gate(arguments), exit_regression);
  std::map<std::string, int> exit_codes;
  const nlohmann::json document = nlohmann::json::parse(output_);
  for (const auto& result : document["results"]) exit_codes[result["mode"]] = result["exit_code"];
  EXPECT_EQ(exit_codes.size(), 3u) << output_;
  EXPECT_EQ(exit_codes["docker:manual"], exit_regression);
  EXPECT_NE(exit_codes["native"], exit_regression);
  EXPECT_NE(exit_codes["docker:--gpus=all"], exit_regression);

  std::vector<std::string> one = arguments;
  one.insert(one.end(), {"--mode", "native"});
  EXPECT_NE(gate(one), exit_regression);
  EXPECT_EQ(nlohmann::json::parse(output_)["results"].size(), 1u);
}

TEST_F(GateCommand, AModeWithoutRowsIsInconclusiveAndKeepsTheVerdictOnTheOthers) {
  Example example = example_run();
  write_reports(folder_ / "before", example.run, example.analysis);
  for (Trial& trial : example.run.trials) {
    if (trial.mode == "docker:manual") trial.rows.clear();
  }
  write_reports(folder_ / "now", example.run, example.analysis);
  const std::vector<std::string> arguments = {folder_ / "now", "--baseline", folder_ / "before"};
  EXPECT_EQ(gate(arguments), exit_inconclusive);
  EXPECT_THAT(output_, HasSubstr("Passed: 7 benchmarks."));
  EXPECT_THAT(output_, HasSubstr("Inconclusive: nothing to compare: "));

  for (Trial& trial : example.run.trials) {
    for (Row& row : trial.rows) {
      if (trial.mode != "native" || row.state != RowState::measured) continue;
      row.state = RowState::failed;
      row.message = "wrong: this is a test";
    }
  }
  write_reports(folder_ / "now", example.run, example.analysis);
  EXPECT_EQ(gate(arguments), exit_regression);
  EXPECT_THAT(output_, HasSubstr("Wrong: "));
}

TEST_F(GateCommand, AModeThatGotLostIsAWarning) {
  Example example = example_run();
  write_reports(folder_ / "before", example.run, example.analysis);
  std::erase(example.run.modes, "docker:manual");
  std::erase_if(example.run.trials, [](const Trial& trial) { return trial.mode == "docker:manual"; });
  write_reports(folder_ / "now", example.run, example.analysis);
  EXPECT_EQ(gate({folder_ / "now", "--baseline", folder_ / "before"}), exit_pass);
  EXPECT_THAT(output_, HasSubstr("the baseline's mode docker:manual is missing in the candidate"));
  EXPECT_EQ(gate({folder_ / "before", "--baseline", folder_ / "now"}), exit_pass);
  EXPECT_THAT(output_, HasSubstr("The candidate's mode docker:manual is new"));
}

TEST_F(GateCommand, WhatIsWrongFailsThoughNothingCanBeCompared) {
  Example example = example_run();
  std::erase(example.run.modes, "docker:manual");
  write_reports(folder_ / "before", example.run, example.analysis);
  example.run.modes.push_back("docker:manual");
  Trial failed = example.run.trials.back();
  failed.kind = TrialKind::validation;
  failed.mode = "docker:manual";  // the baseline has no such mode
  failed.failed_tests = {"Numerics/Gemm"};
  example.run.trials.push_back(failed);
  write_reports(folder_ / "now", example.run, example.analysis);
  EXPECT_EQ(gate({folder_ / "now", "--baseline", folder_ / "before"}), exit_regression);
  EXPECT_THAT(output_, HasSubstr("docker:manual: test failed: Numerics/Gemm"));
  for (Trial& trial : example.run.trials) {
    if (trial.mode != "docker:manual") trial.rows.clear();
  }
  write_reports(folder_ / "several", example.run, example.analysis);
  EXPECT_EQ(gate({folder_ / "several", "--baseline", folder_ / "before"}), exit_regression) << "the new mode is all there is";
  EXPECT_THAT(output_, HasSubstr("docker:manual: test failed: Numerics/Gemm"));
  // Too few runs for a prediction.
  EXPECT_EQ(gate({folder_ / "now", "--history", folder_ / "before", "--mode", "docker:manual"}), exit_regression);
  EXPECT_THAT(output_, HasSubstr("test failed: Numerics/Gemm"));
  EXPECT_THAT(refusal({folder_ / "before", "--history", folder_ / "before"}), ThrowsMessage<UsageError>(HasSubstr("nothing to compare")));
}

TEST_F(GateCommand, RunsThatHaveNoModeInCommonAreRefused) {
  Example example = example_run();
  write_reports(folder_ / "before", example.run, example.analysis);
  for (std::string& mode : example.run.modes) mode += "-other";
  example.run.baseline_mode += "-other";
  for (Trial& trial : example.run.trials) trial.mode += "-other";
  write_reports(folder_ / "now", example.run, example.analysis);
  EXPECT_THAT(refusal({folder_ / "now", "--baseline", folder_ / "before"}),
              ThrowsMessage<UsageError>(HasSubstr("nothing to compare: ")));
}

}  // namespace
}  // namespace cuparity
