// Runs the built cuparity-bench on the CPU backend and reads what it writes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>

#include "environment/shell_command.hpp"
#include "environment/temporary_folder.hpp"

namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;

struct Outcome {
  int exit_code = -1;
  std::string output;
  std::string errors;
};

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

class Program : public testing::Test {
 protected:
  /// Runs cuparity-bench with `arguments`, which are words of a shell.
  Outcome run(const std::string& arguments) const {
    const std::string command = std::string("'") + CUPARITY_BENCH_PROGRAM + "' " + arguments + " >'" +
                                (folder_ / "output").string() + "' 2>'" + (folder_ / "errors").string() + "'";
    const int status = std::system(command.c_str());
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, read_file(folder_ / "output"),
            read_file(folder_ / "errors")};
  }

  const cuparity::TemporaryFolder temporary_;
  const std::filesystem::path& folder_ = temporary_.path();
};

const std::string quick = "--backend=cpu --benchmark_min_time=0.001 --benchmark_format=json ";

TEST_F(Program, ContextRowsAndLabels) {
  const Outcome outcome = run(quick + "--benchmark_filter='launch/system_call|launch/thread_start'");
  ASSERT_EQ(outcome.exit_code, 0) << outcome.errors;
  const json document = json::parse(outcome.output);
  const json& context = document.at("context");
  EXPECT_EQ(context.at("backend"), "cpu");
  EXPECT_EQ(context.at("backend_reason"), "--backend=cpu");
  for (const char* key : {"cuparity_version", "source_digest", "threads", "process_seconds_before_benchmarks", "cpu_model",
                          "cpus_allowed", "kernel", "container"})
    EXPECT_TRUE(context.contains(key)) << key;
  EXPECT_GT(std::stod(context.at("process_seconds_before_benchmarks").get<std::string>()), 0);
  EXPECT_FALSE(context.contains("injected"));
  EXPECT_FALSE(context.contains("gpu_name"));

  ASSERT_EQ(document.at("benchmarks").size(), 2u);
  for (const json& row : document.at("benchmarks")) {
    EXPECT_THAT(row.at("run_name").get<std::string>(), MatchesRegex("launch/.*/manual_time"));
    EXPECT_GT(row.at("real_time").get<double>(), 0);
    EXPECT_THAT(row.at("label").get<std::string>(),
                MatchesRegex("digest=[0-9a-f]{16}; error=0; setup_seconds=[0-9.e-]+ \\(prepare .*\\)"));
  }
}

TEST_F(Program, TwoRunsGiveEqualDigests) {
  const std::string arguments = quick + "--benchmark_filter='launch/system_call|startup/process'";
  const Outcome first = run(arguments);
  const Outcome second = run(arguments);
  ASSERT_EQ(first.exit_code, 0) << first.errors;
  ASSERT_EQ(second.exit_code, 0) << second.errors;
  const json rows = json::parse(first.output).at("benchmarks");
  const json other_rows = json::parse(second.output).at("benchmarks");
  ASSERT_EQ(rows.size(), 2u);
  const auto digest = [](const json& row) {
    const std::string label = row.at("label");
    return label.substr(0, label.find(';'));
  };
  for (std::size_t i = 0; i < rows.size(); ++i) EXPECT_EQ(digest(rows[i]), digest(other_rows[i]));
}

TEST_F(Program, BothSpellingsOfTheMinimumTimeWorkWithoutAWord) {
  for (const char* time : {"0.001", "0.001s"}) {
    const Outcome outcome = run("--backend=cpu --benchmark_format=json --benchmark_filter=launch/system_call "
                                "--benchmark_min_time=" + std::string(time));
    ASSERT_EQ(outcome.exit_code, 0) << outcome.errors;
    EXPECT_EQ(json::parse(outcome.output).at("benchmarks").size(), 1u);
    EXPECT_THAT(outcome.errors, Not(HasSubstr("suffix")));
  }
}

TEST_F(Program, StartupIsMeasuredInChildren) {
  const Outcome outcome =
      run(quick + "--benchmark_filter=startup/process --benchmark_repetitions=2 --benchmark_out='" +
          (folder_ / "out.json").string() + "' --benchmark_out_format=json");
  ASSERT_EQ(outcome.exit_code, 0) << outcome.errors;
  const json rows = json::parse(read_file(folder_ / "out.json")).at("benchmarks");
  EXPECT_EQ(rows[0].at("run_name"), "startup/process/iterations:5/manual_time");
  EXPECT_GT(rows[0].at("real_time").get<double>(), 1e4);  // no process starts in 10 microseconds
}

TEST_F(Program, AFileThatCannotBeWrittenIsSaid) {
  const std::string row = "--backend=cpu --benchmark_min_time=0.001 --benchmark_filter=launch/system_call ";
  const Outcome outcome = run(row + "--benchmark_out=/dev/full");
  EXPECT_EQ(outcome.exit_code, 4);
  EXPECT_THAT(outcome.errors, HasSubstr("cuparity-bench: writing /dev/full failed; free some space"));
  const std::string csv = (folder_ / "out.csv").string();
  EXPECT_EQ(run(row + "--benchmark_out_format=csv --benchmark_out='" + csv + "'").exit_code, 0);
  EXPECT_THAT(read_file(csv), HasSubstr("name,iterations,real_time"));
}

TEST_F(Program, AClosedOutputDoesNotEndInTheFile) {
  const std::string file = (folder_ / "closed.json").string();
  const cuparity::ShellOutcome outcome =
      cuparity::run_in_shell(std::string("'") + CUPARITY_BENCH_PROGRAM + "' --backend=cpu --benchmark_min_time=0.001 " +
                             "--benchmark_filter=launch/system_call --benchmark_out='" + file + "' >&- 2>/dev/null");
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_EQ(json::parse(read_file(file)).at("benchmarks").size(), 1u);
}

TEST_F(Program, SaysItsVersion) {
  const Outcome outcome = run("--version");
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_THAT(outcome.output, MatchesRegex("cuparity-bench [0-9.]+, sources [0-9a-f]+\n"));
}

TEST_F(Program, OutputThatIsLostIsSaid) {
  for (const char* arguments : {"--backend=cpu --benchmark_min_time=0.001 --benchmark_filter=launch/system_call",
                                "--backend=cpu --benchmark_list_tests"}) {
    const cuparity::ShellOutcome outcome =
        cuparity::run_in_shell(std::string("'") + CUPARITY_BENCH_PROGRAM + "' " + arguments + " >/dev/full");
    EXPECT_EQ(outcome.exit_code, 4) << arguments;
    EXPECT_THAT(outcome.output, HasSubstr("cuparity-bench: writing to stdout failed")) << arguments;
  }
}

TEST_F(Program, AnInjectedSlowdownIsSaidAndSeen) {
  const std::string row = quick + "--benchmark_filter=launch/system_call --benchmark_repetitions=5 ";
  const Outcome outcome = run(row + "--inject-slowdown=900");
  ASSERT_EQ(outcome.exit_code, 0) << outcome.errors;
  const Outcome honest = run(row);
  EXPECT_EQ(json::parse(outcome.output).at("context").at("injected"), "every time is made 900 % longer");
  EXPECT_THAT(outcome.errors, HasSubstr("INJECTED"));
  const auto time = [](const Outcome& one) {  // of the repetition that the machine disturbed least
    double least = std::numeric_limits<double>::infinity();
    const json output = json::parse(one.output);
    for (const json& repetition : output.at("benchmarks"))
      if (repetition.at("run_type") == "iteration") least = std::min(least, repetition.at("real_time").get<double>());
    return least;
  };
  EXPECT_GT(time(outcome), 3 * time(honest));
}

TEST_F(Program, AWrongRowIsAnErrorAndTheExitCodeSaysSo) {
  const Outcome outcome =
      run(quick + "--benchmark_filter='launch/(system_call|thread_start)' --inject-wrong=thread");
  EXPECT_EQ(outcome.exit_code, 1);
  const json document = json::parse(outcome.output);
  EXPECT_TRUE(document.at("context").contains("injected"));
  for (const json& row : document.at("benchmarks")) {
    const bool wrong = row.at("name").get<std::string>().find("thread") != std::string::npos;
    EXPECT_EQ(row.value("error_occurred", false), wrong);
    if (wrong) {
      EXPECT_THAT(row.at("error_message").get<std::string>(), HasSubstr("wrong result: error 1e+03"));
    }
  }
}

TEST_F(Program, UsageErrors) {
  for (const char* arguments : {"--no-such-flag", "--backend=gpu", "--inject-slowdown=fast",
                                "--backend=cpu --benchmark_filter=no/such/row",
                                "--backend=cpu --benchmark_list_tests --benchmark_filter=no/such/row"}) {
    const Outcome outcome = run(arguments);
    EXPECT_EQ(outcome.exit_code, 2) << arguments;
    EXPECT_EQ(std::count(outcome.errors.begin(), outcome.errors.end(), '\n'), 1) << outcome.errors;
  }
}

TEST_F(Program, HelpShowsBothKindsOfFlags) {
  const Outcome outcome = run("--help");
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_THAT(outcome.output, HasSubstr("--backend=auto|cuda|cpu"));
  EXPECT_THAT(outcome.output + outcome.errors, HasSubstr("--benchmark_filter"));
}

TEST_F(Program, ListsWithoutRunning) {
  const Outcome outcome = run("--backend=cpu --benchmark_list_tests");
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  EXPECT_THAT(outcome.output, HasSubstr("launch/system_call/manual_time\n"));
  EXPECT_THAT(outcome.output, Not(HasSubstr("launch/submit")));
}

TEST_F(Program, AutoSaysWhichBackendAndWhy) {
  const Outcome outcome = run("--benchmark_list_tests --benchmark_filter=launch/");
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_THAT(outcome.errors, MatchesRegex("cuparity-bench: backend (cpu|cuda): .+\n"));
}

}  // namespace
