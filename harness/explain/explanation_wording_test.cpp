#include "harness/explain/explanation_wording.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/explain/example.hpp"

namespace cuparity {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

Run run_of(const std::map<std::string, std::string>& native, const std::map<std::string, std::string>& container) {
  return example_of({{"native", native}, {"docker:--gpus=all", container}},
                    {"launch/device_allocation/1MiB", "collectives/all_reduce"}, "cuda");
}

TEST(ExplanationWording, AMissingLibraryIsNotCalledAnotherOne) {
  const cuparity::Run run = run_of({{"nccl_version", "2.28.3"}}, {{"seccomp", "filter"}});
  const Explanation explanation = explain(run, "native", "docker:--gpus=all");
  ASSERT_EQ(explanation.differences.size(), 2U);
  const ExplainedDifference& nccl = explanation.differences.front();
  ASSERT_EQ(nccl.difference.key, "nccl_version");
  EXPECT_EQ(effect_text(nccl, explanation),
            "No such library was found under docker:--gpus=all: what needs it did not run there.");
  EXPECT_EQ(experiment_text(nccl), "install the same library on both sides");
  for (const std::string& text : {explanation_as_text(explanation), explanation_as_markdown(explanation)}) {
    EXPECT_THAT(text, Not(HasSubstr("Another NCCL")));
    EXPECT_THAT(text, HasSubstr("No such library was found under docker:--gpus=all"));
  }
  const Explanation turned = explain(run, "docker:--gpus=all", "native");
  EXPECT_THAT(effect_text(turned.differences.front(), turned), HasSubstr("found under docker:--gpus=all"));
}

TEST(ExplanationWording, AnotherVersionIs) {
  const Explanation explanation =
      explain(run_of({{"nccl_version", "2.28.3"}}, {{"nccl_version", "2.27.1"}}), "native", "docker:--gpus=all");
  EXPECT_EQ(effect_text(explanation.differences.front(), explanation),
            "Another NCCL chooses other algorithms and protocols. Different libraries: not container overhead.");
}

TEST(ExplanationWording, TheCommandRunsThreeArmsInTheBenchmarksThatItMoves) {
  cuparity::Run run = run_of({{"seccomp", "disabled"}}, {{"seccomp", "filter"}});
  const auto command = [&] {
    const Explanation explanation = explain(run, "native", "docker:--gpus=all");
    return experiment_command(explanation.differences.front(), explanation, run);
  };
  const std::string filter = "--filter=^launch/(device_allocation|pinned_allocation)|^startup/";
  EXPECT_THAT(command(), ElementsAre("cuparity", "run", "--mode=native", "--mode=docker:--gpus=all",
                                     "--mode=docker:--gpus=all --security-opt=seccomp=unconfined", filter));
  run.command = {"./cuparity", "run",        "--suite=quick", "--mode", "native", "--mode=docker:--gpus=all",
                 "--out",      "my results", "--seed=7",      "--image=x:1"};
  EXPECT_THAT(command(), ElementsAre("./cuparity", "run", "--suite=quick", "--image=x:1", "--mode=native",
                                     "--mode=docker:--gpus=all",
                                     "--mode=docker:--gpus=all --security-opt=seccomp=unconfined", filter));
}

TEST(ExplanationWording, NoCommandWhereNoFlagCanDoIt) {
  const cuparity::Run run = run_of({{"kernel", "6.1"}}, {{"kernel", "6.8"}});
  const Explanation explanation = explain(run, "native", "docker:--gpus=all");
  EXPECT_THAT(experiment_command(explanation.differences.front(), explanation, run), IsEmpty());
}

TEST(ExplanationWording, SaysWhyADifferenceIsNoCause) {
  const Explanation explanation =
      explain(run_of({{"mystery", "a"}, {"os", "x"}}, {{"mystery", "b"}, {"os", "y"}}), "native", "docker:--gpus=all");
  ASSERT_EQ(explanation.differences.size(), 1U);
  ASSERT_EQ(explanation.expected.size(), 1U);
  EXPECT_EQ(no_cause_text(explanation.differences.front()), "not known to move any benchmark");
  EXPECT_THAT(no_cause_text(explanation.expected.front()), HasSubstr("distribution"));
}

}  // namespace
}  // namespace cuparity
