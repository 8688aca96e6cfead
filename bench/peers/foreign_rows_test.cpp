// Runs scripts/foreign-rows on programs that print what the real ones print.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "environment/shell_command.hpp"
#include "environment/temporary_folder.hpp"

namespace {

using cuparity::ShellOutcome;
using testing::HasSubstr;
using testing::Not;

class ForeignRows : public testing::Test {
 protected:
  void SetUp() override {
    if (std::system("command -v jq >/dev/null") != 0) GTEST_SKIP() << "jq is not installed";
    has_gpus(2);
  }

  void program(const std::string& name, const std::string& body) {
    const auto path = folder_ / name;
    std::ofstream(path) << "#!/bin/sh\n" << body << "\n";
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
  }
  void has_gpus(int count) {
    std::string body = ":";
    for (int gpu = 0; gpu < count; ++gpu) body += "; echo 'GPU " + std::to_string(gpu) + ": a GPU'";
    program("nvidia-smi", body);
  }
  ShellOutcome run(const std::string& arguments) {
    return cuparity::run_in_shell(environment_ + " PATH=" + folder_.string() + ":$PATH " CUPARITY_FOREIGN_ROWS " " +
                                  folder_.string() + " " + arguments);
  }
  /// Seconds by row.
  std::map<std::string, double> seconds(const std::string& arguments) {
    const ShellOutcome outcome = run("run " + arguments);
    EXPECT_EQ(outcome.exit_code, 0) << outcome.output;
    std::map<std::string, double> found;
    const std::size_t begin = outcome.output.find('{');
    if (begin == std::string::npos) return found;
    const auto file = nlohmann::json::parse(outcome.output.substr(begin));
    for (const auto& row : file.at("benchmarks"))
      found[row.at("name")] = row.at("real_time");
    return found;
  }

  const cuparity::TemporaryFolder temporary_;
  const std::filesystem::path& folder_ = temporary_.path();
  std::string environment_ = "env -u CUDA_VISIBLE_DEVICES";
};

constexpr double bytes = 256 << 20;

TEST_F(ForeignRows, NvbandwidthsMatricesBecomeTimes) {
  program("nvbandwidth", R"(cat <<'END'
{"nvbandwidth": {"git_version": "v0.8", "testcases": [
  {"name": "host_to_device_memcpy_ce", "status": "Passed", "bandwidth_matrix": [["50", "51"]]},
  {"name": "host_to_device_bidirectional_memcpy_ce", "status": "Passed", "bandwidth_matrix": [["40", "1"]]},
  {"name": "device_to_host_bidirectional_memcpy_ce", "status": "Passed", "bandwidth_matrix": [["60", "1"]]},
  {"name": "device_to_device_memcpy_read_ce", "status": "Passed", "bandwidth_matrix": [["N/A", "400"], ["9", "N/A"]]},
  {"name": "device_to_device_bidirectional_memcpy_read_ce", "status": "Passed", "bandwidth_matrix":
    [["N/A", "1"], ["2", "N/A"], ["N/A", "3"], ["4", "N/A"], ["N/A", "700"], ["5", "N/A"]]}]}}
END)");
  const auto found = seconds(
      "nvbandwidth bandwidth/h2d_pinned/256MiB bandwidth/bidirectional_pinned/256MiB peer_to_peer/read_ce/256MiB "
      "peer_to_peer/bidirectional_read_ce/256MiB");
  ASSERT_EQ(found.size(), 4u);
  EXPECT_NEAR(found.at("bandwidth/h2d_pinned/256MiB/manual_time"), bytes / 50e9, 1e-9);
  EXPECT_NEAR(found.at("bandwidth/bidirectional_pinned/256MiB/manual_time"), 2 * bytes / 100e9, 1e-9);
  EXPECT_NEAR(found.at("peer_to_peer/read_ce/256MiB/manual_time"), bytes / 400e9, 1e-9);
  EXPECT_NEAR(found.at("peer_to_peer/bidirectional_read_ce/256MiB/manual_time"), 2 * bytes / 700e9, 1e-9);
  EXPECT_THAT(run("version nvbandwidth").output, HasSubstr("nvbandwidth v0.8"));
}

TEST_F(ForeignRows, AWrongResultOfNcclTestsIsNoTime) {
  program("all_reduce_perf", R"(cat <<'END'
#       size         count      type   redop    root     time   algbw   busbw  #wrong     time   algbw   busbw  #wrong
   268435456      67108864     float     sum      -1   1520.5  176.54  176.54       0   1519.0  176.72  176.72       0
  1073741824     268435456     float     sum      -1   6020.0  178.36  178.36       3   6019.0  178.39  178.39       0
END)");
  const auto found = seconds("nccl-tests collectives/all_reduce/fp32/256MiB collectives/all_reduce/fp32/1GiB");
  ASSERT_EQ(found.size(), 1u);
  EXPECT_NEAR(found.at("collectives/all_reduce/fp32/256MiB/manual_time"), 1520.5e-6, 1e-12);
  EXPECT_THAT(run("run nccl-tests collectives/all_reduce/fp32/1GiB").output, HasSubstr("no right result"));
  EXPECT_EQ(run("run nccl-tests collectives/all_reduce/fp32/1GiB").exit_code, 4);
}

TEST_F(ForeignRows, BabelStreamsBestRunIsItsTime) {
  program("cuda-stream", R"(echo 'function,num_times,n_elements,sizeof,max_mbytes_per_sec,min_runtime,max_runtime,avg_runtime'
echo 'Copy,100,268435456,4,4000000,0.00053,0.0006,0.00055')");
  EXPECT_NEAR(seconds("babelstream bandwidth/copy/fp32/1GiB").at("bandwidth/copy/fp32/1GiB/manual_time"), 0.00053, 1e-12);
}

TEST_F(ForeignRows, BabelStreamEndsWithZeroEvenIfItsCheckFailed) {
  program("cuda-stream", R"(echo 'Copy,100,134217728,8,4000000,0.00053,0.0006,0.00055'
echo 'Validation failed on a[]. Average error 1' >&2)");
  const ShellOutcome outcome = run("run babelstream bandwidth/copy/fp32/1GiB");
  EXPECT_EQ(outcome.exit_code, 4);
  EXPECT_THAT(outcome.output, HasSubstr("Validation failed on a[]"));
}

TEST_F(ForeignRows, GpusThatAreNotVisibleDoNotCount) {
  program("all_reduce_perf", "echo \"$@\" >&2; exit 1");
  has_gpus(4);
  EXPECT_THAT(run("run nccl-tests collectives/all_reduce/fp32/1GiB").output, HasSubstr("all_reduce_perf -g 4 "));
  environment_ = "CUDA_VISIBLE_DEVICES=2,3";
  EXPECT_THAT(run("run nccl-tests collectives/all_reduce/fp32/1GiB").output, HasSubstr("all_reduce_perf -g 2 "));
  environment_ = "CUDA_VISIBLE_DEVICES=1";
  EXPECT_EQ(run("list nccl-tests").output, "");
}

TEST_F(ForeignRows, WhatNeedsTwoGpusIsNotListedOnOne) {
  program("nvbandwidth", ":");
  EXPECT_THAT(run("list nvbandwidth").output, HasSubstr("peer_to_peer/write_sm/256MiB"));
  has_gpus(1);
  EXPECT_THAT(run("list nvbandwidth").output, Not(HasSubstr("peer_to_peer")));
  EXPECT_THAT(run("list nvbandwidth").output, HasSubstr("bandwidth/h2d_pinned/256MiB"));
}

TEST_F(ForeignRows, AnAbsentProgramHasNoRowsAndAnUnknownOneIsAUsageError) {
  EXPECT_EQ(run("list babelstream").output, "");
  EXPECT_EQ(run("run babelstream bandwidth/copy/fp32/1GiB").exit_code, 4);
  EXPECT_EQ(run("list nobody").exit_code, 2);
  program("cuda-stream", "exit 3");
  EXPECT_EQ(run("run babelstream bandwidth/copy/fp32/1GiB").exit_code, 4);
  EXPECT_EQ(run("run babelstream bandwidth/nothing").exit_code, 2);
}

}  // namespace
