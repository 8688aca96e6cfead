#include "harness/run/run_command.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "environment/text_file.hpp"
#include "harness/errors.hpp"
#include "harness/record/run_json.hpp"
#include "harness/record/small_disk.hpp"
#include "harness/run/fake_engine.hpp"
#include "harness/run/folder_lock.hpp"

namespace cuparity {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using Fate = FakeEngine::Fate;

class RunCommandTest : public testing::Test {
 protected:
  void SetUp() override {
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    suite_ = folder_ / "mine.yaml";
    std::ofstream(suite_)
        << "name: mine\nblocks: 12\nrepetitions: 3\nvalidate: none\nbenchmarks: {cpu: [saxpy/.*, gemm/.*]}\n";
    options_.suite = suite_.string();
    options_.modes = {"native", "docker:none"};
    options_.out = folder_ / "out";
    options_.seed = 11;
    surroundings_.make_engine = [this](EngineKind, const std::string&) {
      return std::make_unique<LentEngine>(engine_);
    };
    surroundings_.stop_requested = [this] { return stop_; };
    surroundings_.progress = surroundings_.result = stream_;
  }
  void TearDown() override {
    std::fclose(stream_);
    fs::remove_all(folder_);
  }

  /// The suite with this instead of its `validate: none`.
  void write_suite(const std::string& lines) {
    std::ofstream(suite_) << "name: mine\nblocks: 2\nrepetitions: 3\nbenchmarks: {cpu: [saxpy/.*, gemm/.*]}\n" << lines << '\n';
  }

  int execute() { return execute_run(options_, surroundings_); }
  std::string said() {
    std::rewind(stream_);
    std::string text(100000, '\0');
    text.resize(std::fread(text.data(), 1, text.size(), stream_));
    return text;
  }
  std::string environment_error() {
    try {
      execute();
    } catch (const EnvironmentError& error) {
      return error.what();
    }
    return "no error";
  }
  std::string usage_error() {
    try {
      execute();
    } catch (const UsageError& error) {
      return error.what();
    }
    return "no error";
  }
  void interrupt_at(int trial) {
    engine_.fate = [this, trial](const std::string&, int call) {
      stop_ = call == trial;
      return stop_ ? Fate::stopped : Fate::well;
    };
  }

  /// As another program that is told to go on with the run in out/.
  void prepare_resume() {
    stop_ = false;
    engine_.fate = nullptr;
    options_ = {};
    options_.resume = folder_ / "out";
  }

  const fs::path folder_ = fs::path(testing::TempDir()) / "cuparity_run_command_test";
  fs::path suite_;
  FakeEngine engine_;
  bool stop_ = false;
  std::FILE* stream_ = std::tmpfile();
  RunOptions options_;
  RunSurroundings surroundings_;
};

TEST_F(RunCommandTest, LeavesRecordReportsAndRawFiles) {
  EXPECT_EQ(execute(), exit_pass) << said();
  for (const char* file : {"journal.jsonl", "run.json", "report.md", "report.html", "suite.yaml"}) {
    EXPECT_TRUE(fs::exists(folder_ / "out" / file)) << file;
  }
  const cuparity::Run run = load_run(folder_ / "out");
  EXPECT_EQ(run.suite, "mine");
  EXPECT_EQ(run.seed, 11u);
  EXPECT_EQ(run.baseline_mode, "native");
  EXPECT_EQ(run.planned_blocks, 12);
  EXPECT_EQ(run.trials.size(), 48u);
  EXPECT_FALSE(run.finished_at.empty());
  EXPECT_EQ(run.image_digest, "sha256:1");
  EXPECT_EQ(run.environment.at("backend"), "cpu");
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_ / "out" / "raw"), fs::directory_iterator()), 48)
      << "what the probes wrote is gone";
  EXPECT_EQ(run.trials[0].rows.size(), 2u) << "only what the suite selects";
}

TEST_F(RunCommandTest, GivesTheRegressionExitCodeWhereTheContainerIsSlower) {
  engine_.slowdown["docker:none"] = 1.1;
  EXPECT_EQ(execute(), exit_regression);
  EXPECT_THAT(said(), HasSubstr("slower"));
}

TEST_F(RunCommandTest, IsReproducibleFromItsSeed) {
  execute();
  const std::vector<std::string> first = engine_.trials;
  engine_.trials.clear();
  options_.out = folder_ / "second";
  execute();
  EXPECT_EQ(engine_.trials, first);
}

TEST_F(RunCommandTest, PicksModesByItselfAndRecordsWhy) {
  options_.modes.clear();
  engine_.refused["docker:none"] = "docker does not answer";
  EXPECT_EQ(execute(), exit_pass);
  const cuparity::Run run = load_run(folder_ / "out");
  EXPECT_THAT(run.modes, ElementsAre("native", "podman:none"));
  EXPECT_THAT(run.mode_reasons.at("podman:none"), HasSubstr("docker does not answer"));
}

TEST_F(RunCommandTest, RefusesAModeThatDoesNotWorkAndLeavesNothingBehind) {
  engine_.refused["docker:none"] = "image 'x' is not there";
  EXPECT_EQ(environment_error(), "mode 'docker:none' can't be used: image 'x' is not there");
  EXPECT_FALSE(fs::exists(folder_ / "out"));
  options_.out = folder_ / "out/";
  environment_error();
  EXPECT_FALSE(fs::exists(folder_ / "out"));
}

TEST_F(RunCommandTest, SaysWhatToDoWhereAContainerGetsNoGpu) {
  engine_.not_started = "docker: could not select device driver";
  options_.modes = {"docker:--gpus=all --ipc=host"};
  options_.image = "mine:1";
  EXPECT_THAT(environment_error(),
              AllOf(HasSubstr("can't be used: the engine could not start the container: docker: could not select"),
                    HasSubstr("\nThe cause: cuparity doctor --mode 'docker:--gpus=all --ipc=host' --image mine:1\n"
                              "To compare on the CPU: --mode docker:none in its place")));
  options_.modes = {"docker:none"};
  EXPECT_THAT(environment_error(), Not(HasSubstr("on the CPU")));
  options_.modes = {"docker:--ipc=wrong"};
  EXPECT_THAT(environment_error(), Not(HasSubstr("The cause")));
  engine_.refused["docker:--gpus=all"] = "image 'x' is not there";
  options_.modes = {"docker:--gpus=all"};
  EXPECT_THAT(environment_error(), Not(HasSubstr("doctor")));
}

TEST_F(RunCommandTest, SaysWhatIsWrongWithItsFlags) {
  options_.filter = "fft";
  EXPECT_THAT(usage_error(), HasSubstr("--filter 'fft' matches no benchmark"));
  options_.filter = "";
  options_.modes = {"native", "native"};
  EXPECT_THAT(usage_error(), HasSubstr("is given twice"));
  options_.modes = {"dokcer:none"};
  EXPECT_THAT(usage_error(), HasSubstr("did you mean 'docker:none'?"));
  options_.modes = {"docker:none"};
  options_.backend = "cuda";
  EXPECT_THAT(usage_error(), HasSubstr("asks for no GPU"));
  options_.suite = "quik";
  EXPECT_THAT(usage_error(), HasSubstr("did you mean 'quick'?"));
  EXPECT_FALSE(fs::exists(folder_ / "out"));
}

TEST_F(RunCommandTest, DoesNotWriteIntoAFolderThatIsNotEmpty) {
  fs::create_directories(folder_ / "out");
  std::ofstream(folder_ / "out" / "thesis.txt") << "precious";
  EXPECT_THAT(usage_error(), HasSubstr("is not empty"));
  EXPECT_TRUE(fs::exists(folder_ / "out" / "thesis.txt"));
  options_.out = folder_ / "out" / "thesis.txt";
  EXPECT_THAT(usage_error(), HasSubstr("is a file"));
}

// A job that is put into the queue again has the same command.
TEST_F(RunCommandTest, BeginsAnewWhereARunWasKilledWhileItLooked) {
  fs::create_directories(folder_ / "out" / "raw");
  std::ofstream(folder_ / "out" / "raw" / "probe-native.json") << "half a resu";
  fs::copy_file(suite_, folder_ / "out" / "suite.yaml");
  EXPECT_EQ(execute(), exit_pass) << said();
  EXPECT_FALSE(fs::exists(folder_ / "out" / "raw" / "probe-native.json"));
  options_.out = folder_ / "measured";
  fs::create_directories(folder_ / "measured" / "raw");
  std::ofstream(folder_ / "measured" / "raw" / "0000-native-block-1.json") << "{}";
  EXPECT_THAT(usage_error(), HasSubstr("is not empty"));
}

TEST_F(RunCommandTest, BeginsAnewWhereARunWasKilledBeforeItBegan) {
  fs::create_directories(folder_ / "out" / "raw");
  std::ofstream(folder_ / "out" / "suite.yaml") << "half a sui";
  std::ofstream(folder_ / "out" / "journal.jsonl") << R"({"kind":"ru)";
  options_.out = folder_ / "out";
  execute();
  EXPECT_TRUE(fs::exists(folder_ / "out" / "run.json"));
  options_.out = folder_ / "mine";
  fs::create_directories(options_.out);
  std::ofstream(folder_ / "mine" / "suite.yaml") << "mine";
  EXPECT_THAT(usage_error(), HasSubstr("is not empty")) << "it may be the user's suite";
}

TEST_F(RunCommandTest, LeavesAReadablePartialResultWhenInterruptedAndGoesOnWithResume) {
  interrupt_at(10);
  EXPECT_EQ(execute(), exit_inconclusive);
  EXPECT_THAT(
      said(),
      HasSubstr("Stopped after 2 of 12 blocks; nothing measured is lost. Go on with: cuparity run --resume"));
  EXPECT_TRUE(fs::exists(folder_ / "out" / "report.md"));
  const cuparity::Run partial = load_run(folder_ / "out");
  EXPECT_EQ(partial.trials.size(), 10u);
  EXPECT_TRUE(partial.finished_at.empty());

  prepare_resume();
  EXPECT_EQ(execute(), exit_pass) << said();
  const cuparity::Run whole = load_run(folder_ / "out");
  EXPECT_EQ(whole.trials.size(), 50u) << "12 whole blocks and half of the torn one";
  EXPECT_EQ(whole.seed, 11u);
  EXPECT_FALSE(whole.finished_at.empty());
  EXPECT_EQ(whole.trials.back().rows.size(), 2u);
}

TEST_F(RunCommandTest, TheCommandItAdvisesGoesOn) {
  options_.out = folder_ / "out 1";
  options_.bin = folder_ / "programs";
  interrupt_at(10);
  execute();
  const std::string go_on = fmt::format("cuparity run --resume '{0}/out 1' --bin {0}/programs", folder_.string());
  EXPECT_THAT(said(), HasSubstr("nothing measured is lost. Go on with: " + go_on + "\n"));
  EXPECT_THAT(usage_error(), HasSubstr("is not empty; choose another folder, or go on with: " + go_on));
}

TEST_F(RunCommandTest, AdvisesNoCommandWhereNoneGoesOn) {
  options_.adjust_session = [](Session&) {};
  options_.command = {"cuparity", "gate"};
  interrupt_at(10);
  execute();
  EXPECT_THAT(said(), AllOf(HasSubstr("nothing measured is lost.\n"), Not(HasSubstr("--resume"))));
  EXPECT_THAT(usage_error(), Not(HasSubstr("--resume")));
}

TEST_F(RunCommandTest, GoesOnWhereTheSuiteGivenIsItsOwn) {
  interrupt_at(10);
  execute();
  prepare_resume();
  options_.suite = suite_.string();
  const std::string same = environment::read_text_file(suite_).value();
  std::ofstream(suite_) << same << "repetitions_per_process: 4\n";
  EXPECT_THAT(usage_error(), HasSubstr("its suite is 'mine', not '" + suite_.string() + "' (leave --suite out"));
  std::ofstream(suite_) << same;
  EXPECT_EQ(execute(), exit_pass) << said();
}

TEST_F(RunCommandTest, WhatADeadResumedRunMeasuredCounts) {
  interrupt_at(10);
  execute();
  prepare_resume();
  engine_.fate = [](const std::string&, int call) -> Fate {
    if (call == 33) throw std::logic_error("killed");
    return Fate::well;
  };
  EXPECT_THROW(execute(), std::logic_error);
  EXPECT_EQ(load_run(folder_ / "out").trials.size(), 32u);
  engine_.fate = nullptr;
  EXPECT_EQ(execute(), exit_pass) << said();
  EXPECT_EQ(load_run(folder_ / "out").trials.size(), 52u);
}

TEST_F(RunCommandTest, GoesOnFromTheJournalWhereRunJsonIsEmpty) {
  interrupt_at(10);
  execute();
  fs::resize_file(folder_ / "out" / "run.json", 0);
  prepare_resume();
  EXPECT_EQ(execute(), exit_pass);
  EXPECT_THAT(said(), HasSubstr("going on from journal.jsonl alone"));
  EXPECT_EQ(load_run(folder_ / "out").trials.size(), 50u);
}

TEST_F(RunCommandTest, AFullDiskStopsItAndSaysNothingAboutTheMode) {
  const SmallDisk disk("8m");
  if (!disk.failure().empty()) GTEST_SKIP() << disk.failure();
  const fs::path out = options_.out = disk.path() / "out";
  engine_.fate = [&](const std::string&, int call) {
    if (call == 10) disk.fill();
    return Fate::well;
  };
  EXPECT_EQ(environment_error(),
            fmt::format("the disk of {0}/raw is full, so a result could not be written; free some space; then go on "
                        "with: cuparity run --resume {0}",
                        out.string()));
  EXPECT_EQ(load_run(out).trials.size(), 10u);
  disk.empty();
  engine_.fate = nullptr;
  options_ = {};
  options_.resume = out;
  EXPECT_EQ(execute(), exit_pass) << said();
  for (const Trial& trial : load_run(out).trials) EXPECT_TRUE(trial.ok) << trial.failure;
}

TEST_F(RunCommandTest, AnotherRunIntoTheFolderIsRefusedAndHarmsNothing) {
  std::string second, going_on;
  engine_.fate = [&](const std::string&, int call) {
    if (call != 10) return Fate::well;
    second = usage_error();
    RunOptions resume;
    resume.resume = folder_ / "out";
    std::swap(options_, resume);
    going_on = usage_error();
    std::swap(options_, resume);
    return Fate::well;
  };
  EXPECT_EQ(execute(), exit_pass) << said();
  EXPECT_THAT(second, AllOf(HasSubstr("another cuparity writes to "), HasSubstr("wait for it")));
  EXPECT_THAT(going_on, HasSubstr("another cuparity writes to "));
  EXPECT_EQ(load_run(folder_ / "out").trials.size(), 48u);
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_ / "out" / "raw"), fs::directory_iterator()), 48);
}

TEST_F(RunCommandTest, ARunThatHasNotWrittenYetHasItsFolderForItself) {
  fs::create_directories(folder_ / "out");
  {
    const FolderLock other(folder_ / "out");
    EXPECT_THAT(usage_error(), HasSubstr("another cuparity writes to "));
    EXPECT_TRUE(fs::exists(folder_ / "out"));
  }
  EXPECT_EQ(execute(), exit_pass) << said();
}

TEST_F(RunCommandTest, RefusesToGoOnWithAnotherSuiteModeImageOrFlags) {
  interrupt_at(10);
  execute();
  prepare_resume();
  options_.suite = "standard";
  EXPECT_THAT(usage_error(), HasSubstr("its suite is 'mine', not 'standard'"));
  options_.suite = "";
  options_.modes = {"native", "podman:none"};
  EXPECT_THAT(usage_error(), HasSubstr("its modes are native, docker:none, not native, podman:none"));
  options_.modes.clear();
  engine_.image_id = "sha256:2";
  EXPECT_THAT(usage_error(), HasSubstr("image_id was 'sha256:1' and is now 'sha256:2'"));
  engine_.image_id = "sha256:1";
  const std::pair<const char*, const char*> variables[] = {{"docker_flags", "CUPARITY_DOCKER_FLAGS"},
                                                           {"podman_flags", "CUPARITY_PODMAN_FLAGS"},
                                                           {"native_launcher", "CUPARITY_NATIVE_LAUNCHER"}};
  for (const auto& [flags, variable] : variables) {
    engine_.facts[flags] = "--cpus=0.3";
    EXPECT_THAT(usage_error(),
                HasSubstr(fmt::format("{} was '' and is now '--cpus=0.3' (set it as it was to go on)", variable)));
    engine_.facts.erase(flags);
  }
  options_.resume = folder_ / "absent";
  EXPECT_THAT(usage_error(), HasSubstr("there is no run in this folder"));
}

TEST_F(RunCommandTest, RefusesToGoOnWithRebuiltProgramsOrAnotherImageOfTheSecondEngine) {
  FakeEngine podman;
  podman.image_id = "sha256:2";
  surroundings_.make_engine = [&](EngineKind kind, const std::string&) {
    return std::make_unique<LentEngine>(kind == EngineKind::podman ? podman : engine_);
  };
  options_.modes = {"native", "docker:none", "podman:none"};
  engine_.facts["native_programs_digest"] = "1";
  interrupt_at(10);
  execute();
  prepare_resume();
  podman.image_id = "sha256:3";
  EXPECT_THAT(usage_error(), HasSubstr("image_id of podman was 'sha256:2' and is now 'sha256:3'"));
  podman.image_id = "sha256:2";
  engine_.facts["native_programs_digest"] = "2";
  EXPECT_THAT(usage_error(), HasSubstr("native_programs_digest was '1' and is now '2'"));
}

TEST_F(RunCommandTest, SaysWhatItGoesOnWithBeforeItStartsAnything) {
  interrupt_at(10);
  execute();
  prepare_resume();
  engine_.refused["native"] = "it is not there";
  EXPECT_THAT(environment_error(), HasSubstr("it is not there"));
  EXPECT_THAT(said(), HasSubstr("going on under mode native\ngoing on under mode docker:none\n"));
}

TEST_F(RunCommandTest, AFailedReportIsNoEarlyStop) {
  interrupt_at(10);
  const auto stop = engine_.fate;
  engine_.fate = [this, stop](const std::string& mode, int call) {
    fs::create_directories(folder_ / "out" / "report.md");
    return stop(mode, call);
  };
  EXPECT_THAT(environment_error(), HasSubstr("out/report.md: Is a directory"));
  EXPECT_THAT(said(), Not(HasSubstr("before anything was measured")));
}

TEST_F(RunCommandTest, VariablesThatReachOneModeOnlyAreWarnedOf) {
  struct Seeing : LentEngine {
    Seeing(FakeEngine& fake, bool native) : LentEngine(fake), fake_(fake), native_(native) {}
    ProcessResult run(const ProcessRequest& request, const AccessMode& mode) override {
      fake_.context = {{"backend", "cpu"}};
      if (native_) fake_.context["variable_OMP_NUM_THREADS"] = "1";
      return LentEngine::run(request, mode);
    }
    FakeEngine& fake_;
    bool native_;
  };
  surroundings_.make_engine = [this](EngineKind kind, const std::string&) {
    return std::make_unique<Seeing>(engine_, kind == EngineKind::native);
  };
  options_.blocks = 1;
  execute();
  EXPECT_THAT(said(), HasSubstr("warning: OMP_NUM_THREADS is '1' under native, not set under docker:none: "));
  EXPECT_THAT(load_run(folder_ / "out").notes, Contains(HasSubstr("OMP_NUM_THREADS is '1' under native")));
}

TEST_F(RunCommandTest, RefusesToGoOnWithAFinishedRun) {
  execute();
  options_ = {};
  options_.resume = folder_ / "out";
  EXPECT_THAT(usage_error(), HasSubstr("it is finished"));
}

TEST_F(RunCommandTest, MakesGpusEqualForEveryProcess) {
  suite_ = folder_ / "gpu.yaml";
  std::ofstream(suite_) << "name: gpu\nvalidate: none\nbenchmarks: {cuda: [saxpy/.*]}\n";
  options_.suite = suite_.string();
  options_.modes = {"native", "docker:--gpus=1"};
  options_.blocks = 1;
  // The native probe sees two GPUs, everything else one.
  const auto native = [this](EngineKind kind, const std::string&) -> std::unique_ptr<Engine> {
    struct Seeing : LentEngine {
      Seeing(FakeEngine& fake, std::string uuids) : LentEngine(fake), fake_(fake), uuids_(std::move(uuids)) {}
      ProcessResult run(const ProcessRequest& request, const AccessMode& mode) override {
        fake_.context = {{"backend", "cuda"}, {"gpu_uuid", "GPU-a"}, {"gpu_uuids", uuids_}};
        return LentEngine::run(request, mode);
      }
      FakeEngine& fake_;
      std::string uuids_;
    };
    return std::make_unique<Seeing>(engine_, kind == EngineKind::native ? "GPU-b,GPU-a" : "GPU-a");
  };
  surroundings_.make_engine = native;
  execute();
  ASSERT_EQ(engine_.trials.size(), 4u);
  for (std::size_t i = 0; i < 4; ++i) {
    const bool is_native = engine_.trials[i] == "native";
    EXPECT_EQ(engine_.environments[i].count("CUDA_VISIBLE_DEVICES"), is_native ? 1u : 0u);
    if (is_native) {
      EXPECT_EQ(engine_.environments[i].at("CUDA_VISIBLE_DEVICES"), "GPU-a");
    }
  }
  EXPECT_THAT(load_run(folder_ / "out").notes, Contains(HasSubstr("native sees 2 GPUs")));
}

TEST_F(RunCommandTest, AnImageOfOtherSourcesIsSaidBeforeAnythingIsMeasured) {
  FakeEngine image;
  image.benchmarks = {"saxpy/own/fp32/1024", "launch/system_call"};  // the latter for the first look
  surroundings_.make_engine = [&](EngineKind kind, const std::string&) {
    return std::make_unique<LentEngine>(kind == EngineKind::native ? engine_ : image);
  };
  EXPECT_THAT(environment_error(), AllOf(HasSubstr("the programs under mode 'docker:none' have no gemm/own/fp32/256: "),
                                         HasSubstr("./scripts/build-image")));
  EXPECT_TRUE(engine_.trials.empty());
}

TEST_F(RunCommandTest, AFilterOfNoTestIsRefusedBeforeAnythingIsMeasured) {
  write_suite("validate: Numercs/*");
  EXPECT_EQ(usage_error(), "suite 'mine': 'validate: Numercs/*' matches no test of cuparity-validate; "
                           "'cuparity-validate --backend=cpu --gtest_list_tests' lists them");
  EXPECT_TRUE(engine_.trials.empty());
  EXPECT_FALSE(fs::exists(folder_ / "out"));
}

TEST_F(RunCommandTest, TooFewBlocksAreWarnedOf) {
  options_.blocks = 5;
  execute();
  EXPECT_THAT(said(), HasSubstr("warning: 5 blocks can decide nothing, a first look; an interval needs at least 6\n"));
}

TEST_F(RunCommandTest, EnoughBlocksAreNotWarnedOf) {
  options_.blocks = 6;
  execute();
  EXPECT_THAT(said(), Not(HasSubstr("decide nothing")));
}

TEST_F(RunCommandTest, APatternOfNoTestIsWarnedOf) {
  write_suite("validate: Numerics/saxpy.*:Acess.*-*/large*");
  execute();
  EXPECT_THAT(said(), HasSubstr("warning: The suite's validate pattern Acess.* selects no test; "
                                "'cuparity-validate --backend=cpu --gtest_list_tests' lists them.\n"));
  EXPECT_THAT(said(), Not(HasSubstr("pattern Numerics")));
  EXPECT_THAT(load_run(folder_ / "out").notes, Contains(HasSubstr("Acess.*")));
  EXPECT_EQ(load_run(folder_ / "out").trials.size(), 2u + 8u);
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_ / "out" / "raw"), fs::directory_iterator()), 10)
      << "the list of tests is gone";
}

TEST_F(RunCommandTest, AnImageWithoutTheTestsIsSaidBeforeAnythingIsMeasured) {
  FakeEngine image;
  image.tests = {"Numerics/gemm.small"};
  surroundings_.make_engine = [&](EngineKind kind, const std::string&) {
    return std::make_unique<LentEngine>(kind == EngineKind::native ? engine_ : image);
  };
  write_suite("validate: Numerics/saxpy.*");
  EXPECT_THAT(environment_error(), AllOf(HasSubstr("the programs under mode 'docker:none' have no test Numerics/saxpy.*: "),
                                         HasSubstr("./scripts/build-image")));
  EXPECT_TRUE(engine_.trials.empty());
}

TEST_F(RunCommandTest, APatternThatIsFoundInNoBenchmarkIsWarnedOf) {
  write_suite("margins: {default: 0.02, lauch/.*: 0.05, saxpy/.*: 0.03}\nper_clock: [^gem/, ^gemm/]");
  execute();
  EXPECT_THAT(said(), AllOf(HasSubstr("warning: The suite's margins pattern lauch/.* is found in no benchmark, so it has no "
                                      "effect; 'cuparity list benchmarks --backend cpu' has the names.\n"),
                            HasSubstr("warning: The suite's per_clock pattern ^gem/ is found in no benchmark,")));
  EXPECT_THAT(said(), AllOf(Not(HasSubstr("pattern saxpy")), Not(HasSubstr("pattern ^gemm/")), Not(HasSubstr("pattern default"))));
  EXPECT_THAT(load_run(folder_ / "out").notes, Contains(HasSubstr("lauch/.*")));
}

TEST_F(RunCommandTest, APatternForRowsThatThisRunHasNotIsNoSlip) {
  engine_.backend_benchmarks["cuda"] = {"gemm/cublaslt/bf16/4096"};
  write_suite("margins: {launch/.*: 0.02}\nper_clock: [^gemm/own, cublaslt/bf16]");
  options_.filter = "saxpy";
  execute();
  EXPECT_THAT(said(), Not(HasSubstr("warning: The suite"))) << "neither rows that the suite or --filter leaves out nor another backend's";
}

TEST_F(RunCommandTest, APatternIsNotJudgedWhereTheOtherBackendIsNotBuilt) {
  engine_.backend_benchmarks["cuda"] = {};
  std::ofstream(suite_) << "name: mine\nblocks: 2\nmargins: {collectives/.*: 0.02}\nbenchmarks: {cpu: [saxpy/.*], cuda: [.*]}\n";
  execute();
  EXPECT_THAT(said(), Not(HasSubstr("warning: The suite")));
  write_suite("margins: {collectives/.*: 0.02}");
  options_.out = folder_ / "cpu";
  execute();
  EXPECT_THAT(said(), HasSubstr("warning: The suite's margins pattern collectives/.*")) << "the suite has the CPU's rows alone";
}

}  // namespace
}  // namespace cuparity
