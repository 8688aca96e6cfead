#include "harness/explain/explanation.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/errors.hpp"
#include "harness/explain/example.hpp"
#include "harness/explain/explanation_json.hpp"

namespace cuparity {
namespace {

using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

Explanation two(const ExampleMode& baseline, const ExampleMode& candidate,
                const std::vector<std::string>& benchmarks, const std::string& backend = "cpu") {
  return explain(example_of({baseline, candidate}, benchmarks, backend), baseline.name, candidate.name);
}

std::vector<std::string> keys(const std::vector<Cause>& causes) {
  std::vector<std::string> names;
  for (const Cause& cause : causes) names.push_back(cause.key);
  return names;
}

TEST(Explain, RanksTheCausesOfASlowerBenchmark) {
  const Explanation explanation =
      two({"native", {{"seccomp", "disabled"}, {"cpu_quota", "none"}, {"container", "none"}}},
          {"docker:none",
           {{"seccomp", "filter"}, {"cpu_quota", "0.5"}, {"container", "docker"}},
           {{"launch/system_call", 1.5}}},
          {"launch/system_call", "gemm/own/fp32/1024"});
  ASSERT_EQ(explanation.benchmarks.size(), 1u);
  EXPECT_THAT(keys(explanation.benchmarks[0].causes), ElementsAre("cpu_quota", "seccomp"));
  EXPECT_EQ(explanation.benchmarks[0].conclusion, "likeliest cause: cpu_quota (none → 0.5)");
  EXPECT_EQ(explanation.benchmarks[0].causes[0].experiment->flags, "--cpus=0");
  EXPECT_EQ(explanation.sentence,
            "1 of 2 benchmarks differ under docker:none from native: 1 with a known possible cause.");
  ASSERT_EQ(explanation.expected.size(), 1u);
  EXPECT_EQ(explanation.expected[0].difference.key, "container");
  EXPECT_EQ(explanation.differences[0].difference.key, "cpu_quota");
}

TEST(Explain, NeverCallsDifferentLibrariesContainerOverhead) {
  const Explanation explanation =
      two({"native", {{"cudnn_version", "9.14.0"}, {"seccomp", "disabled"}}},
          {"docker:--gpus=all",
           {{"cudnn_version", "9.13.1"}, {"seccomp", "filter"}},
           {{"convolution/cudnn/forward/fp16/a", 1.2}, {"bandwidth/copy/fp32/1GiB", 1.05}}},
          {"convolution/cudnn/forward/fp16/a", "bandwidth/copy/fp32/1GiB"}, "cuda");
  ASSERT_EQ(explanation.benchmarks.size(), 2u);
  EXPECT_TRUE(explanation.benchmarks[0].different_libraries);
  EXPECT_EQ(explanation.benchmarks[0].conclusion,
            "different libraries: not container overhead; cudnn_version (9.14.0 → 9.13.1)");
  EXPECT_FALSE(explanation.benchmarks[1].different_libraries) << "cuDNN does not run there";
  EXPECT_EQ(explanation.benchmarks[1].conclusion, "nothing known explains it");
  EXPECT_THAT(explanation.sentence, HasSubstr("1 resting on different libraries: not container overhead"));
  EXPECT_THAT(explanation.sentence, HasSubstr("1 that nothing known explains"));
}

TEST(Explain, LeavesOutWhatWouldActTheOtherWay) {
  // Four GPUs against one: cuInit of the container is the faster one, in spite of seccomp.
  const Explanation explanation =
      two({"native", {{"gpu_count", "4"}, {"seccomp", "disabled"}}},
          {"docker:--gpus=device=0", {{"gpu_count", "1"}, {"seccomp", "filter"}}, {{"startup/cuinit", 0.16}}},
          {"startup/cuinit"}, "cuda");
  EXPECT_THAT(keys(explanation.benchmarks[0].causes), ElementsAre("gpu_count"));
  EXPECT_EQ(explanation.benchmarks[0].causes[0].experiment->mode, "docker:--gpus=all");
}

TEST(Explain, KnowsThatFewerProcessorsSlowSomeAndSpeedOthers) {
  const Explanation explanation = two(
      {"native", {{"cpus_allowed", "0-1"}}},
      {"docker:none", {{"cpus_allowed", "0"}}, {{"gemm/own/fp32/1024", 1.9}, {"launch/thread_start", 0.4}}},
      {"gemm/own/fp32/1024", "launch/thread_start"});
  ASSERT_EQ(explanation.benchmarks.size(), 2u);
  for (const ExplainedBenchmark& benchmark : explanation.benchmarks)
    EXPECT_THAT(keys(benchmark.causes), ElementsAre("cpus_allowed")) << benchmark.comparison.benchmark;
}

TEST(Explain, AnAlgorithmBearsOnItsOwnBenchmarkAlone) {
  cuparity::Run run = example_of({{"native"}, {"docker:--gpus=all", {}, {{"gemm/a", 1.1}, {"gemm/b", 1.1}}}},
                                 {"gemm/a", "gemm/b"}, "cuda");
  for (Trial& trial : run.trials) trial.rows[0].label["algorithm"] = trial.mode == "native" ? "66" : "17";
  const Explanation explanation = explain(run, "native", "docker:--gpus=all");
  EXPECT_TRUE(explanation.benchmarks[0].different_libraries);
  EXPECT_THAT(explanation.benchmarks[1].causes, IsEmpty());
}

TEST(Explain, TheShapeOfOurOwnKernelIsNoLibrary) {
  cuparity::Run run = example_of({{"native"}, {"docker:--gpus=all", {}, {{"gemm/own/bf16/4096", 1.1}}}}, {"gemm/own/bf16/4096"}, "cuda");
  for (Trial& trial : run.trials) trial.rows[0].label["algorithm"] = trial.mode == "native" ? "band 8" : "band 4";
  const Explanation explanation = explain(run, "native", "docker:--gpus=all");
  EXPECT_FALSE(explanation.benchmarks[0].different_libraries);
  EXPECT_THAT(keys(explanation.benchmarks[0].causes), ElementsAre("algorithm of gemm/own/bf16/4096"));
  EXPECT_THAT(explanation_as_text(explanation), Not(HasSubstr("library")));
}

TEST(Explain, ComparesAnyTwoModesOfTheRun) {
  const cuparity::Run run =
      example_of({{"native", {{"seccomp", "disabled"}}},
                  {"docker:none", {{"seccomp", "filter"}}, {{"launch/system_call", 1.5}}},
                  {"docker:none --security-opt seccomp=unconfined", {{"seccomp", "disabled"}}}},
                 {"launch/system_call"});
  const Explanation explanation =
      explain(run, "docker:none --security-opt seccomp=unconfined", "docker:none");
  ASSERT_EQ(explanation.benchmarks.size(), 1u);
  EXPECT_EQ(explanation.benchmarks[0].comparison.verdict, Verdict::slower);
  EXPECT_THAT(explain(run, "native", "docker:none --security-opt seccomp=unconfined").sentence,
              HasSubstr("Nothing to explain"));
  const std::string undecided = explain(example_of({{"native"}, {"docker:none", {}, {{"launch/system_call", 1.0}}}}, {"launch/system_call"}, "cpu"),
                                        "native", "docker:none").sentence;
  EXPECT_THAT(undecided, HasSubstr("1 benchmark compared, none slower or faster"));
  EXPECT_THROW(explain(run, "native", "podman:none"), UsageError);
  EXPECT_THROW(explain(run, "native", "native"), UsageError);
}

TEST(Explain, PutsWhatOnlyMovesTheOtherBackendAside) {
  const Explanation explanation =
      two({"native", {{"shm_bytes", "1000"}, {"mystery", "a"}}},
          {"docker:none", {{"shm_bytes", "64"}, {"mystery", "b"}}}, {"launch/system_call"});
  ASSERT_EQ(explanation.expected.size(), 1u);
  EXPECT_EQ(explanation.expected[0].difference.key, "shm_bytes");
  ASSERT_EQ(explanation.differences.size(), 1u) << "what nobody knows is not hidden";
  EXPECT_THAT(explanation.differences[0].influences, IsEmpty());
}

/// GEMM per clock and SAXPY in time under two clocks; `cycles`: the factor of the container's cycles, and of its time.
Explanation under_another_clock(double cycles, double time) {
  const std::vector<std::string> benchmarks = {"gemm/own/fp32/4096", "saxpy/own/fp32/1024"};
  cuparity::Run run = example_of(
      {{"native",
        {},
        {},
        {{"sm_clock_mhz_median", "1980"}, {"clocks_event_reasons", ""}, {"power_watts_median", "500"}}},
       {"docker:--gpus=all",
        {},
        {{benchmarks[0], time}, {benchmarks[1], time}},
        {{"sm_clock_mhz_median", "1755"}, {"clocks_event_reasons", "sw_power_cap"}, {"power_watts_median", "700"}}}},
      benchmarks, "cuda");
  run.per_clock = {"^gemm/"};
  for (Trial& trial : run.trials) {
    Row& row = trial.rows.front();
    row.cycles = 2e9 * row.seconds * (trial.mode == "native" ? 1 : cycles / time);
  }
  return explain(run, "native", "docker:--gpus=all");
}

TEST(Explain, AClockExplainsNoDifferenceInCycles) {
  const Explanation explanation = under_another_clock(1.1, 1.1);
  ASSERT_EQ(explanation.benchmarks.size(), 2u);
  EXPECT_EQ(explanation.benchmarks[0].comparison.measure, Measure::cycles);
  EXPECT_THAT(explanation.benchmarks[0].causes, IsEmpty());
  EXPECT_EQ(explanation.benchmarks[0].conclusion, "nothing known explains it");
  EXPECT_THAT(keys(explanation.benchmarks[1].causes), ElementsAre("sm_clock_mhz under load"));
}

TEST(Explain, AClockExplainsWhatIsSlowerInTimeAlone) {
  const Explanation explanation = under_another_clock(1, 1.1);
  ASSERT_EQ(explanation.benchmarks.size(), 2u);
  EXPECT_EQ(explanation.benchmarks[0].comparison.measure, Measure::cycles);
  EXPECT_THAT(keys(explanation.benchmarks[0].causes), testing::Contains("sm_clock_mhz under load"));
}

TEST(Explain, EveryFormatSaysTheSame) {
  const Explanation explanation =
      two({"native", {{"seccomp", "disabled"}, {"os", "a"}}},
          {"docker:none", {{"seccomp", "filter"}, {"os", "<b>|\x1b[31m"}}, {{"launch/system_call", 1.5}}},
          {"launch/system_call"});
  for (const std::string& text : {explanation_as_text(explanation), explanation_as_markdown(explanation),
                                  explanation_document({explanation}, {}).dump()}) {
    EXPECT_THAT(text, HasSubstr("launch/system_call"));
    EXPECT_THAT(text, HasSubstr("--security-opt=seccomp=unconfined"));
    EXPECT_THAT(text, Not(HasSubstr("\x1b")));
  }
  EXPECT_THAT(explanation_as_text(explanation), HasSubstr("+50.0 %"));
}

TEST(Explanation, WhatMovesABenchmarkOfThisRunComesBeforeWhatMovesNone) {
  // NCCL moves collectives strongly, but none was measured; seccomp moves launches, which were.
  const cuparity::Run run = example_of({{"native", {{"nccl_version", "2.28.3"}, {"seccomp", "disabled"}}},
                                        {"docker:--gpus=all", {{"nccl_version", "2.27.1"}, {"seccomp", "filter"}}}},
                                       {"launch/device_allocation/1MiB"}, "cuda");
  const Explanation explanation = explain(run, "native", "docker:--gpus=all");
  ASSERT_EQ(explanation.differences.size(), 2U);
  EXPECT_EQ(explanation.differences[0].difference.key, "seccomp");
  EXPECT_EQ(explanation.differences[0].measured, 1);
  EXPECT_EQ(explanation.differences[1].measured, 0);
  EXPECT_NE(explanation_as_text(explanation).find("other benchmarks than those measured here"), std::string::npos);
}

TEST(Explanation, ALibrarysPathIsNotASecondDifferenceBesideItsVersion) {
  const cuparity::Run run = example_of({{"native", {{"nccl_version", "2.28.3"}, {"libnccl_path", "/a/libnccl.so.2"}}},
                                        {"docker:--gpus=all", {{"seccomp", "filter"}}}},
                                       {"launch/submit"}, "cuda");
  const Explanation explanation = explain(run, "native", "docker:--gpus=all");
  ASSERT_EQ(explanation.expected.size(), 1U);
  EXPECT_EQ(explanation.expected[0].difference.key, "libnccl_path");
  EXPECT_EQ(explanation.expected[0].expected, "nccl_version says what it is");
}

TEST(Explanation, NodesOfMigCapabilitiesAreNoFurtherGpus) {
  const std::string one = "/dev/nvidia0,/dev/nvidiactl,/dev/nvidia-uvm";
  const auto explained = [&](const std::string& native) {
    return explain(example_of({{"native", {{"nvidia_device_nodes", native}}},
                               {"docker:--gpus=1", {{"nvidia_device_nodes", one}}, {{"startup/cuinit", 0.2}}}},
                              {"startup/cuinit"}, "cuda"),
                   "native", "docker:--gpus=1");
  };
  const Explanation capabilities = explained(one + ",/dev/nvidia-caps/nvidia-cap1,/dev/nvidia-caps/nvidia-cap2");
  EXPECT_TRUE(capabilities.differences.empty());
  EXPECT_THAT(capabilities.benchmarks[0].causes, IsEmpty());
  const Explanation gpus = explained(one + ",/dev/nvidia1");
  EXPECT_THAT(keys(gpus.benchmarks[0].causes), ElementsAre("nvidia_device_nodes"));
}

TEST(Explanation, WhatDiffersUnderTwoModesIsListedOnce) {
  const cuparity::Run run = example_of({{"native", {{"seccomp", "disabled"}}},
                                        {"docker:none", {{"seccomp", "filter"}}},
                                        {"podman:none", {{"seccomp", "filter"}}}},
                                       {"launch/system_call"});
  const Explanation first = explain(run, "native", "docker:none");
  const Explanation second = explain(run, "native", "podman:none");
  for (const std::string& text : {explanation_as_text(second, {first}), explanation_as_markdown(second, {first})}) {
    EXPECT_THAT(text, HasSubstr("What differs is what differs under"));
    EXPECT_THAT(text, Not(HasSubstr("A filter program")));
  }
  EXPECT_THAT(explanation_as_text(second), HasSubstr("A filter program"));
}

TEST(Explanation, TheNameOfTheImagesNcclIsNoSetting) {
  const cuparity::Run run = example_of({{"native", {{"variable_NCCL_VERSION", "2.28.3-1"}}}, {"docker:none", {}}},
                                       {"launch/submit"}, "cuda");
  const Explanation explanation = explain(run, "native", "docker:none");
  EXPECT_TRUE(explanation.differences.empty());
  EXPECT_EQ(explanation.expected.size(), 1U);
}

}  // namespace
}  // namespace cuparity
