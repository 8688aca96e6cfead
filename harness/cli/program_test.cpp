// The program as a person calls it: doctor, list and report, their exit codes and their JSON.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "environment/text_file.hpp"
#include "harness/engine/process.hpp"
#include "harness/errors.hpp"
#include "harness/report/example_run.hpp"
#include "harness/report/report.hpp"

namespace cuparity {
namespace {

using testing::HasSubstr;

class Program : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() / ("cuparity-program-" + std::to_string(getpid()));
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  /// Exit code; stdout goes into `output_`, stderr into `errors_`.
  int run(const std::vector<std::string>& arguments) {
    ChildProcess child;
    child.command = {"/bin/sh", "-c", "out=$1; shift; exec \"$0\" \"$@\" >\"$out\"", CUPARITY_PROGRAM,
                     (folder_ / "out").string()};
    child.command.insert(child.command.end(), arguments.begin(), arguments.end());
    child.time_limit = std::chrono::seconds(150);
    const ProcessResult result = run_process(child);
    EXPECT_FALSE(result.timed_out);
    output_ = environment::read_text_file(folder_ / "out").value_or("");
    errors_ = result.standard_error;
    return result.exit_code;
  }

  std::filesystem::path folder_;
  std::string output_;
  std::string errors_;
};

TEST_F(Program, ARecordGoesToStandardOutputWhereItIsAsked) {
  const int exit_code = run({"doctor", "--record", "-"});
  EXPECT_TRUE(nlohmann::json::parse(output_).contains("engines")) << output_;
  EXPECT_FALSE(std::filesystem::exists("-"));
  std::ofstream(folder_ / "probe.json") << output_;
  EXPECT_EQ(run({"doctor", "--probe", (folder_ / "probe.json").string()}), exit_code);
}

TEST_F(Program, NamesTheCommandThatIsNone) {
  EXPECT_EQ(run({"runn", "--suite", "quick"}), exit_usage);
  EXPECT_THAT(errors_, HasSubstr("no command 'runn'; did you mean 'run'?"));
  EXPECT_EQ(run({"benchmark"}), exit_usage);
  EXPECT_THAT(errors_, HasSubstr("no command 'benchmark'; the commands are doctor, access, list, run,"));
  EXPECT_EQ(run({"--sweet", "quick"}), exit_usage);
  EXPECT_THAT(errors_, HasSubstr("--sweet"));
  EXPECT_EQ(run({}), exit_usage);
  EXPECT_THAT(errors_, HasSubstr("subcommand is required"));
  EXPECT_EQ(run({"--help"}), exit_pass);
}

TEST_F(Program, NamesTheOptionThatIsNone) {
  EXPECT_EQ(run({"run", "--suit", "quick"}), exit_usage);
  EXPECT_THAT(errors_, HasSubstr("run has no option '--suit'; did you mean '--suite'?"));
  EXPECT_EQ(run({"compare", "--margins=gemm=0.02", "a", "b"}), exit_usage);
  EXPECT_THAT(errors_, HasSubstr("compare has no option '--margins'; did you mean '--margin'?"));
  EXPECT_EQ(run({"history", ".", "-allow", "x"}), exit_usage);
  EXPECT_THAT(errors_, HasSubstr("history has no option '-allow'; did you mean '--allow'?"));
  EXPECT_EQ(run({"list", "--xyzzyxyzzy"}), exit_usage);
  EXPECT_THAT(errors_, HasSubstr("list has no option '--xyzzyxyzzy'; cuparity list --help shows those that it has"));
}

/// CLI11 shows the program's own words under every command that has none, and those of `run` are wrong for `report`.
TEST_F(Program, EachCommandsHelpHasItsOwnExitCodes) {
  for (const char* command : {"doctor", "access", "list", "run", "compare", "report", "publish", "explain", "gate", "history",
                              "calibrate"}) {
    EXPECT_EQ(run({command, "--help"}), exit_pass);
    EXPECT_THAT(output_, HasSubstr("Exit code")) << command;
    EXPECT_THAT(output_, testing::Not(HasSubstr("Start with: cuparity doctor"))) << command;
  }
}

TEST_F(Program, AFailedWriteToStdoutIsNoPass) {
  const Example example = example_run();
  write_reports(folder_, example.run, example.analysis);
  const std::string it = folder_.string();
  for (const std::string& arguments : {std::string("--help"), std::string("list suites --format json"),
                                       "compare " + it + " " + it, "gate --format json --baseline " + it + " " + it}) {
    ChildProcess child;
    child.command = {"/bin/sh", "-c", CUPARITY_PROGRAM " " + arguments + " >/dev/full"};
    const ProcessResult result = run_process(child);
    EXPECT_EQ(result.exit_code, exit_environment) << arguments;
    EXPECT_THAT(result.standard_error, HasSubstr("writing to stdout failed")) << arguments;
    EXPECT_EQ(std::count(result.standard_error.begin(), result.standard_error.end(), '\n'), 1) << arguments;
  }
}

TEST_F(Program, DoctorAnswersWhateverTheMachine) {
  const int exit_code = run({"doctor", "--format", "json"});
  EXPECT_TRUE(exit_code == exit_pass || exit_code == exit_environment) << exit_code << errors_;
  const nlohmann::json report = nlohmann::json::parse(output_);
  EXPECT_EQ(report["schema_version"], 1);
  EXPECT_TRUE(report["machine"].contains("gpus"));
  bool error = false;
  for (const auto& finding : report["findings"]) error = error || finding["severity"] == "error";
  EXPECT_EQ(exit_code == exit_environment, error);
}

TEST_F(Program, DoctorRefusesAModeThatIsNone) {
  EXPECT_EQ(run({"doctor", "--mode", "dockr:manual"}), exit_usage);
  EXPECT_THAT(errors_, HasSubstr("docker:manual"));
}

TEST_F(Program, DoctorFailsWhereWhatWasNamedCouldNotBeTried) {
  EXPECT_EQ(run({"doctor", "--mode", "docker:none", "--image", "localhost/no-such-image:none"}), exit_environment);
  EXPECT_THAT(errors_, HasSubstr("not tried: --mode docker:none: "));
  EXPECT_EQ(run({"doctor", "--image", "localhost/no-such-image:none"}), exit_environment);
  EXPECT_THAT(errors_, HasSubstr("not tried: --image localhost/no-such-image:none: "));
  EXPECT_EQ(run({"doctor", "--image", "localhost/no-such-image:none", "--format", "json"}), exit_environment);
  EXPECT_THAT(nlohmann::json::parse(output_)["not_tried"].at(0), HasSubstr("--image localhost/no-such-image:none: "));
}

TEST_F(Program, DoctorRefusesAnImageThatNothingStarts) {
  EXPECT_EQ(run({"doctor", "--mode", "native", "--image", "localhost/no-such-image:none"}), exit_usage);
  EXPECT_THAT(errors_, HasSubstr("--mode native starts none"));
  EXPECT_EQ(errors_.find("no engine"), std::string::npos) << errors_;
}

TEST_F(Program, DoctorRefusesToTryWhatItDoesNotLookAt) {
  const std::string file = (folder_ / "file").string();
  std::ofstream(file) << "something";
  for (const std::vector<std::string>& named : {std::vector<std::string>{"--mode", "docker:none"}, {"--image", "cuparity:0.1.0"}}) {
    for (const std::vector<std::string>& instead :
         {std::vector<std::string>{"--probe", file}, {"--from-text", file, "--text-only"}}) {
      std::vector<std::string> command = {"doctor"};
      command.insert(command.end(), named.begin(), named.end());
      command.insert(command.end(), instead.begin(), instead.end());
      EXPECT_EQ(run(command), exit_usage) << testing::PrintToString(command);
      EXPECT_EQ(errors_, "cuparity: " + named[0] + " names what is tried on this machine, and with " +
                             (instead.size() == 2 ? "--probe" : "--text-only") + " nothing is: leave one of the two out\n");
    }
  }
}

TEST_F(Program, TheDoctorsChildLooksAtTheDriver) {
  EXPECT_EQ(run({"doctor", "--look-at", "nvml"}), exit_pass);
  EXPECT_TRUE(nlohmann::json::parse(output_).contains("outcome"));
  EXPECT_EQ(run({"doctor", "--look-at", "nothing"}), exit_usage);
}

TEST_F(Program, DoctorReadsAPastedText) {
  const auto text = (folder_ / "text").string();
  std::ofstream(text) << "docker: Error response from daemon: could not select device driver \"\" with capabilities: [[gpu]].";
  EXPECT_EQ(run({"doctor", "--from-text", text, "--text-only", "--format", "json"}), exit_environment);
  EXPECT_EQ(nlohmann::json::parse(output_)["findings"][0]["id"], "toolkit-missing");
  std::ofstream(text) << "something else";
  EXPECT_EQ(run({"doctor", "--from-text", text, "--text-only"}), exit_inconclusive);
  EXPECT_THAT(output_, HasSubstr("fits no known cause"));
  EXPECT_EQ(run({"doctor", "--from-text", (folder_ / "none").string()}), exit_usage);
  EXPECT_EQ(run({"doctor", "--text-only"}), exit_usage);
}

TEST_F(Program, DoctorRecordsAndJudgesAProbe) {
  const auto file = (folder_ / "probe.json").string();
  const int here = run({"doctor", "--record", file, "--format", "json"});
  const nlohmann::json findings = nlohmann::json::parse(output_)["findings"];
  EXPECT_EQ(run({"doctor", "--probe", file, "--format", "json"}), here);
  EXPECT_EQ(nlohmann::json::parse(output_)["findings"].size(), findings.size());
  std::ofstream(file) << "{";
  EXPECT_EQ(run({"doctor", "--probe", file}), exit_usage);
  EXPECT_THAT(errors_, HasSubstr(file));
}

TEST_F(Program, ProgramsThatHangDoNotHangTheDoctor) {
  for (const char* name : {"docker", "podman", "nvidia-ctk", "nvidia-smi", "nvidia-container-cli"}) {
    std::ofstream(folder_ / name) << "#!/bin/sh\nexec sleep 600\n";
    std::filesystem::permissions(folder_ / name, std::filesystem::perms::owner_all);
  }
  const std::string path = std::getenv("PATH");
  setenv("PATH", (folder_.string() + ":" + path).c_str(), 1);
  EXPECT_EQ(run({"doctor", "--format", "json"}), exit_environment);
  setenv("PATH", path.c_str(), 1);
  EXPECT_THAT(output_, HasSubstr("engine.docker.hung"));
}

TEST_F(Program, ListSuites) {
  EXPECT_EQ(run({"list", "suites", "--format", "json"}), exit_pass);
  const nlohmann::json lists = nlohmann::json::parse(output_);
  EXPECT_EQ(lists["suites"][0]["name"], "quick");
  EXPECT_FALSE(lists.contains("modes"));
}

TEST_F(Program, ListModesSaysWhyNot) {
  EXPECT_EQ(run({"list", "modes", "--image", "cuparity-no-such-image", "--format", "json"}), exit_pass);
  const nlohmann::json listed = nlohmann::json::parse(output_);
  for (const auto& mode : listed["modes"]) {
    EXPECT_EQ(mode["usable"].get<bool>(), mode["reason"].get<std::string>().empty());
    if (mode["mode"] != "native") {
      EXPECT_FALSE(mode["usable"]) << mode;
    }
  }
}

TEST_F(Program, ListSaysAReasonOfTheWholeEngineOnce) {
  EXPECT_EQ(run({"list", "modes", "--image", "cuparity-no-such-image"}), exit_pass);
  EXPECT_THAT(output_, HasSubstr("no: as above"));
}

TEST_F(Program, ListBenchmarksOfABackend) {
  const std::filesystem::path program = folder_ / "cuparity-bench";
  std::ofstream(program) << "#!/bin/sh\necho \"row/of/$1\"\n";
  std::filesystem::permissions(program, std::filesystem::perms::owner_all);
  EXPECT_EQ(run({"list", "benchmarks", "--backend", "cpu", "--bin", folder_.string()}), exit_pass);
  EXPECT_THAT(output_, HasSubstr("row/of/--backend=cpu"));
  EXPECT_EQ(run({"list", "benchmarks", "--backend", "gpu"}), exit_usage);
}

TEST_F(Program, ListBenchmarksWithoutTheProgramSaysWhereItLooked) {
  EXPECT_EQ(run({"list", "benchmarks", "--bin", folder_.string()}), exit_environment);
  EXPECT_THAT(errors_, HasSubstr((folder_ / "cuparity-bench").string()));
}

TEST_F(Program, ReportIsMadeAgainFromRunJson) {
  const Example example = example_run();
  write_reports(folder_, example.run, example.analysis);
  std::filesystem::remove(folder_ / "report.html");
  EXPECT_EQ(run({"report", folder_.string()}), exit_pass) << errors_;
  EXPECT_THAT(output_, HasSubstr("report.html"));
  EXPECT_TRUE(std::filesystem::exists(folder_ / "report.html"));
}

TEST_F(Program, ReportOfNothingIsOneLine) {
  EXPECT_EQ(run({"report", (folder_ / "missing").string()}), exit_usage);
  EXPECT_THAT(errors_, HasSubstr("missing"));
}

TEST_F(Program, ReportThatCantBeWrittenSaysWhereElse) {
  const Example example = example_run();
  write_reports(folder_, example.run, example.analysis);
  std::filesystem::remove(folder_ / "report.md");
  std::filesystem::create_directory(folder_ / "report.md");
  EXPECT_EQ(run({"report", folder_.string()}), exit_environment);
  EXPECT_THAT(errors_, HasSubstr("; or: cuparity report " + folder_.string() + " --out OTHER"));
}

TEST_F(Program, RedactedReportsGoIntoAnotherFolder) {
  const Example example = example_run();
  write_reports(folder_, example.run, example.analysis);
  EXPECT_EQ(run({"report", folder_.string(), "--redact"}), exit_usage);
  EXPECT_THAT(errors_, HasSubstr("--out"));
  EXPECT_EQ(run({"report", folder_.string(), "--redact", "--out", (folder_ / "public").string()}), exit_pass) << errors_;
  const std::string json = environment::read_text_file(folder_ / "public/run.json").value_or("");
  EXPECT_THAT(json, HasSubstr("gpu-1"));
  EXPECT_THAT(json, testing::Not(HasSubstr("GPU-0000")));
  EXPECT_THAT(environment::read_text_file(folder_ / "run.json").value_or(""), HasSubstr("GPU-0000"));
}

TEST_F(Program, ReportReplacesNoOtherRun) {
  Example example = example_run();
  write_reports(folder_, example.run, example.analysis);
  std::filesystem::create_directories(folder_ / "other");
  example.run.seed += 1;
  write_reports(folder_ / "other", example.run, example.analysis);
  const std::string other = environment::read_text_file(folder_ / "other/run.json").value_or("");
  EXPECT_EQ(run({"report", folder_.string(), "--out", (folder_ / "other").string()}), exit_usage);
  EXPECT_THAT(errors_, HasSubstr("holds another run"));
  EXPECT_EQ(environment::read_text_file(folder_ / "other/run.json").value_or(""), other);
  // A file of another name stands beside the run.json that its reports would replace.
  std::filesystem::rename(folder_ / "other/run.json", folder_ / "other.json");
  EXPECT_EQ(run({"report", (folder_ / "other.json").string()}), exit_usage);
  EXPECT_THAT(errors_, HasSubstr("holds another run"));
  EXPECT_EQ(run({"report", folder_.string(), "--out", folder_.string()}), exit_pass) << errors_;
}

TEST_F(Program, ReportReplacesNoMoreCompleteCopy) {
  Example example = example_run();
  std::filesystem::create_directories(folder_ / "whole");
  write_reports(folder_ / "whole", example.run, example.analysis);
  example.run.trials.pop_back();
  write_reports(folder_, example.run, example.analysis);
  EXPECT_EQ(run({"report", folder_.string(), "--out", (folder_ / "whole").string()}), exit_usage);
  EXPECT_THAT(errors_, HasSubstr("holds more of this run"));
  EXPECT_EQ(run({"report", (folder_ / "whole").string(), "--out", folder_.string()}), exit_pass) << errors_;
}

TEST_F(Program, RedactionReplacesNothingMeasured) {
  const Example example = example_run();
  write_reports(folder_, example.run, example.analysis);
  EXPECT_EQ(run({"report", folder_.string(), "--redact", "--out", folder_.string()}), exit_usage);
  EXPECT_THAT(errors_, HasSubstr("would replace what was measured"));
  const std::string redacted = (folder_ / "public").string();
  EXPECT_EQ(run({"report", folder_.string(), "--redact", "--out", redacted}), exit_pass) << errors_;
  EXPECT_EQ(run({"report", folder_.string(), "--redact", "--out", redacted}), exit_pass) << "again: " << errors_;
  std::ofstream(folder_ / "public/journal.jsonl") << "{}\n";
  EXPECT_EQ(run({"report", folder_.string(), "--redact", "--out", redacted}), exit_usage);
}

TEST_F(Program, PublishMakesASiteAndSaysWhatIsMissing) {
  EXPECT_EQ(run({"publish", "--out", (folder_ / "site").string()}), exit_usage);
  EXPECT_THAT(errors_, HasSubstr("give the folders of runs"));
  const Example example = example_run();
  std::filesystem::create_directories(folder_ / "run");
  setenv("XDG_CACHE_HOME", (folder_ / "cache").c_str(), 1);
  write_reports(folder_ / "run", example.run, example.analysis);
  EXPECT_EQ(run({"publish", (folder_ / "run").string(), "--out", (folder_ / "site").string(), "--title", "Ours"}),
            exit_pass)
      << errors_;
  EXPECT_THAT(output_, HasSubstr("1 run, 1 of them new, 1 rendered"));
  EXPECT_THAT(environment::read_text_file(folder_ / "site/index.html").value_or(""), HasSubstr("Ours"));
}

TEST_F(Program, GateRefusesAMarginThatMeansNothing) {
  const Example example = example_run();
  write_reports(folder_, example.run, example.analysis);
  const std::string it = folder_.string();
  EXPECT_EQ(run({"gate", it, "--baseline", it, "--margin", "gem=1%"}), exit_usage);
  EXPECT_THAT(errors_, HasSubstr("did you mean 'gemm'?"));
  EXPECT_EQ(run({"gate", "no-image", "--golden", "no-image", "--margin", "gemm=5"}), exit_usage);
  EXPECT_THAT(errors_, HasSubstr("write --margin gemm=5%"));
  EXPECT_EQ(run({"gate", it, "--history", it, "--margin", "gemm=1%"}), exit_usage);
  EXPECT_THAT(errors_, HasSubstr("--history alone"));
  EXPECT_NE(run({"gate", it, "--baseline", it, "--margin", "gemm=1%"}), exit_usage) << errors_;
}

TEST_F(Program, CalibrateInjectsOrDoesNot) {
  EXPECT_EQ(run({"calibrate", "--inject", "1", "--no-inject"}), exit_usage);
  EXPECT_THAT(errors_, HasSubstr("--no-inject"));
}

TEST_F(Program, AMarginOfOneIsMeantInPercent) {
  EXPECT_EQ(run({"compare", "--margin", "5", "a", "b"}), exit_usage);
  EXPECT_THAT(errors_, HasSubstr("--margin 5 means 500 %; for 5 % write --margin 5%"));
}

TEST_F(Program, AccessWatchesForATimeThatCanBe) {
  EXPECT_EQ(run({"access", "--survival", "docker:--gpus=all", "--seconds", "0"}), exit_usage);
  EXPECT_THAT(errors_, HasSubstr("--seconds"));
  EXPECT_LT(errors_.size(), 200U) << errors_;
  EXPECT_EQ(run({"access", "--survival", "docker:--gpus=all", "--seconds", "nan"}), exit_usage);
  EXPECT_THAT(errors_, HasSubstr("--seconds nan"));
  for (const char* option : {"--seconds=3", "--disturb=update"}) {
    EXPECT_EQ(run({"access", option, "--row", "["}), exit_usage) << option;
    EXPECT_THAT(errors_, HasSubstr("requires --survival")) << option;
  }
}

TEST_F(Program, NumbersThatAreNoneAreRefused) {
  const std::vector<std::vector<std::string>> commands = {{"calibrate", "--minutes", "nan"},
                                                          {"calibrate", "--inject", "1,nan"},
                                                          {"compare", "--margin", "nan", "a", "b"}};
  for (const auto& command : commands) {
    EXPECT_EQ(run(command), exit_usage) << command[0] << '\n' << errors_;
    EXPECT_THAT(errors_, HasSubstr("nan")) << command[0];
  }
}

TEST_F(Program, ASeedIsAWholeNumberThatCanBeRecorded) {
  for (const char* seed : {"-1", "99999999999999999999999", "18446744073709551616", "1.5", "x"}) {
    EXPECT_EQ(run({"run", "--seed", seed, "--suite", "no-such-suite"}), exit_usage);
    EXPECT_THAT(errors_, HasSubstr(std::string("--seed: ") + seed + " is no whole number")) << seed;
  }
  EXPECT_EQ(run({"calibrate", "--seed", "-1"}), exit_usage);
  EXPECT_EQ(run({"gate", "x", "--golden", "y", "--seed", "-1"}), exit_usage);
  EXPECT_THAT(errors_, HasSubstr("--seed: -1 is no whole number"));
  EXPECT_EQ(run({"run", "--seed", "18446744073709551615", "--suite", "no-such-suite"}), exit_usage);
  EXPECT_THAT(errors_, HasSubstr("unknown suite"));
}

}  // namespace
}  // namespace cuparity
