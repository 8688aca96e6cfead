#include "kernels/startup/startup.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

#include "kernels/random_input.hpp"
#include "kernels/startup/startup_child.hpp"
#include "kernels/startup/startup_probe.hpp"

namespace cuparity {
namespace {

TEST(StartupLine, ComesBackAsItWasWritten) {
  StartupPhases phases;
  phases.seconds = {{"cuinit", 0.0912345678}, {"context", 0.118}, {"first_kernel", 2.5e-5}};
  phases.value = 0x00a1b2c3d4e5f607;
  const StartupPhases read = parse_startup_line(to_json_line(phases));
  EXPECT_EQ(read.value, phases.value);
  ASSERT_EQ(read.seconds.size(), 3u);
  for (const auto& [phase, seconds] : phases.seconds) EXPECT_NEAR(read.seconds.at(phase), seconds, 1e-9);
  EXPECT_EQ(to_json_line({{}, 0xff}), "{\"value\":\"00000000000000ff\"}");
}

TEST(StartupLine, RubbishIsRejected) {
  for (const char* line :
       {"", "{", "{}", "rubbish", "{\"cuinit\":}", "{\"cuinit\":0.1}", "{\"cuinit\":0.1,",
        "{\"value\":\"12\"}", "{\"value\":\"zzzzzzzzzzzzzzzz\"}", "{\"value\":\"0000000000000000\""})
    EXPECT_THROW(parse_startup_line(line), std::runtime_error) << line;
}

TEST(StartupChild, WallTimeAndOutput) {
  const StartupChild child = run_startup_child("/usr/bin/env", "CUPARITY_TEST_VARIABLE", "seen");
  EXPECT_THAT(child.output, testing::HasSubstr("CUPARITY_TEST_VARIABLE=seen\n"));
  EXPECT_GT(child.seconds, 0);
  EXPECT_LT(child.seconds, 60);
}

TEST(StartupChild, FailuresSayWhatHappened) {
  EXPECT_THROW(run_startup_child("/no/such/program", "A", "b"), std::runtime_error);
  try {
    run_startup_child("/bin/false", "A", "b");
    FAIL();
  } catch (const std::runtime_error& error) {
    EXPECT_STREQ(error.what(), "a start-up probe exited with 1: it said nothing");
  }
}

TEST(StartupProbe, OnlyWhereTheVariableAsksForIt) {
  unsetenv(startup_probe_variable);
  EXPECT_FALSE(startup_probe_requested());
  setenv(startup_probe_variable, "cpu", 1);
  EXPECT_TRUE(startup_probe_requested());
  EXPECT_EQ(perform_startup_probe().value, mix64(startup_argument));
  setenv(startup_probe_variable, "tpu", 1);
  EXPECT_THROW(perform_startup_probe(), std::runtime_error);
  unsetenv(startup_probe_variable);
}

TEST(StartupProbe, TellsWhenItBeganAndEnded) {
  setenv(startup_probe_variable, "cpu", 1);
  const StartupPhases phases = parse_startup_line(to_json_line(perform_startup_probe()));
  unsetenv(startup_probe_variable);
  const double begin = phases.seconds.at("clock_begin");
  const double end = phases.seconds.at("clock_end");
  EXPECT_GT(begin, 0);
  EXPECT_LT(end - begin, 10);
  EXPECT_LE(phases.seconds.at("first_result"), end - begin + 1e-6) << "the line keeps the clock's digits";
}

TEST(StartupCases, FixedIterationsAndReportedTime) {
  for (const Case& one : startup_bench_cases(Backend::cpu)) {
    EXPECT_EQ(one.name, "startup/process");
    EXPECT_GT(one.iterations, 0);
    EXPECT_EQ(one.timing, Timing::reported);
  }
#ifdef CUPARITY_HAVE_CUDA
  EXPECT_EQ(startup_bench_cases(Backend::cuda).size(), 5u);
#endif
}

}  // namespace
}  // namespace cuparity
