#include "harness/explain/confirmation.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/explain/example.hpp"

namespace cuparity {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

constexpr const char* changed = "docker:none --security-opt=seccomp=unconfined";

ConfirmationPlan plan() {
  return {"native", "docker:none", {"--security-opt=seccomp=unconfined", changed}, {"seccomp"}, {"x"}};
}

ConfirmedBenchmark judged(double candidate, double with_change) {
  const auto results = judge(
      plan(),
      example_of({{"native"}, {"docker:none", {}, {{"x", candidate}}}, {changed, {}, {{"x", with_change}}}},
                 {"x"}));
  return results.at(0);
}

TEST(Judge, ConfirmsWhatTakesTheDifferenceAway) {
  const ConfirmedBenchmark all = judged(1.5, 1.0);
  EXPECT_EQ(all.outcome, Confirmation::confirmed);
  EXPECT_NEAR(*all.share, 1, 0.01);
  EXPECT_LE(*all.share_low, *all.share);
  EXPECT_GE(*all.share_high, *all.share);
  EXPECT_THAT(all.sentence, StartsWith("confirmed: the change alone: -33.3 %"));
  EXPECT_EQ(judged(0.5, 0.95).outcome, Confirmation::confirmed) << "a faster one that becomes slow again";
}

TEST(Judge, ConfirmsAPartAsAPart) {
  const ConfirmedBenchmark part = judged(1.5, 1.4);
  EXPECT_EQ(part.outcome, Confirmation::partly);
  EXPECT_LT(*part.share, 0.5);
}

TEST(Judge, DoesNotConfirmWhatChangesNothing) {
  EXPECT_EQ(judged(1.5, 1.5).outcome, Confirmation::not_confirmed);
  EXPECT_EQ(judged(1.5, 1.6).outcome, Confirmation::not_confirmed) << "nor what makes it worse";
}

TEST(Judge, IsInconclusiveWhereTheDifferenceIsGone) {
  const ConfirmedBenchmark gone = judged(1.0, 1.0);
  EXPECT_EQ(gone.outcome, Confirmation::inconclusive);
  EXPECT_THAT(gone.sentence, HasSubstr("did not show again"));
}

TEST(Judge, IsInconclusiveWithoutAResult) {
  cuparity::Run run = example_of({{"native"}, {"docker:none"}, {changed}}, {"another"});
  EXPECT_EQ(judge(plan(), run).at(0).outcome, Confirmation::inconclusive);
}

TEST(PlanConfirmations, ShareAnExperimentAmongBenchmarks) {
  const cuparity::Run run = example_of(
      {{"native", {{"seccomp", "disabled"}}},
       {"docker:none",
        {{"seccomp", "filter"}},
        {{"launch/system_call", 1.5}, {"launch/process_start", 1.2}, {"gemm/own/fp32/1024", 1.3}}}},
      {"launch/system_call", "launch/process_start", "gemm/own/fp32/1024"});
  const auto plans = plan_confirmations(explain(run, "native", "docker:none"));
  ASSERT_EQ(plans.size(), 1u);
  EXPECT_THAT(plans[0].benchmarks, ElementsAre("launch/system_call", "launch/process_start"));
  EXPECT_THAT(plans[0].keys, ElementsAre("seccomp"));
  EXPECT_EQ(plans[0].experiment.mode, changed);
}

TEST(PlanConfirmations, AreNoneWhereNothingDiffers) {
  const cuparity::Run run =
      example_of({{"native", {{"seccomp", "disabled"}}}, {"docker:none", {{"seccomp", "filter"}}}}, {"x"});
  EXPECT_THAT(plan_confirmations(explain(run, "native", "docker:none")), IsEmpty());
}

}  // namespace
}  // namespace cuparity
