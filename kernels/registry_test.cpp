// What every workload has to be, whatever it computes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "kernels/workload.hpp"

namespace cuparity {
namespace {

/// What is wrong with a list of cases fails the test that calls this.
void check(const std::vector<Case>& cases, const std::string& workload, Backend backend) {
  std::set<std::string> names;
  for (const Case& one : cases) {
    EXPECT_TRUE(names.insert(one.name).second) << one.name << " is there twice";
    EXPECT_EQ(one.name.rfind(workload + "/", 0), 0u) << one.name;
    EXPECT_TRUE(std::none_of(one.name.begin(), one.name.end(),
                             [](unsigned char c) { return c <= ' ' || c == ';' || c == ','; }))
        << one.name;
    EXPECT_EQ(one.backend, backend) << one.name;
    EXPECT_TRUE(one.prepare) << one.name << " can't be prepared";
    EXPECT_TRUE(backend == Backend::cuda || one.timing != Timing::device_events) << one.name;
  }
}

TEST(Registry, BenchCasesAreWhole) {
  for (const Backend backend : {Backend::cpu, Backend::cuda})
    for (const Workload& workload : registry()) check(workload.bench_cases(backend), std::string(workload.name), backend);
}

TEST(Registry, ValidationCasesAreWhole) {
  for (const Backend backend : {Backend::cpu, Backend::cuda})
    for (const Workload& workload : registry())
      check(workload.validation_cases(backend), std::string(workload.name), backend);
}

// Without its footprint a row would be timed from a warm L2.
TEST(Registry, WhatMovesBytesSaysWhatItTouches) {
  for (const Backend backend : {Backend::cpu, Backend::cuda})
    for (const Workload& workload : registry())
      for (const Case& row : workload.bench_cases(backend))
        EXPECT_TRUE(row.work.bytes == 0 || row.footprint_bytes > 0) << row.name;
}

TEST(Registry, HasEveryFolderOfKernels) {
  std::vector<std::string> folders;
  for (const auto& entry : std::filesystem::directory_iterator(CUPARITY_KERNELS_FOLDER)) {
    const std::string name = entry.path().filename().string();
    if (exists(entry.path() / "CMakeLists.txt") && name != "host") folders.push_back(name);
  }
  std::vector<std::string> registered;
  for (const Workload& workload : registry()) registered.emplace_back(workload.name);
  EXPECT_THAT(registered, testing::UnorderedElementsAreArray(folders));
}

}  // namespace
}  // namespace cuparity
