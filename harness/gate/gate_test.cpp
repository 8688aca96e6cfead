#include "harness/gate/gate.hpp"

#include <gmock/gmock.h>

#include "harness/errors.hpp"
#include "harness/gate/gate_margins.hpp"

namespace cuparity {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::ThrowsMessage;

Comparison comparison(const std::string& benchmark, Verdict verdict, double effect) {
  Comparison c;
  c.benchmark = benchmark;
  c.verdict = verdict;
  c.reason = "a reason";
  c.effect = effect;
  return c;
}

GateResult result_of(std::vector<Comparison> comparisons) {
  FileComparison files;
  files.baseline = "old.json";
  files.candidate = "new.json";
  files.comparisons = std::move(comparisons);
  return gate_on_files(files);
}

std::vector<ExpectedChange> allow(const std::string& entry) {
  return parse_expected_changes("expected_changes:\n  - {" + entry + "}\n", "allow.yaml");
}

TEST(Gate, PassesWhatIsSameOrFaster) {
  GateResult result = result_of({comparison("a", Verdict::same, 0), comparison("b", Verdict::faster, -0.1)});
  conclude(result);
  EXPECT_EQ(result.exit_code, exit_pass);
  EXPECT_EQ(result.sentence, "Passed: 1 of 2 benchmarks faster, none slower.");
}

TEST(Gate, WarnsOfOtherBits) {
  FileComparison files;
  files.comparisons = {comparison("a", Verdict::same, 0)};
  files.other_bits = {"a"};
  GateResult result = gate_on_files(files);
  conclude(result);
  EXPECT_EQ(result.exit_code, exit_pass);
  EXPECT_THAT(result.warnings, ElementsAre("other bits than the baseline's with the same algorithm: a"));
}

TEST(Gate, FailsWhatIsSlower) {
  GateResult result = result_of({comparison("a", Verdict::slower, 0.02), comparison("b", Verdict::slower, 0.2)});
  conclude(result);
  EXPECT_EQ(result.exit_code, exit_regression);
  EXPECT_THAT(result.sentence, HasSubstr("Slower: 2 of 2 benchmarks, the most b by +20.0 %"));
}

TEST(Gate, WhatCantBeDecidedIsNoPass) {
  for (const Verdict verdict : {Verdict::inconclusive, Verdict::invalid}) {
    GateResult result = result_of({comparison("a", Verdict::same, 0), comparison("b", verdict, 0)});
    conclude(result);
    EXPECT_EQ(result.exit_code, exit_inconclusive);
    EXPECT_THAT(result.sentence, HasSubstr("such as b: a reason"));
  }
}

TEST(Gate, NothingMeasuredIsNoPass) {
  GateResult result = result_of({});
  conclude(result);
  EXPECT_EQ(result.exit_code, exit_inconclusive);
  EXPECT_EQ(result.sentence, "Inconclusive: nothing was compared.");
}

TEST(Gate, WhatWasStoppedIsNoPass) {
  GateResult result = result_of({comparison("a", Verdict::same, 0)});
  result.stopped = "stopped after 2 of 30 blocks";
  conclude(result);
  EXPECT_EQ(result.verdict, Verdict::inconclusive);
  EXPECT_EQ(result.exit_code, exit_inconclusive);
  EXPECT_EQ(result.sentence, "Inconclusive: stopped after 2 of 30 blocks.");
  result = result_of({comparison("a", Verdict::slower, 0.2)});
  result.stopped = "stopped after 2 of 30 blocks";
  conclude(result);
  EXPECT_EQ(result.exit_code, exit_regression);
}

TEST(Gate, AWrongResultFailsWhateverIsExpected) {
  GateResult result = result_of({comparison("a", Verdict::same, 0)});
  result.wrong = {"a: wrong result"};
  apply_expected_changes(allow("benchmark: a, bound: 900 %, reason: r"), "2026-01-01", {&result, 1});
  conclude(result);
  EXPECT_EQ(result.exit_code, exit_regression);
  EXPECT_EQ(result.sentence, "Wrong: 1 finding, the first: a: wrong result.");
}

TEST(Gate, AMissingBenchmarkIsAWarning) {
  GateResult result = result_of({comparison("a", Verdict::same, 0)});
  result.only_in_baseline = {"b"};
  conclude(result);
  EXPECT_EQ(result.exit_code, exit_pass);
  EXPECT_THAT(result.warnings, ElementsAre("1 of the baseline's benchmarks is missing in the candidate: b"));
}

TEST(ExpectedChange, LetsThroughUpToItsBound) {
  GateResult result = result_of(
      {comparison("gemm/own/fp32/manual_time", Verdict::slower, 0.04), comparison("gemm/own/bf16", Verdict::slower, 0.06)});
  apply_expected_changes(allow("benchmark: ^gemm/own/, bound: 5 %, reason: bounds check"), "2026-01-01", {&result, 1});
  conclude(result);
  EXPECT_EQ(result.entries[0].expected, "bounds check");
  EXPECT_EQ(result.entries[0].where, "allow.yaml:2");
  EXPECT_EQ(result.entries[0].comparison.verdict, Verdict::slower);  // still said
  EXPECT_EQ(result.entries[1].expected, "");
  EXPECT_EQ(result.exit_code, exit_regression);
  EXPECT_THAT(result.sentence, HasSubstr("1 of 2 benchmarks, the most gemm/own/bf16"));
  result.entries.pop_back();
  conclude(result);
  EXPECT_EQ(result.exit_code, exit_pass);
  EXPECT_EQ(result.sentence, "Passed: 1 benchmark, 1 slower as expected.");
}

/// Slower by 20 % because the clock is lower: per clock it is what it was.
Comparison slower_in_time() {
  Comparison c = comparison("gemm/own/fp32", Verdict::slower, 0.001);
  c.measure = Measure::cycles;
  c.interval_low = -0.001;
  c.interval_high = 0.002;
  c.time_effect = 0.2;
  c.time_interval_low = 0.19;
  c.time_interval_high = 0.21;
  return c;
}

TEST(Gate, NamesTheSlowDownInTimeWhereThatDecided) {
  GateResult result = result_of({comparison("a", Verdict::slower, 0.03), slower_in_time()});
  conclude(result);
  EXPECT_EQ(result.sentence,
            "Slower: 2 of 2 benchmarks, the most gemm/own/fp32 by +20.0 % in time (interval +19.0 % to +21.0 %).");
}

TEST(ExpectedChange, BoundsTheSlowDownInTimeToo) {
  GateResult result = result_of({slower_in_time()});
  apply_expected_changes(allow("benchmark: gemm, bound: 5 %, reason: r"), "2026-01-01", {&result, 1});
  EXPECT_EQ(result.entries[0].expected, "");
  apply_expected_changes(allow("benchmark: gemm, bound: 25 %, reason: r"), "2026-01-01", {&result, 1});
  EXPECT_EQ(result.entries[0].expected, "r");
}

TEST(ExpectedChange, EndsOnItsDay) {
  const auto changes = allow("benchmark: a, bound: 5 %, reason: r, until: 2026-06-30");
  GateResult last_day = result_of({comparison("a", Verdict::slower, 0.01)});
  apply_expected_changes(changes, "2026-06-30", {&last_day, 1});
  EXPECT_EQ(last_day.entries[0].expected, "r");
  EXPECT_THAT(last_day.warnings, IsEmpty());
  GateResult day_after = result_of({comparison("a", Verdict::slower, 0.01)});
  apply_expected_changes(changes, "2026-07-01", {&day_after, 1});
  EXPECT_EQ(day_after.entries[0].expected, "");
  EXPECT_THAT(day_after.warnings, ElementsAre(HasSubstr("allow.yaml:2: the expected change of 'a' ended on")));
}

TEST(ExpectedChange, ThatMatchesNothingIsSaid) {
  GateResult result = result_of({comparison("a", Verdict::same, 0)});
  apply_expected_changes(allow("benchmark: typo, bound: 5 %, reason: r"), "2026-06-30", {&result, 1});
  EXPECT_THAT(result.warnings, ElementsAre(HasSubstr("'typo' matches no benchmark")));
}

TEST(GateMargins, AClassStandsAboveTheSuite) {
  const auto margin_of = margins_with({"launch=5%", "gemm=0.005"}, {{"default", 0.03}, {"launch/.*", 0.02}});
  EXPECT_DOUBLE_EQ(margin_of("launch/submit"), 0.05);
  EXPECT_DOUBLE_EQ(margin_of("gemm/own/fp32/4096"), 0.005);
  EXPECT_DOUBLE_EQ(margin_of("saxpy/own"), 0.03);
  EXPECT_DOUBLE_EQ(margins_with({"default=2 %"}, {{"saxpy/.*", 0.5}})("saxpy/own"), 0.02);
  EXPECT_THROW(margins_with({"gemm"}, {}), UsageError);
  EXPECT_THROW(margins_with({"gemm=much"}, {}), UsageError);
  EXPECT_THROW(margins_with({"gemm=nan"}, {}), UsageError);
}

TEST(GateMargins, AWholeNumberIsMeantInPercent) {
  const auto margin = [](const std::string& text) { return [text] { margins_with({text}, {}); }; };
  EXPECT_THAT(margin("gemm=5"),
              ThrowsMessage<UsageError>("--margin gemm=5 means 500 %; for 5 % write --margin gemm=5%"));
  EXPECT_THAT(margin("gemm=20"), ThrowsMessage<UsageError>(HasSubstr("write --margin gemm=20%")));
  EXPECT_THAT(margin("gemm=100%"), ThrowsMessage<UsageError>(HasSubstr("must be below 100 %")));
  EXPECT_THAT(margin("gemm=200"), ThrowsMessage<UsageError>(HasSubstr("must be below 100 %")));
  EXPECT_NO_THROW(margins_with({"gemm=99%"}, {}));
}

TEST(GateMargins, AClassGivenTwiceIsRefused) {
  EXPECT_THAT([] { margins_with({"gemm=1%", "saxpy=1%", "gemm=50%"}, {}); },
              ThrowsMessage<UsageError>("--margin gemm=50%: 'gemm' has a margin already; give each class one"));
}

TEST(GateMargins, AClassThatNoBenchmarkHasIsRefused) {
  const std::vector<std::string> names = {"saxpy/own", "gemm/own/fp32", "gemm/own/bf16"};
  EXPECT_THAT([&] { refuse_unknown_classes({"saxpy=2%", "gem=1%"}, names); },
              ThrowsMessage<UsageError>("--margin gem=1%: no benchmark here is of the class 'gem'; did you mean "
                                        "'gemm'? The classes are gemm, saxpy, and default for all others"));
  EXPECT_THAT([&] { refuse_unknown_classes({"^gemm/own/=1%"}, names); },
              ThrowsMessage<UsageError>(HasSubstr("class '^gemm/own/'. The classes are gemm, saxpy,")));
  EXPECT_NO_THROW(refuse_unknown_classes({"gemm=1%", "default=2%"}, names));
}

TEST(GateToday, IsADate) { EXPECT_EQ(utc_today().size(), 10U); }

}  // namespace
}  // namespace cuparity
