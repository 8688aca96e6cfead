// Runs the built program cuparity-peers on the CPU.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "environment/shell_command.hpp"

namespace {

using cuparity::ShellOutcome;
using testing::HasSubstr;

ShellOutcome run(const std::string& arguments) {
  return cuparity::run_in_shell(std::string(CUPARITY_PEERS_PROGRAM) + " " + arguments);
}

nlohmann::json rows_of(const std::string& arguments) {
  const ShellOutcome outcome = run(arguments + " --backend=cpu --benchmark_format=json --benchmark_min_time=0.001 2>/dev/null");
  EXPECT_EQ(outcome.exit_code, 0) << outcome.output;
  return nlohmann::json::parse(outcome.output.substr(outcome.output.find('{'))).at("benchmarks");
}

TEST(PeersProgram, ThePeersAreListed) {
  const ShellOutcome outcome = run("--peer=list");
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_THAT(outcome.output, HasSubstr("stream"));
  EXPECT_THAT(outcome.output, HasSubstr("own_triad"));
}

TEST(PeersProgram, HelpHasTheUsageAndThePeers) {
  for (const char* flag : {"--help", "-h", "--peer=stream --help"}) {
    const ShellOutcome outcome = run(flag);
    EXPECT_EQ(outcome.exit_code, 0) << flag;
    EXPECT_THAT(outcome.output, HasSubstr("cuparity-peers --peer=NAME [--in-turn[=own-first]]"));
    EXPECT_THAT(outcome.output, HasSubstr("own_triad"));
  }
}

TEST(PeersProgram, SaysItsVersion) {
  EXPECT_EQ(run("--version").exit_code, 0);
  EXPECT_THAT(run("--version").output, testing::StartsWith("cuparity-peers "));
}

TEST(PeersProgram, ABadPeerIsAUsageError) {
  for (const char* arguments : {"", "--peer=", "--peer=nobody", "--peer=stream --backend=gpu", "--peer=stream --nonsense"})
    EXPECT_EQ(run(arguments).exit_code, 2) << arguments;
}

TEST(PeersProgram, APeerDoesOurRowsUnderTheirNamesAndIsVerified) {
  const nlohmann::json rows = rows_of("--peer=stream");
  ASSERT_EQ(rows.size(), 4u);
  EXPECT_EQ(rows[0].at("name"), "bandwidth/copy/fp64/256MiB/manual_time");
  for (const auto& row : rows) {
    EXPECT_FALSE(row.contains("error_occurred")) << row.dump();
    EXPECT_THAT(row.at("label").get<std::string>(), HasSubstr("digest="));
    EXPECT_GT(row.at("bytes_per_second").get<double>(), 0);
  }
}

TEST(PeersProgram, OurTriadStandsInForSaxpyBecauseItMovesTheSameBytes) {
  const nlohmann::json rows = rows_of("--peer=own_triad");
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].at("name"), "saxpy/own/fp32/67108864/manual_time");
}

TEST(PeersProgram, InTurnARowHasOurTimeBesideThePeers) {
  for (const std::string flag : {"--in-turn", "--in-turn=own-first"}) {
    const nlohmann::json rows = rows_of("--peer=own_triad " + flag);
    ASSERT_EQ(rows.size(), 1u);
    EXPECT_EQ(rows[0].at("name"), "saxpy/own/fp32/67108864/manual_time");
    const double peer = rows[0].at("real_time").get<double>() * 1e-9, own = rows[0].at("compared_seconds").get<double>();
    EXPECT_GT(own, peer / 3);  // both move 768 MiB: far apart they can't be
    EXPECT_LT(own, peer * 3);
  }
  EXPECT_FALSE(rows_of("--peer=own_triad")[0].contains("compared_seconds"));
}

TEST(PeersProgram, InTurnARowNamesTheAlgorithmsOfBoth) {
  for (const std::string flag : {"--in-turn", "--in-turn=own-first"}) {
    const nlohmann::json rows = rows_of("--peer=cblas --benchmark_filter=fp32/1024 " + flag);
    ASSERT_EQ(rows.size(), 1u);
    EXPECT_THAT(rows[0].at("label").get<std::string>(), HasSubstr("algorithm=, beside ours: "));  // a bare loop has none
  }
}

TEST(PeersProgram, AWrongResultOfAPeerIsNotTimed) {
  const ShellOutcome outcome = run("--peer=stream --backend=cpu --benchmark_filter=copy --inject-wrong=copy");
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.output, HasSubstr("wrong result"));
}

}  // namespace
