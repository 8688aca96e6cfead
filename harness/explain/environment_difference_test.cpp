#include "harness/explain/environment_difference.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/explain/example.hpp"

namespace cuparity {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::Field;
using testing::IsEmpty;

std::vector<EnvironmentDifference> differences(const cuparity::Run& run) {
  return environment_differences(run, run.modes[0], run.modes[1]);
}

auto difference(const std::string& key, const std::string& baseline, const std::string& candidate) {
  return AllOf(Field(&EnvironmentDifference::key, key), Field(&EnvironmentDifference::baseline, baseline),
               Field(&EnvironmentDifference::candidate, candidate));
}

TEST(EnvironmentDifferences, AreThoseOfTheTwoModesSortedByKey) {
  const cuparity::Run run = example_of({{"native", {{"seccomp", "disabled"}, {"kernel", "6.1"}, {"a", "1"}}},
                                        {"docker:none", {{"seccomp", "filter"}, {"kernel", "6.1"}}},
                                        {"podman:none", {{"kernel", "6.2"}}}},
                                       {"x"});
  EXPECT_THAT(differences(run),
              ElementsAre(difference("a", "1", "–"), difference("seccomp", "disabled", "filter")));
}

TEST(EnvironmentDifferences, LeaveReadingsOfAMomentOut) {
  EXPECT_THAT(differences(example_of({{"native", {{"sm_clock_mhz", "1980"}, {"load_avg", "1"}}},
                                      {"docker:none", {{"sm_clock_mhz", "345"}, {"load_avg", "2"}}}},
                                     {"x"})),
              IsEmpty());
}

TEST(EnvironmentDifferences, TellALibraryAtAnotherPathFromAnotherLibrary) {
  const cuparity::Run same = example_of({{"native", {{"libcudnn_path", "/a/libcudnn.so.9.14.0"}}},
                                         {"docker:none", {{"libcudnn_path", "/b/libcudnn.so.9.14.0"}}}},
                                        {"x"});
  ASSERT_EQ(differences(same).size(), 1u);
  EXPECT_TRUE(differences(same)[0].same_version);
  const cuparity::Run other = example_of({{"native", {{"libcudnn_path", "/a/libcudnn.so.9.14.0"}}},
                                          {"docker:none", {{"libcudnn_path", "/b/libcudnn.so.9.13.1"}}}},
                                         {"x"});
  EXPECT_FALSE(differences(other)[0].same_version);
  const cuparity::Run by_key =
      example_of({{"native", {{"libcublas_path", "/a/libcublas.so.13"}, {"cublas_version", "13.0.2"}}},
                  {"docker:none", {{"libcublas_path", "/b/libcublas.so.13"}, {"cublas_version", "13.0.2"}}}},
                 {"x"});
  EXPECT_TRUE(differences(by_key)[0].same_version)
      << "where the file's name says no version, the library's own does";
}

TEST(EnvironmentDifferences, NameTheBenchmarkWhoseAlgorithmDiffers) {
  cuparity::Run run = example_of({{"native"}, {"docker:none"}}, {"gemm/a", "gemm/b"});
  for (Trial& trial : run.trials) {
    trial.rows[0].label["algorithm"] = trial.mode == "native" ? "66" : "17";
    trial.rows[1].label["algorithm"] = "5";
  }
  EXPECT_THAT(differences(run), ElementsAre(difference("algorithm of gemm/a", "66", "17")));
}

TEST(EnvironmentDifferences, CompareClocksUnderLoadByTheirMedians) {
  const auto run = [](const char* clock, const char* reasons) {
    return example_of(
        {{"native", {}, {}, {{"sm_clock_mhz_median", "1980"}, {"clocks_event_reasons", ""}}},
         {"docker:none", {}, {}, {{"sm_clock_mhz_median", clock}, {"clocks_event_reasons", reasons}}}},
        {"x"});
  };
  EXPECT_THAT(differences(run("1975", "")), IsEmpty()) << "they wander";
  EXPECT_THAT(differences(run("1755", "gpu_idle, sw_power_cap")),
              ElementsAre(difference("clocks_event_reasons under load", "–", "gpu_idle, sw_power_cap"),
                          difference("sm_clock_mhz under load", "1980", "1755")));
}

TEST(RestrictedTo, KeepsTheTwoModesAndChangesTheBaseline) {
  const cuparity::Run run = restricted_to(example_of({{"a"}, {"b"}, {"c"}}, {"x"}, "cpu", 2), "c", "a");
  EXPECT_EQ(run.baseline_mode, "c");
  EXPECT_THAT(run.modes, ElementsAre("c", "a"));
  EXPECT_EQ(run.trials.size(), 8u);
}

}  // namespace
}  // namespace cuparity
