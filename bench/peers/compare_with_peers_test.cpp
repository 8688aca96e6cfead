// Runs scripts/compare-with-peers: its verdicts over programs that print given times, and once with the real programs on the CPU.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "environment/shell_command.hpp"
#include "environment/temporary_folder.hpp"

namespace {

using cuparity::ShellOutcome;
using testing::HasSubstr;

class CompareWithPeers : public testing::Test {
 protected:
  void SetUp() override {
    if (std::system("command -v jq >/dev/null") != 0) GTEST_SKIP() << "jq is not installed";
  }

  /// The programs that the script runs: the real `cuparity`, and two whose process N takes the Nth of the times in ns.
  void programs(const std::string& peer_times, const std::string& our_times) {
    std::filesystem::create_symlink(CUPARITY_PROGRAM, folder_ / "cuparity");
    program("cuparity-peers", peer_times);
    program("cuparity-bench", our_times);
  }

  ShellOutcome run(const std::string& bin, const std::string& arguments) const {
    return cuparity::run_in_shell(CUPARITY_COMPARE_WITH_PEERS " --backend cpu --bin " + bin + " --out " +
                                  (folder_ / "out").string() + " " + arguments);
  }

  /// Of programs().
  void expect(const std::string& verdict, int exit_code) const {
    const ShellOutcome outcome = run(folder_.string(), "--peer cblas");
    EXPECT_EQ(outcome.exit_code, exit_code) << outcome.output;
    EXPECT_THAT(outcome.output, HasSubstr("| " + verdict + " |"));
  }

  const cuparity::TemporaryFolder temporary_;
  const std::filesystem::path& folder_ = temporary_.path();

 private:
  void program(const std::string& name, const std::string& times) const {
    std::ofstream(folder_ / name) << R"(#!/bin/bash
row=gemm/openblas/fp32/1024/manual_time
for argument; do case $argument in
  --benchmark_list_tests) echo "$row"; exit ;;
  --benchmark_out=*) file=${argument#*=} ;;
esac; done
set -- )" << times << R"(
number=$(basename "$file" .json); shift $((10#$number - 1))
echo '{"context": {"backend": "cpu"}, "benchmarks": [{"name": "'$row'", "run_name": "'$row'", "run_type": "iteration",
  "repetition_index": 0, "iterations": 1, "real_time": '$1', "cpu_time": '$1', "time_unit": "ns",
  "compared_seconds": 1e-6}]}' >"$file"
)";
    std::filesystem::permissions(folder_ / name, std::filesystem::perms::owner_all);
  }
};

TEST_F(CompareWithPeers, AGoalIsMetIfTheWholeIntervalIsAboveIt) {
  programs("2000 2002 1999 2001 1998", "1000 1001 1002 999 998");
  expect("yes", 0);
}

TEST_F(CompareWithPeers, AGoalIsMissedIfTheWholeIntervalIsBelowIt) {
  programs("900 902 899 901 898", "1000 1001 1002 999 998");
  expect("no", 1);
}

TEST_F(CompareWithPeers, ANarrowIntervalRoundTheGoalIsEqual) {  // the goal is 0.99
  programs("988 990 992 989 991", "1000 1001 999 998 1002");
  expect("equal", 0);
}

TEST_F(CompareWithPeers, AWideIntervalRoundTheGoalSettlesNothing) {
  programs("900 1100 990 950 1040", "1000 1001 999 998 1002");
  expect("not settled", 3);
}

TEST_F(CompareWithPeers, PairsOfProcessesAreAsManyAsAnIntervalNeeds) {
  programs("2000 2002 1999 2001 1998 2003", "");
  const ShellOutcome outcome = run(folder_.string(), "--peer cblas --in-turn");
  EXPECT_EQ(outcome.exit_code, 0) << outcome.output;
  EXPECT_THAT(outcome.output, HasSubstr("| 6 | 0.99 | yes |"));
}

TEST_F(CompareWithPeers, TheFilterIsForNamesAsTheTableHasThem) {
  programs("2000 2002 1999 2001 1998", "1000 1001 1002 999 998");
  EXPECT_EQ(run(folder_.string(), "--peer cblas --filter '^gemm/openblas/fp32/1024$'").exit_code, 0);
  const ShellOutcome none = run(folder_.string(), "--peer cblas --filter 1024/ --out " + (folder_ / "none").string());
  EXPECT_EQ(none.exit_code, 4);
  EXPECT_THAT(none.output, HasSubstr("--filter 1024/ is in none of its names, such as gemm/openblas/fp32/1024"));
}

TEST_F(CompareWithPeers, APeerWithoutRowsSaysWhy) {
  const ShellOutcome outcome = run(CUPARITY_BIN, "--peer cublaslt");
  EXPECT_EQ(outcome.exit_code, 4);
  EXPECT_THAT(outcome.output, HasSubstr("compare-with-peers: cublaslt has no rows here: cuparity-peers: "));
}

TEST_F(CompareWithPeers, TheRealProgramsCompareAndAFolderInUseIsRefused) {
  const std::string arguments = "--peer own_triad --processes 2 --repetitions 1";
  const ShellOutcome outcome = run(CUPARITY_BIN, arguments);
  EXPECT_THAT(outcome.output, HasSubstr("| `saxpy/own/fp32/67108864` | own_triad |"));
  EXPECT_THAT(outcome.output, HasSubstr("| 2 | 0.99 |"));
  EXPECT_THAT(outcome.exit_code, testing::AnyOf(0, 1, 3)) << outcome.output;
  EXPECT_EQ(run(CUPARITY_BIN, arguments).exit_code, 2);
}

TEST_F(CompareWithPeers, WrongUseIsRefused) {
  for (const char* arguments : {"--nonsense", "--processes 0", "--processes ''", "--repetitions x", "--peer", "--filter '('"})
    EXPECT_EQ(run(CUPARITY_BIN, arguments).exit_code, 2) << arguments;
}

}  // namespace
