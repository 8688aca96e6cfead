#include "harness/report/why_view.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/explain/explanation_wording.hpp"
#include "harness/report/example_run.hpp"
#include "harness/report/report.hpp"

namespace cuparity {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

TEST(Why, NamesTheCausesOfTheVerdictsThatTheReportShows) {
  const Example example = example_run();
  const std::vector<WhyMode> modes = why_modes(example.run, example.analysis);
  ASSERT_THAT(modes, SizeIs(2));
  EXPECT_EQ(modes[0].candidate, "docker:--gpus=all");
  ASSERT_THAT(modes[0].benchmarks, SizeIs(2));  // slower and faster, as the analysis says
  EXPECT_EQ(modes[0].benchmarks[0].name, "gemm/cublaslt/bf16/8192");
  EXPECT_THAT(modes[0].benchmarks[0].conclusion, HasSubstr("not container overhead"));
  ASSERT_THAT(modes[0].known, Not(IsEmpty()));
  EXPECT_EQ(modes[0].known[0].key, "algorithm of gemm/cublaslt/bf16/8192");
  const auto seccomp = std::find_if(modes[0].known.begin(), modes[0].known.end(),
                                    [](const WhyDifference& one) { return one.key == "seccomp"; });
  ASSERT_NE(seccomp, modes[0].known.end());
  EXPECT_EQ(seccomp->command,
            "cuparity run --suite quick --mode=native --mode=docker:--gpus=all "
            "'--mode=docker:--gpus=all --security-opt=seccomp=unconfined' "
            "'--filter=^launch/(device_allocation|pinned_allocation)|^startup/'");
  EXPECT_EQ(modes[1].candidate, "docker:manual");
  EXPECT_EQ(modes[1].like, "") << "LD_LIBRARY_PATH differs there, too";
}

TEST(Why, WhatDiffersUnderTwoModesIsListedOnce) {
  Example example = example_run();
  for (Trial& trial : example.run.trials) {
    trial.environment.erase("variable_LD_LIBRARY_PATH");
    if (trial.mode != "native") trial.environment["injection_path"] = "cdi";
  }
  const std::vector<WhyMode> modes = why_modes(example.run, example.analysis);
  ASSERT_THAT(modes, SizeIs(2));
  EXPECT_EQ(modes[1].like, "docker:--gpus=all");
  EXPECT_THAT(modes[1].known, IsEmpty());
  EXPECT_THAT(modes[1].benchmarks, SizeIs(2)) << "the causes of its own benchmarks stay";
  EXPECT_THAT(render_markdown(example.run, example.analysis),
              HasSubstr("What differs is what differs under `docker:--gpus=all`, above."));
}

TEST(Why, SaysSoWhereNothingKnownDiffers) {
  Example example = example_run();
  for (Trial& trial : example.run.trials) {
    trial.environment = {{"backend", "cuda"}, {"container", trial.mode == "native" ? "none" : "docker"}};
    for (Row& row : trial.rows) row.label.erase("algorithm");
  }
  const std::vector<WhyMode> modes = why_modes(example.run, example.analysis);
  ASSERT_THAT(modes, SizeIs(2));
  EXPECT_THAT(modes[0].known, IsEmpty());
  EXPECT_THAT(modes[0].other, SizeIs(1));
  EXPECT_EQ(modes[0].benchmarks[0].conclusion, "nothing known explains it");
  for (const std::string& text :
       {render_html(example.run, example.analysis, "chart.js"), render_markdown(example.run, example.analysis)})
    EXPECT_THAT(text, HasSubstr(no_known_difference));
}

TEST(Why, AModeThatNeverRanIsLeftOut) {
  Example example = example_run();
  for (Trial& trial : example.run.trials) trial.ok = trial.ok && trial.mode != "docker:manual";
  EXPECT_THAT(why_modes(example.run, example.analysis), SizeIs(1));
  for (Trial& trial : example.run.trials) trial.ok = false;
  EXPECT_THAT(why_modes(example.run, example.analysis), IsEmpty());
  EXPECT_THAT(why_modes(cuparity::Run{}, Analysis{}), IsEmpty());
  Example edited = example_run();
  edited.run.modes.erase(edited.run.modes.begin());  // the baseline is none of them
  EXPECT_THAT(why_modes(edited.run, edited.analysis), IsEmpty());
}

TEST(Why, StandsInTheReportsWithItsCommand) {
  const Example example = example_run();
  EXPECT_THAT(render_html(example.run, example.analysis, "chart.js"),
              HasSubstr("&apos;--mode=docker:--gpus=all --security-opt=seccomp=unconfined&apos;"));
  EXPECT_THAT(render_markdown(example.run, example.analysis),
              HasSubstr("To test `seccomp`: `cuparity run --suite quick --mode=native"));
}

}  // namespace
}  // namespace cuparity
