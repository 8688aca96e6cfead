#include "harness/record/run_json.hpp"

#include <gmock/gmock.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>

#include "environment/temporary_folder.hpp"
#include "harness/errors.hpp"
#include "harness/record/journal.hpp"
#include "harness/record/result_file.hpp"

namespace cuparity {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Run example_run() {
  Run run;
  run.version = "0.1.0";
  run.suite = "quick";
  run.command = {"cuparity", "run", "--suite", "quick"};
  run.seed = 18446744073709551615ULL;
  run.baseline_mode = "native";
  run.modes = {"native", "docker:--gpus=all"};
  run.mode_reasons = {{"native", "always possible"}};
  run.image = "cuparity:latest";
  run.image_digest = "sha256:1";
  run.started_at = "2026-01-01T00:00:00Z";
  run.finished_at = "2026-01-01T00:02:00Z";
  run.planned_blocks = 12;
  run.looks = {12, 24};
  run.margins = {{"default", 0.01}, {"^launch/", 0.02}};
  run.per_clock = {"^gemm/"};
  run.environment = {{"driver_version", "580.1"}};
  run.notes = {"the container sees one GPU, native four"};
  run.harness_seconds = 1.25;
  Trial trial;
  trial.index = 3;
  trial.block = 1;
  trial.position = 2;
  trial.mode = "native";
  trial.started_at = "2026-01-01T00:00:05Z";
  trial.wall_seconds = 4.5;
  trial.process_seconds = 4.25;
  trial.ok = true;
  trial.raw_file = "raw/3.json";
  trial.environment = {{"gpu_uuid", "GPU-1"}};
  trial.telemetry = {{"sm_clock_mhz", "1980"}};
  Row row;
  row.benchmark = "saxpy/own/fp32/1024/manual_time";
  row.seconds = 0.1;
  row.repetitions = {0.1, 0.3, std::numeric_limits<double>::infinity()};
  row.bytes_per_second = 1e12;
  row.cycles = 2e8;
  row.label = {{"digest", "00ff"}};
  trial.rows.push_back(row);
  row = Row{};
  row.benchmark = "gemm/cublaslt/fp8_e4m3/4096";
  row.state = RowState::skipped;
  row.message = "no fp8 on sm_80";
  trial.rows.push_back(row);
  run.trials.push_back(trial);
  Trial validation;
  validation.index = 4;
  validation.block = -1;
  validation.kind = TrialKind::validation;
  validation.mode = "docker:--gpus=all";
  validation.failure = "exit code 1";
  validation.tests_passed = 10;
  validation.tests_failed = 1;
  validation.tests_skipped = 2;
  validation.failed_tests = {"Saxpy.Odd: off by 3"};
  run.trials.push_back(validation);
  return run;
}

nlohmann::json example_json() { return to_json(example_run(), Analysis{}); }

std::string error_of(const nlohmann::json& json) {
  try {
    run_from_json(json);
  } catch (const UsageError& error) {
    return error.what();
  }
  return "no error";
}

TEST(RunJson, SurvivesARoundTripThroughText) {
  const std::string text = example_json().dump(2);
  const cuparity::Run run = run_from_json(nlohmann::json::parse(text));
  EXPECT_EQ(to_json(run, Analysis{}).dump(2), text);
  EXPECT_EQ(run.seed, 18446744073709551615ULL);
  EXPECT_THAT(run.looks, ElementsAre(12, 24));
  ASSERT_EQ(run.trials.size(), 2U);
  EXPECT_DOUBLE_EQ(run.trials[0].rows[0].seconds, 0.1);
  EXPECT_TRUE(std::isinf(run.trials[0].rows[0].repetitions[2]));
  EXPECT_EQ(run.trials[0].rows[1].state, RowState::skipped);
  EXPECT_FALSE(run.trials[0].rows[1].bytes_per_second.has_value());
  EXPECT_THAT(run.per_clock, testing::ElementsAre("^gemm/"));
  EXPECT_EQ(run.trials[0].rows[0].cycles, 2e8);
  EXPECT_FALSE(run.trials[0].rows[1].cycles.has_value());
  EXPECT_EQ(run.trials[1].kind, TrialKind::validation);
  EXPECT_THAT(run.trials[1].failed_tests, ElementsAre("Saxpy.Odd: off by 3"));
}

TEST(RunJson, TrialAndHeaderSurviveAloneAsInTheJournal) {
  const cuparity::Run run = example_run();
  EXPECT_EQ(to_json(trial_from_json(to_json(run.trials[0]))), to_json(run.trials[0]));
  const nlohmann::json header = header_to_json(run);
  EXPECT_FALSE(header.contains("trials"));
  EXPECT_EQ(header_to_json(header_from_json(header)), header);
}

TEST(RunJson, WritesTextThatIsNotUtf8) {
  cuparity::Run run = example_run();
  run.trials[0].failure = "killed: \xff\xfe";
  EXPECT_NO_THROW(to_json(run, Analysis{}).dump());
  EXPECT_THAT(to_json(run.trials[0])["failure"].get<std::string>(), HasSubstr("killed: "));
}

TEST(RunJson, HoldsWhatWasDerived) {
  Analysis analysis;
  Comparison comparison;
  comparison.benchmark = "saxpy";
  comparison.verdict = Verdict::slower;
  comparison.effect = 0.03;
  comparison.interval_low = 0.02;
  analysis.comparisons.push_back(comparison);
  analysis.wrong = {"docker: Saxpy.Odd failed"};
  analysis.verdict = Verdict::slower;
  analysis.exit_code = exit_regression;
  const nlohmann::json json = to_json(example_run(), analysis)["analysis"];
  EXPECT_EQ(json["verdict"], "slower");
  EXPECT_EQ(json["exit_code"], 1);
  EXPECT_EQ(json["comparisons"][0]["effect"], 0.03);
  EXPECT_EQ(json["comparisons"][0]["interval"]["low"], 0.02);
  EXPECT_TRUE(json["comparisons"][0]["interval"]["high"].is_null());
  EXPECT_EQ(json["wrong"][0], "docker: Saxpy.Odd failed");
}

TEST(RunJson, RefusesOtherDocuments) {
  EXPECT_THAT(error_of(nlohmann::json::array()), HasSubstr("a JSON array"));
  EXPECT_THAT(error_of({{"benchmarks", 1}}), HasSubstr("not a run of cuparity"));
  nlohmann::json json = example_json();
  json["schema_version"] = 99;
  EXPECT_THAT(error_of(json), HasSubstr("schema_version 99 was written by a newer cuparity"));
  json["schema_version"] = 0;
  EXPECT_THAT(error_of(json), HasSubstr("expected 1 to 1, found 0"));
}

TEST(RunJson, NamesTheFieldThatIsWrong) {
  const auto broken = [](const char* pointer, const nlohmann::json& value) {
    nlohmann::json json = example_json();
    json[nlohmann::json::json_pointer(pointer)] = value;
    return error_of(json);
  };
  EXPECT_THAT(broken("/modes", "native"), HasSubstr("modes: expected an array, found string"));
  EXPECT_THAT(broken("/modes/1", 3), HasSubstr("modes[1]: expected a string, found number (3)"));
  EXPECT_THAT(broken("/seed", -1), HasSubstr("seed: expected an integer that is not negative"));
  EXPECT_THAT(broken("/margins/default", "1%"), HasSubstr("margins.default: expected a number"));
  EXPECT_THAT(broken("/trials", nlohmann::json::object()), HasSubstr("trials: expected an array"));
  EXPECT_THAT(broken("/trials/0/block", 1.5), HasSubstr("trials[0].block: expected an integer"));
  EXPECT_THAT(broken("/trials/0/block", 5000000000), HasSubstr("trials[0].block: expected an integer"));
  EXPECT_THAT(broken("/trials/0/kind", "party"),
              HasSubstr("trials[0].kind: expected benchmark, validation or startup"));
  EXPECT_THAT(broken("/trials/0/ok", "yes"), HasSubstr("trials[0].ok: expected true or false"));
  EXPECT_THAT(broken("/trials/0/rows/0/state", "odd"),
              HasSubstr("trials[0].rows[0].state: expected measured"));
  EXPECT_THAT(broken("/trials/0/rows/0/repetitions/1", "a"), HasSubstr("trials[0].rows[0].repetitions[1]"));
  nlohmann::json json = example_json();
  json["trials"][0].erase("mode");
  EXPECT_THAT(error_of(json), HasSubstr("trials[0].mode: is missing"));
}

TEST(RunJson, ToleratesFieldsItDoesNotKnowAndOptionalOnesThatAreMissing) {
  nlohmann::json json = example_json();
  json["colour"] = "blue";
  json.erase("notes");
  json.erase("analysis");
  json["trials"][0].erase("telemetry");
  EXPECT_EQ(error_of(json), "no error");
}

class LoadRun : public ::testing::Test {
 protected:
  void write(const std::string& name, const std::string& text) { std::ofstream(folder_ / name) << text; }

  const TemporaryFolder temporary_;
  const std::filesystem::path& folder_ = temporary_.path();
};

TEST_F(LoadRun, TakesAFileOrItsFolder) {
  write("run.json", example_json().dump());
  EXPECT_EQ(load_run(folder_).trials.size(), 2U);
  EXPECT_EQ(load_run(folder_ / "run.json").suite, "quick");
}

TEST_F(LoadRun, NamesTheFileInEveryError) {
  EXPECT_THAT([&] { load_run(folder_); },
              ::testing::ThrowsMessage<UsageError>(HasSubstr("neither run.json nor")));
  EXPECT_THAT([&] { load_run(folder_ / "none.json"); },
              ::testing::ThrowsMessage<UsageError>(HasSubstr("none.json: no such file")));
  write("run.json", "{\"format\": \"cuparity-run\", \"schema_version\": 1}");
  EXPECT_THAT([&] { load_run(folder_); },
              ::testing::ThrowsMessage<UsageError>(HasSubstr("run.json: baseline_mode: is missing")));
}

TEST_F(LoadRun, ReadsTheJournalWhereTheFileIsEmptyOrCut) {
  const cuparity::Run run = example_run();
  Journal::create(folder_, run).append(run.trials[0]);
  for (const std::string& text : {std::string(), example_json().dump().substr(0, 500)}) {
    write("run.json", text);
    for (const auto& path : {folder_, folder_ / "run.json"}) {
      EXPECT_EQ(load_run(path).trials.size(), 1U);
      EXPECT_THAT(load_run(path).notes, ::testing::Contains(HasSubstr("run.json can't be read")));
      EXPECT_EQ(std::get<cuparity::Run>(load_result(path)).trials.size(), 1U);
    }
  }
  write("run.json", "[]");
  EXPECT_THROW(load_run(folder_), UsageError) << "not cut, but something else";
}

TEST(TrialJson, KeepsStartUpsAndTelemetryOverTime) {
  Trial trial;
  trial.kind = TrialKind::startup;
  trial.telemetry_series = {{"seconds", {0.1, 0.2}},
                            {"power_watts", {350.5, std::numeric_limits<double>::quiet_NaN()}}};
  const Trial back = trial_from_json(nlohmann::json::parse(to_json(trial).dump()));
  EXPECT_EQ(back.kind, TrialKind::startup);
  EXPECT_THAT(back.telemetry_series.at("seconds"), ElementsAre(0.1, 0.2));
  EXPECT_EQ(back.telemetry_series.at("power_watts")[0], 350.5);
  EXPECT_TRUE(std::isnan(back.telemetry_series.at("power_watts")[1]));
  EXPECT_FALSE(to_json(Trial{}).contains("telemetry_series")) << "nothing is written where nothing was watched";
}

}  // namespace
}  // namespace cuparity
