// A real Ctrl-C of the real program while it measures: what was measured is kept, can be read and goes on.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "environment/text_file.hpp"
#include "harness/engine/process.hpp"
#include "harness/errors.hpp"

namespace cuparity {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class Interrupted : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / fmt::format("cuparity-interrupted-{}", getpid());
    fs::create_directories(folder_);
    std::ofstream(folder_ / "short.yaml")
        << "name: short\nblocks: 500\nrepetitions: 2\nmin_time_seconds: 0.002\ntime_limit_seconds: 60\nvalidate: none\n"
           "benchmarks:\n  cpu: [launch/system_call]\n";
  }
  void TearDown() override { fs::remove_all(folder_); }

  ProcessResult shell(const std::string& script) const {
    ChildProcess child;
    child.command = {"sh", "-c", script};
    child.time_limit = std::chrono::seconds(120);
    return run_process(child);
  }

  /// Starts the program, sends it SIGINT as soon as `journal` has the header and four trials; its exit code.
  ProcessResult interrupted(const std::string& arguments, const fs::path& journal) const {
    return shell(fmt::format("{} {} & pid=$!\n"
                             "until [ \"$(cat {} 2>/dev/null | wc -l)\" -ge 5 ]; do\n"
                             "  kill -0 $pid || break; sleep 0.05; done\n"
                             "kill -INT $pid; wait $pid",
                             CUPARITY_PROGRAM, arguments, journal.string()));
  }

  nlohmann::json json_of(const fs::path& file) const {
    return nlohmann::json::parse(environment::read_text_file(file).value_or("null"));
  }

  std::string arguments(const std::string& command, const fs::path& out) const {
    return fmt::format("{} --backend cpu --suite {} --seed 3 --mode native --out {}", command,
                       (folder_ / "short.yaml").string(), out.string());
  }

  fs::path folder_;
};

TEST_F(Interrupted, RunKeepsWhatWasMeasuredAndGoesOn) {
  const fs::path out = folder_ / "run";
  const ProcessResult stopped = interrupted(arguments("run --blocks 15", out), out / "journal.jsonl");
  ASSERT_EQ(stopped.exit_code, exit_inconclusive) << stopped.standard_error;
  EXPECT_THAT(stopped.standard_error, HasSubstr("--resume"));
  EXPECT_TRUE(fs::exists(out / "report.html"));
  const std::size_t trials = json_of(out / "run.json")["trials"].size();
  EXPECT_GE(trials, 4U);
  const ProcessResult rest = shell(fmt::format("{} run --resume {}", CUPARITY_PROGRAM, out.string()));
  EXPECT_TRUE(rest.exit_code == exit_pass || rest.exit_code == exit_inconclusive) << rest.standard_error;
  EXPECT_GT(json_of(out / "run.json")["trials"].size(), trials);
}

TEST_F(Interrupted, AKilledRunLeavesNoProcessThatGoesOnMeasuring) {
  std::ofstream(folder_ / "long.yaml") << "name: long\nblocks: 5\nrepetitions: 5\nmin_time_seconds: 3\nvalidate: none\n"
                                          "benchmarks:\n  cpu: [launch/system_call]\n";
  // What it says has no reader then, which must not be what ends it.
  setenv("CUPARITY_NATIVE_LAUNCHER", R"(sh -c 'trap "" PIPE; exec "$0" "$@"')", 1);
  // A trial's process is found by where it writes; that of a probe has no number.
  const ProcessResult result = shell(fmt::format(
      "measuring() {{ grep -lz '^--benchmark_out={0}/raw/0' /proc/[0-9]*/cmdline 2>/dev/null; }}\n"
      "{1} run --backend cpu --suite {2} --mode native --out {0} >/dev/null 2>&1 & pid=$!\n"
      "until [ -n \"$(measuring)\" ]; do kill -0 $pid || exit 9; sleep 0.05; done\n"
      "kill -KILL $pid; wait $pid; sleep 0.5; measuring",
      (folder_ / "run").string(), CUPARITY_PROGRAM, (folder_ / "long.yaml").string()));
  unsetenv("CUPARITY_NATIVE_LAUNCHER");
  EXPECT_NE(result.exit_code, 9) << result.standard_error;
  EXPECT_THAT(result.standard_error, testing::Not(HasSubstr("/proc/"))) << result.standard_error;
}

TEST_F(Interrupted, TheVerdictOnAClosedStdoutDoesNotGetIntoTheJournal) {
  const fs::path out = folder_ / "run";
  const ProcessResult stopped = interrupted(arguments("run --blocks 15", out) + " >&-", out / "journal.jsonl");
  ASSERT_EQ(stopped.exit_code, exit_inconclusive) << stopped.standard_error;
  const ProcessResult rest = shell(fmt::format("{} run --resume {}", CUPARITY_PROGRAM, out.string()));
  EXPECT_TRUE(rest.exit_code == exit_pass || rest.exit_code == exit_inconclusive) << rest.standard_error;
}

TEST_F(Interrupted, AStderrThatFailsDoesNotEndIt) {
  const std::string program = fmt::format("{} ", CUPARITY_PROGRAM);
  const auto run = [&](const char* name) { return program + arguments("run --blocks 2", folder_ / name); };
  const ProcessResult full = shell(run("full") + " 2>/dev/full");
  EXPECT_TRUE(full.exit_code == exit_pass || full.exit_code == exit_inconclusive) << full.exit_code;
  EXPECT_FALSE(json_of(folder_ / "full" / "run.json")["finished_at"].get<std::string>().empty());
  // The reader has gone before the first line.
  const ProcessResult gone = shell("(sleep 0.3; " + run("gone") + " 2>&1 >/dev/null; echo rc $? >&3) 3>&2 | true");
  EXPECT_TRUE(gone.standard_error == "rc 0\n" || gone.standard_error == "rc 3\n") << gone.standard_error;
  EXPECT_EQ(shell(program + "compare nope nope 2>/dev/full").exit_code, exit_usage);
}

TEST_F(Interrupted, CalibrationKeepsWhatWasMeasuredAndGoesOn) {
  const fs::path out = folder_ / "calibration";
  const ProcessResult stopped =
      interrupted(arguments("calibrate --inject 5 --blocks 2 --minutes 30", out), out / "run" / "journal.jsonl");
  ASSERT_EQ(stopped.exit_code, exit_inconclusive) << stopped.standard_error;
  EXPECT_THAT(stopped.standard_error, HasSubstr("--resume"));
  const nlohmann::json part = json_of(out / "calibration.json");
  EXPECT_TRUE(part["interrupted"].get<bool>());
  EXPECT_GE(part["processes"].get<int>(), 4);
  const ProcessResult rest =
      shell(fmt::format("{} calibrate --resume {} --minutes 0.05", CUPARITY_PROGRAM, out.string()));
  EXPECT_EQ(rest.exit_code, exit_pass) << rest.standard_error;
  EXPECT_FALSE(json_of(out / "calibration.json")["interrupted"].get<bool>());
  const ProcessResult again = shell(fmt::format("{} calibrate --resume {}", CUPARITY_PROGRAM, out.string()));
  EXPECT_EQ(again.exit_code, exit_usage);
  EXPECT_THAT(again.standard_error, HasSubstr("is finished; its figures: cuparity calibrate --recount " + out.string()));
}

}  // namespace
}  // namespace cuparity
