#include "harness/run/uneven_variables.hpp"

#include <gmock/gmock.h>

namespace cuparity {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const std::vector<std::string> rows = {"saxpy/own/fp32/1024", "launch/system_call"};

TEST(UnevenVariables, SaysWhichModeHasWhat) {
  const std::map<std::string, SeenEnvironment> seen = {{"docker:none", {}},
                                                       {"native", {{"variable_OMP_NUM_THREADS", "1"}}},
                                                       {"podman:none", {}}};
  EXPECT_THAT(uneven_variables(seen, "cpu", rows),
              ElementsAre("OMP_NUM_THREADS is '1' under native, not set under docker:none, podman:none: what it moves is compared "
                          "under two settings; unset it, or give it to every mode with --env OMP_NUM_THREADS=VALUE."));
}

TEST(UnevenVariables, TwoValuesAreUnevenToo) {
  const std::map<std::string, SeenEnvironment> seen = {{"docker:none", {{"variable_OMP_NUM_THREADS", "2"}}},
                                                       {"native", {{"variable_OMP_NUM_THREADS", "1"}}}};
  EXPECT_THAT(uneven_variables(seen, "cpu", rows), ElementsAre(testing::StartsWith("OMP_NUM_THREADS is '1' under native, '2' under")));
}

TEST(UnevenVariables, EqualOnesAreNotSaid) {
  const SeenEnvironment one = {{"variable_OMP_NUM_THREADS", "1"}, {"os", "Debian"}};
  EXPECT_THAT(uneven_variables({{"docker:none", one}, {"native", one}}, "cpu", rows), IsEmpty());
}

TEST(UnevenVariables, WhatMovesNoneOfTheRowsIsNotSaid) {
  const SeenEnvironment native = {{"variable_NCCL_DEBUG", "INFO"},
                                  {"variable_CUDA_HOME", "/usr/local/cuda"},
                                  {"variable_NVIDIA_VISIBLE_DEVICES", "all"},
                                  {"variable_OMP_NUM_THREADS", "1"},
                                  {"os", "Debian"}};
  EXPECT_THAT(uneven_variables({{"docker:none", {}}, {"native", native}}, "cuda", rows), IsEmpty());
  EXPECT_THAT(uneven_variables({{"docker:none", {}}, {"native", native}}, "cuda", {"collectives/all_reduce"}),
              ElementsAre(testing::StartsWith("NCCL_DEBUG is 'INFO' under native")));
}

TEST(UnevenVariables, AValueOfTheImageCanNotWorkTheTerminal) {
  const std::map<std::string, SeenEnvironment> seen = {{"docker:none", {{"variable_OMP_X", "\x1b[2J"}}}, {"native", {}}};
  for (const std::string& sentence : uneven_variables(seen, "cpu", rows)) EXPECT_EQ(sentence.find('\x1b'), std::string::npos);
}

}  // namespace
}  // namespace cuparity
