// Every format of one fixed gate, byte by byte. After a wanted change make the files again:
//   CUPARITY_UPDATE_GOLDEN=1 build/…/gate_test --gtest_filter='GateGolden.*', then read the diff.
#include "harness/gate/gate_formats.hpp"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "harness/errors.hpp"
#include "harness/golden_file.hpp"

namespace cuparity {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Comparison comparison(const std::string& benchmark, Verdict verdict, double effect, const std::string& reason) {
  Comparison c;
  c.benchmark = benchmark;
  c.baseline = "golden";
  c.candidate = "candidate";
  c.verdict = verdict;
  c.reason = reason;
  c.n = 12;
  c.baseline_seconds = 1e-3;
  c.candidate_seconds = 1e-3 * (1 + effect);
  c.effect = effect;
  c.interval_low = effect - 0.002;
  c.interval_high = effect + 0.002;
  c.p_value = 0.001;
  c.adjusted_p_value = 0.004;
  c.minimum_detectable_effect = 0.003;
  return c;
}

Comparison per_clock(Comparison c, double time_effect) {
  c.measure = Measure::cycles;
  c.time_effect = time_effect;
  c.time_interval_low = time_effect - 0.002;
  c.time_interval_high = time_effect + 0.002;
  c.reason += "; compared in clock cycles, in time it is …";
  return c;
}

/// Names and reasons come from files: they try to break out of every format.
GateResults example() {
  GateResult golden;
  golden.kind = "golden";
  golden.baseline = "registry/cuparity:1.0";
  golden.candidate = "registry/cuparity:1.1";
  golden.entries = {
      {comparison("bandwidth/copy/fp32/1GiB/manual_time", Verdict::same, 0.0004, "inside the margin of 1 %"), "", ""},
      {comparison("gemm/own/bf16/4096", Verdict::slower, 0.031, "95 % interval +2.9 % to +3.3 % excludes 0"), "", ""},
      {comparison("gemm/own/fp32/4096", Verdict::slower, 0.02, "95 % interval excludes 0"), "bounds check, #123",
       "allow.yaml:4"},
      {per_clock(comparison("gemm/own/tf32/4096", Verdict::same, 0.0004, "inside the margin of 1 %"), 0.004), "", ""},
      {per_clock(comparison("gemm/own/fp8/4096", Verdict::slower, 0.0004, "slower in time by +4.8 % to +5.2 %"), 0.05),
       "", ""},
      {per_clock(comparison("gemm/own/int8/4096", Verdict::slower, 0.02, "95 % interval excludes 0"), 0.004),
       "bounds check, #123", "allow.yaml:4"},
      {comparison("saxpy/own/fp32/1024", Verdict::faster, -0.05, "95 % interval excludes 0"), "", ""},
      {comparison("launch/<b>|`x`]]>", Verdict::inconclusive, 0.01, "50 % more\nblocks, \"please\": ::error::x"), "",
       ""},
      {comparison("a/name/that/is/far/too/long/for/the/first/column/of/a/table", Verdict::invalid, 0,
                  "no result under candidate"),
       "", ""}};
  golden.wrong = {"candidate: gemm/own/fp16/4096: wrong result: error 1e+03 times the bound"};
  golden.only_in_baseline = {"bandwidth/dot/fp32/1GiB"};
  golden.only_in_candidate = {"bandwidth/new/fp32/1GiB"};
  golden.notes = {"the run is in results/runs/x"};
  conclude(golden);
  GateResult history;
  history.kind = "history";
  history.baseline = "results/runs";
  history.candidate = "new.json";
  history.mode = "docker:--gpus=all";
  history.entries = {
      {comparison("saxpy/own/fp32/1024", Verdict::same, 0.001, "as 30 runs predict ±1.2 %"), "", ""}};
  history.environment_differences = {"driver_version differs: 580.1 against 590.2"};
  conclude(history);
  return {golden, history};
}

void compare_with_golden(const std::string& name, const std::string& text) {
  compare_with_golden_file(std::string(CUPARITY_GATE_GOLDEN_FOLDER) + "/" + name, text);
}

TEST(GateGolden, Text) { compare_with_golden("gate.txt", gate_as_text(example())); }
TEST(GateGolden, Json) { compare_with_golden("gate.json", gate_as_json(example())); }
TEST(GateGolden, Junit) { compare_with_golden("gate.junit.xml", gate_as_junit(example())); }
TEST(GateGolden, Markdown) { compare_with_golden("gate.md", gate_as_markdown(example())); }
TEST(GateGolden, Annotations) {
  compare_with_golden("gate.annotations.txt", gate_as_github_annotations(example()));
}
TEST(GateGolden, Gitlab) { compare_with_golden("gate.gitlab.json", gate_as_gitlab(example())); }

TEST(GateFormats, AreWhatTheyClaimToBe) {
  EXPECT_EQ(exit_code_of(example()), exit_regression);
  const auto json = nlohmann::json::parse(gate_as_json(example()));
  EXPECT_EQ(json["exit_code"], 1);
  EXPECT_EQ(json["results"][0]["comparisons"][2]["expected"], "bounds check, #123");
  for (const auto& finding : nlohmann::json::parse(gate_as_gitlab(example()))) {
    EXPECT_TRUE(finding["location"]["lines"]["begin"].is_number());
    EXPECT_EQ(finding["fingerprint"].get<std::string>().size(), 16U);
  }
}

TEST(GateFormats, ForeignTextDoesNotBreakOut) {
  std::istringstream lines(gate_as_github_annotations(example()));
  for (std::string line; std::getline(lines, line);) EXPECT_THAT(line, ::testing::StartsWith("::"));
  EXPECT_THAT(gate_as_junit(example()), Not(HasSubstr("<b>")));
  EXPECT_THAT(gate_as_markdown(example()), Not(HasSubstr("<b>")));
}

TEST(GateFormats, TheWorstResultDecides) {
  GateResults results = example();
  results[0].exit_code = exit_inconclusive;
  EXPECT_EQ(exit_code_of(results), exit_inconclusive);
  results[1].exit_code = exit_regression;
  EXPECT_EQ(exit_code_of(results), exit_regression);
  results[0].exit_code = results[1].exit_code = exit_pass;
  EXPECT_EQ(exit_code_of(results), exit_pass);
}

TEST(GateFormats, TheSameWrongResultOfTwoModesIsTwoFindings) {
  GateResult native, docker;
  native.mode = "native";
  docker.mode = "docker:none";
  native.wrong = docker.wrong = {"gemm/own/fp16/4096: wrong result"};
  const nlohmann::json findings = nlohmann::json::parse(gate_as_gitlab({native, docker}));
  ASSERT_EQ(findings.size(), 2u);
  EXPECT_NE(findings[0]["fingerprint"], findings[1]["fingerprint"]);
}

TEST(GateFormats, GitlabLinksToTheFileThatWasCompared) {
  GateResult result;
  result.mode = "native";
  result.candidate = "runs/new (native)";
  result.warnings = {"a warning"};
  EXPECT_THAT(gate_as_gitlab({result}), HasSubstr("\"path\": \"runs/new\""));
  result.mode.clear();
  EXPECT_THAT(gate_as_gitlab({result}), HasSubstr("\"path\": \"runs/new (native)\""));
}

}  // namespace
}  // namespace cuparity
