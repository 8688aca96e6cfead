#include "harness/gate/history_gate.hpp"

#include <gmock/gmock.h>

#include <cmath>

#include "harness/errors.hpp"
#include "harness/history/synthetic_history.hpp"
#include "harness/record/result_file.hpp"

namespace cuparity {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

/// A candidate as write_history() would write it.
ResultFile candidate(const std::vector<double>& seconds) {
  BenchmarkFile file;
  file.context = {{"backend", "cpu"}, {"cpu_model", "Simulated"}};
  for (std::size_t i = 0; i < seconds.size(); ++i) {
    Row row;
    row.benchmark = "b/" + std::to_string(i);
    row.seconds = seconds[i];
    row.repetitions = {seconds[i]};
    file.rows.push_back(row);
  }
  return result_file("new.json", file);
}

class HistoryGate : public ::testing::Test {
 protected:
  /// Scatter of 1 %; from run `change` on a third slower.
  void write(int runs, int change) {
    SimulatedSamples random(4);
    write_history(folder_.path(), runs, 2, [&](int run, int) {
      return (run >= change ? 1.33 : 1) * std::exp(0.01 * random.normal());
    });
  }
  GateResult judge(const std::vector<double>& seconds, const std::vector<ExpectedChange>& expected = {}) {
    HistoryIndex index(folder_.path());
    index.update();
    GateResult result = gate_on_history(index, "runs", candidate(seconds), "", left_out_run("new.json"), expected);
    conclude(result);
    return result;
  }
  TemporaryFolder folder_;
};

TEST_F(HistoryGate, WhatWasPredictedPasses) {
  write(40, 100);
  const GateResult result = judge({1.01, 0.99});
  EXPECT_EQ(result.exit_code, exit_pass);
  EXPECT_EQ(result.entries[0].comparison.n, 40);
  EXPECT_NEAR(result.entries[0].comparison.margin, 0.02, 0.01);
  EXPECT_THAT(result.entries[0].comparison.reason, HasSubstr("as 40 runs predict ±"));
}

TEST_F(HistoryGate, ASurpriseIsInconclusiveNeverSlower) {
  write(40, 100);
  const GateResult result = judge({1.1, 0.9});
  EXPECT_EQ(result.entries[0].comparison.verdict, Verdict::inconclusive);
  EXPECT_THAT(result.entries[0].comparison.reason, HasSubstr("history alone is no proof: re-run the golden"));
  EXPECT_EQ(result.entries[1].comparison.verdict, Verdict::faster);
  EXPECT_EQ(result.exit_code, exit_inconclusive);
}

TEST_F(HistoryGate, AConstantHistoryPredictsItself) {
  write_history(folder_.path(), 30, 2, [](int, int) { return 0.3; });
  HistoryIndex index(folder_.path());
  index.update();
  const double level = index.points(index.series().front().id, 1, left_out_run("new.json")).front().seconds;
  const GateResult result = judge({level, 1.001 * level});
  EXPECT_EQ(result.entries[0].comparison.verdict, Verdict::same) << result.entries[0].comparison.reason;
  EXPECT_EQ(result.entries[0].comparison.p_value, 1);
  EXPECT_EQ(result.entries[1].comparison.verdict, Verdict::inconclusive);
  EXPECT_EQ(judge({0.999 * level, level}).entries[0].comparison.verdict, Verdict::faster);
}

TEST_F(HistoryGate, WhatIsWrongFailsAndWhatIsSkippedIsNamed) {
  write(40, 100);
  HistoryIndex index(folder_.path());
  index.update();
  ResultFile file = candidate({1, 1});
  file.samples[1].state = RowState::skipped;
  file.samples[1].message = "no library";
  GateResult result = gate_on_history(index, "runs", file, "", left_out_run("new.json"), {});
  conclude(result);
  EXPECT_EQ(result.exit_code, exit_pass);
  EXPECT_THAT(result.warnings, ::testing::ElementsAre("skipped, though earlier runs measured it: b/1: no library"));
  file.samples[1].benchmark = "b/9";
  EXPECT_THAT(gate_on_history(index, "runs", file, "", left_out_run("new.json"), {}).skipped_in_both,
              ::testing::ElementsAre("b/9: no library"));
  file.wrong = {"b/1: beyond its bound"};
  result = gate_on_history(index, "runs", file, "", left_out_run("new.json"), {});
  conclude(result);
  EXPECT_EQ(result.exit_code, exit_regression);
  EXPECT_EQ(result.sentence, "Wrong: 1 finding, the first: b/1: beyond its bound.");
}

TEST_F(HistoryGate, OnlyThePresentRegimePredicts) {
  write(60, 30);
  EXPECT_EQ(judge({1.33, 1.33}).exit_code, exit_pass);
  const GateResult result = judge({1.0, 1.33});
  EXPECT_EQ(result.entries[0].comparison.n, 30);
  EXPECT_EQ(result.entries[0].comparison.verdict, Verdict::faster);
}

TEST_F(HistoryGate, TooFewRunsOrAnotherMachineAreNothingToCompare) {
  write(19, 100);
  EXPECT_THAT([&] { judge({1, 1}); }, ThrowsMessage<UsageError>(HasSubstr("holds at most 19 runs")));
  write(40, 100);
  HistoryIndex index(folder_.path());
  index.update();
  ResultFile other = candidate({1, 1});
  other.environment["cpu_model"] = "Another";
  EXPECT_THAT([&] { gate_on_history(index, "runs", other, "", left_out_run("new.json"), {}); },
              ThrowsMessage<UsageError>(HasSubstr("on the same machine (backend=cpu; cpu_model=Another)")));
}

TEST_F(HistoryGate, PredictsPerClockWhereAllHaveCycles) {
  for (int run = 0; run < 30; ++run) write_run(folder_.path(), std::to_string(run), run_with_cycles(run, 1));
  HistoryIndex index(folder_.path());
  index.update();
  const auto judge_run = [&](const cuparity::Run& run) {
    return gate_on_history(index, "runs", result_file("new", run, ""), "native", left_out_run("new"), {})
        .entries.at(0)
        .comparison;
  };
  const Comparison same = judge_run(run_with_cycles(30, 1));
  EXPECT_EQ(same.measure, Measure::cycles);
  EXPECT_EQ(same.verdict, Verdict::same) << same.reason;
  EXPECT_LT(same.margin, 0.003);
  EXPECT_GT(std::fabs(same.time_effect.value()), 0.003);
  EXPECT_THAT(same.reason, HasSubstr("; compared in clock cycles, in time it is "));
  EXPECT_NEAR(same.candidate_seconds.value(), 1, 0.05) << "at the clock in the middle";
  const Comparison slower = judge_run(run_with_cycles(30, 1.01));
  EXPECT_EQ(slower.verdict, Verdict::inconclusive);
  EXPECT_NEAR(slower.effect.value(), 0.01, 0.002);

  cuparity::Run lower_clock = run_with_cycles(30, 1);
  for (Trial& trial : lower_clock.trials) trial.rows[0].seconds *= 1.3;
  const Comparison in_time_alone = judge_run(lower_clock);
  EXPECT_EQ(in_time_alone.verdict, Verdict::inconclusive);
  EXPECT_THAT(in_time_alone.reason, HasSubstr("slower in time than 30 runs predict"));
  for (Trial& trial : lower_clock.trials) trial.rows[0].seconds /= 1.3 * 1.3;
  EXPECT_EQ(judge_run(lower_clock).verdict, Verdict::same) << "a higher clock is nothing to stop for";

  cuparity::Run disturbed = run_with_cycles(30, 1);
  disturbed.trials.front().telemetry["block_rejected"] = "heat";
  EXPECT_EQ(judge_run(disturbed).verdict, Verdict::invalid);
  EXPECT_EQ(judge_run(disturbed).reason, "1 of 4 blocks rejected (heat)");

  cuparity::Run without = run_with_cycles(30, 1.01);
  without.per_clock.clear();
  const Comparison in_time = judge_run(without);
  EXPECT_EQ(in_time.measure, Measure::seconds);
  EXPECT_GT(in_time.margin, 0.01);
  EXPECT_THAT(in_time.reason, ::testing::Not(HasSubstr("cycles")));
}

TEST_F(HistoryGate, AnExpectedChangeBeginsANewRegime) {
  write(40, 100);
  const auto expected = parse_expected_changes(
      "expected_changes: [{benchmark: b/0, bound: 1 %, reason: r, since: 2000-02-01}]", "allow.yaml");
  const GateResult result = judge({1, 1}, expected);
  ASSERT_EQ(result.entries.size(), 1U);  // 12 runs since then are too few
  EXPECT_EQ(result.entries[0].comparison.benchmark, "b/1");
  EXPECT_THAT(result.notes, ::testing::Contains(HasSubstr("b/0: 12 of the 20 runs")));
}

}  // namespace
}  // namespace cuparity
