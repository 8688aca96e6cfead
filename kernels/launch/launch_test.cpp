#include "kernels/launch/launch.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "kernels/launch/launch_backends.hpp"

namespace cuparity {
namespace {

std::vector<std::string> names(const std::vector<Case>& cases) {
  std::vector<std::string> result;
  for (const Case& one : cases) result.push_back(one.name);
  return result;
}

TEST(Launch, HostRowsAreThoseOfTheBenchmarkList) {
  EXPECT_THAT(names(launch_bench_cases(Backend::cpu)),
              testing::ElementsAre("launch/process_start", "launch/thread_start", "launch/system_call"));
}

TEST(Launch, EveryHostCaseIsCorrectAndRepeatsItsDigest) {
  std::vector<Case> cases = launch_bench_cases(Backend::cpu);
  for (Case& one : launch_validation_cases(Backend::cpu)) cases.push_back(std::move(one));
  for (const Case& one : cases) {
    SCOPED_TRACE(one.name);
    ASSERT_EQ(one.unsupported(nullptr), std::nullopt);
    const auto execution = one.prepare(nullptr);
    const Verification first = execution->verify();
    EXPECT_TRUE(first.correct()) << first.detail;
    EXPECT_EQ(execution->verify().digest, first.digest);
    EXPECT_NO_THROW(execution->run());
  }
}

TEST(Launch, NamesAreUnique) {
  for (Backend backend : {Backend::cpu, Backend::cuda}) {
    for (const auto& cases : {launch_bench_cases(backend), launch_validation_cases(backend)}) {
      const std::vector<std::string> all = names(cases);
      EXPECT_EQ(std::set<std::string>(all.begin(), all.end()).size(), all.size());
    }
  }
}

TEST(Launch, CudaRowsExistWhereTheBackendIsBuilt) {
#ifdef CUPARITY_HAVE_CUDA
  EXPECT_THAT(names(launch_bench_cases(Backend::cuda)),
              testing::ElementsAre("launch/submit", "launch/round_trip", "launch/graph_node",
                                   "launch/device_allocation/64MiB", "launch/pinned_allocation/16MiB",
                                   "launch/h2d_round_trip/4B", "launch/d2h_round_trip/4B"));
#else
  EXPECT_TRUE(launch_bench_cases(Backend::cuda).empty());
#endif
}

TEST(Launch, WhatDidNotHappenIsWrong) {
  EXPECT_TRUE(exact_verification(true, 1, "").correct());
  const Verification wrong = exact_verification(false, 1, "6 of 7 launches ran");
  EXPECT_FALSE(wrong.correct());
  EXPECT_TRUE(std::isinf(wrong.error));
}

}  // namespace
}  // namespace cuparity
