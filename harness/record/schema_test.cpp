// What is written is what results/schema/ promises.
#include <gtest/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>

#include "harness/access/access_formats.hpp"
#include "harness/access/example_table.hpp"
#include "harness/calibrate/calibration_format.hpp"
#include "harness/calibrate/calibration_plan.hpp"
#include "harness/cli/compare_format.hpp"
#include "harness/doctor/checks/example_probe.hpp"
#include "harness/doctor/diagnose.hpp"
#include "harness/doctor/from_text.hpp"
#include "harness/explain/explanation_json.hpp"
#include "harness/record/run_json.hpp"
#include "harness/record/schema_violations.hpp"
#include "harness/stats/simulated_run.hpp"

namespace cuparity {
namespace {

Comparison run_comparison() {
  Comparison comparison;
  comparison.effect = 0.1;
  return comparison;
}

cuparity::Run example() {
  SimulatedSamples random(3);
  SimulatedRun shape;
  shape.effect = {{"docker:--gpus=all", 0.04}};
  cuparity::Run run = simulate_run(shape, random);
  run.margins = {{"default", 0.01}};
  run.environment = {{"kernel", "6.1"}};
  run.trials[0].rows[0].bytes_per_second = 1e12;
  run.trials[1].rows[0].repetitions.push_back(std::numeric_limits<double>::infinity());
  Row skipped;
  skipped.benchmark = "gemm/cublaslt/fp8_e4m3/4096";
  skipped.state = RowState::skipped;
  run.trials[2].rows.push_back(skipped);
  Trial validation;
  validation.kind = TrialKind::validation;
  validation.block = -1;
  validation.mode = "native";
  validation.failed_tests = {"A.B: no"};
  run.trials.push_back(validation);
  Trial startup;
  startup.kind = TrialKind::startup;
  startup.mode = "native";
  startup.ok = true;
  startup.telemetry_series = {{"seconds", {0.1}}, {"power_watts", {std::numeric_limits<double>::quiet_NaN()}}};
  Row phase;
  phase.benchmark = "start";
  phase.seconds = 0.01;
  startup.rows.push_back(phase);
  run.trials.push_back(startup);
  return run;
}

nlohmann::json example_json() { return to_json(example(), analyse(example())); }

TEST(Schema, ARunFollowsIt) {
  EXPECT_EQ(schema_violations("run.schema.json", example_json()), "");
  const cuparity::Run empty;
  EXPECT_EQ(schema_violations("run.schema.json", to_json(empty, analyse(empty))), "");
}

TEST(Schema, ABrokenRunDoesNot) {
  for (const char* pointer : {"/seed", "/trials/0/mode", "/trials/0/rows/0/seconds", "/analysis/verdict",
                              "/analysis/comparisons/0/effect", "/analysis/comparisons/0/interval/level"}) {
    nlohmann::json json = example_json();
    json[nlohmann::json::json_pointer(pointer)] = nlohmann::json::object();
    EXPECT_NE(schema_violations("run.schema.json", json), "") << pointer;
  }
  nlohmann::json json = example_json();
  json["trials"][0].erase("rows");
  EXPECT_NE(schema_violations("run.schema.json", json), "");
}

TEST(Schema, AnExplanationFollowsIt) {
  cuparity::Run run = example();
  for (Trial& trial : run.trials) trial.environment["seccomp"] = trial.mode == "native" ? "disabled" : "filter";
  for (Trial& trial : run.trials) trial.environment["backend"] = "cpu";
  for (Trial& trial : run.trials)
    for (Row& row : trial.rows)
      if (row.benchmark.rfind("saxpy/", 0) == 0) row.benchmark = "launch/system_call/manual_time";
  const Explanation explanation = explain(run, "native", "docker:--gpus=all");
  const auto plans = plan_confirmations(explanation);
  ASSERT_EQ(plans.size(), 1u);
  ConfirmationResult result{plans[0], "", "run/explain/1", judge(plans[0], run)};
  result.benchmarks.push_back({"x", Confirmation::confirmed, "", run_comparison(), run_comparison(), 1, 0.9, 1.1});
  nlohmann::json json = explanation_document({explanation}, {result});
  EXPECT_EQ(schema_violations("explanation.schema.json", json), "");
  ASSERT_FALSE(json["explanations"][0]["startup"]["phases"].empty());
  for (const char* pointer : {"/format", "/explanations/0/benchmarks/0/verdict",
                              "/explanations/0/differences/0/influences/0/strength",
                              "/explanations/0/startup/phases/0/values/0", "/confirmations/0/benchmarks/0/outcome"}) {
    nlohmann::json broken = json;
    broken[nlohmann::json::json_pointer(pointer)] = nlohmann::json::object();
    EXPECT_NE(schema_violations("explanation.schema.json", broken), "") << pointer;
  }
}

TEST(Schema, AComparisonFollowsIt) {
  const cuparity::Run run = example();
  const auto text = [&](const std::string& mode) {
    return comparison_as_json(
        compare_files(result_file("a", run, ""), result_file("b", run, mode), Pairing::none, {}));
  };
  for (const std::string mode : {"native", "docker:--gpus=all"}) {
    nlohmann::json json = nlohmann::json::parse(text(mode));
    EXPECT_EQ(schema_violations("comparison.schema.json", json), "");
    json["comparisons"][0]["verdict"] = "fine";
    EXPECT_NE(schema_violations("comparison.schema.json", json), "");
  }
}

TEST(Schema, AcceptsACalibration) {
  CalibrationPlan plan;
  plan.modes = {"native"};
  plan.slowdowns = {0.04};
  SimulatedSamples random(3);
  SimulatedRun shape;
  shape.modes = {"native", "native, again", "native, 4 % slower"};
  shape.effect = {{"native, 4 % slower", 0.04}};
  const Calibration calibration = calibrate(simulate_run(shape, random), calibration_arms(plan), {6});
  ASSERT_EQ(calibration.cells.size(), 2U);
  nlohmann::json json = nlohmann::json::parse(calibration_as_json(calibration));
  EXPECT_EQ(schema_violations("calibration.schema.json", json), "");
  EXPECT_EQ(schema_violations("calibration.schema.json", nlohmann::json::parse(calibration_as_json({}))), "");
  json["rates"][0]["found"]["share"] = 2;
  EXPECT_NE(schema_violations("calibration.schema.json", json), "");
}

TEST(Schema, AnAccessTableFollowsIt) {
  const nlohmann::json json = nlohmann::json::parse(access_json(example_table()));
  EXPECT_EQ(schema_violations("access.schema.json", json), "");
  for (const char* pointer : {"/format", "/rows/0/verdict", "/rows/0/nvml_gpus", "/rows/1/leaks", "/as_expected", "/gpus/0/uuid",
                              "/rows/0/ipc/0/code", "/rows/1/ipc_not_tried", "/rows/2/peers/0/possible"}) {
    nlohmann::json broken = json;
    broken[nlohmann::json::json_pointer(pointer)] = nlohmann::json::object();
    EXPECT_NE(schema_violations("access.schema.json", broken), "") << pointer;
  }
}

TEST(Schema, WhatTheDoctorCouldNotTryFollowsIt) {
  DoctorReport report = diagnose(healthy_host());
  EXPECT_FALSE(to_json(report).contains("not_tried"));
  report.not_tried = {"--mode podman:none: podman is not installed"};
  nlohmann::json json = to_json(report);
  EXPECT_EQ(json["not_tried"].size(), 1U);
  EXPECT_EQ(schema_violations("doctor.schema.json", json), "");
  json["not_tried"] = "podman";
  EXPECT_NE(schema_violations("doctor.schema.json", json), "");
}

TEST(Schema, WhatTheDoctorSaysFollowsIt) {
  const Probe probe = inside_container();
  for (const DoctorReport& report :
       {diagnose(healthy_host()), diagnose(probe), diagnose_text("Failed to initialize NVML: Unknown Error", &probe),
        diagnose_text("nothing known", nullptr)}) {
    nlohmann::json json = to_json(report);
    EXPECT_EQ(schema_violations("doctor.schema.json", json), "");
    json["findings"][0]["severity"] = "bad";
    EXPECT_NE(schema_violations("doctor.schema.json", json), "");
    json["findings"][0].erase("severity");
    EXPECT_NE(schema_violations("doctor.schema.json", json), "");
  }
}

}  // namespace
}  // namespace cuparity
