// What the next part of a run does with what a killed one left, and what it leaves alone.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>

#include "environment/temporary_folder.hpp"
#include "environment/text_file.hpp"
#include "harness/record/run_json.hpp"
#include "harness/run/fake_engine.hpp"
#include "harness/run/run_command.hpp"
#include "harness/run/startup_trial.hpp"
#include "harness/run/trial_runner.hpp"

namespace cuparity {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using Fate = FakeEngine::Fate;

class KilledRun : public testing::Test {
 protected:
  KilledRun() {
    std::ofstream(folder_.path() / "mine.yaml")
        << "name: mine\nblocks: 2\nrepetitions: 3\nvalidate: none\nbenchmarks: {cpu: [saxpy/.*]}\n";
    options_.suite = (folder_.path() / "mine.yaml").string();
    options_.modes = {"native"};
    options_.out = out_;
    options_.seed = 11;
  }
  ~KilledRun() override { std::fclose(stream_); }

  int execute(const RunOptions& options) {
    RunSurroundings surroundings;
    surroundings.make_engine = [this](EngineKind, const std::string&) { return std::make_unique<LentEngine>(engine_); };
    surroundings.stop_requested = [this] { return stop_; };
    surroundings.progress = surroundings.result = stream_;
    return execute_run(options, surroundings);
  }
  /// Stopped in its third trial.
  void begin() {
    engine_.fate = [this](const std::string&, int call) {
      stop_ = call == 2;
      return stop_ ? Fate::stopped : Fate::well;
    };
    execute(options_);
    stop_ = false;
    engine_.fate = nullptr;
  }
  void go_on() {
    RunOptions options;
    options.resume = out_;
    execute(options);
  }
  std::string said() {
    std::rewind(stream_);
    std::string text(100000, '\0');
    text.resize(std::fread(text.data(), 1, text.size(), stream_));
    return text;
  }

  const TemporaryFolder folder_;
  const fs::path out_ = folder_.path() / "out";
  FakeEngine engine_;
  bool stop_ = false;
  std::FILE* stream_ = std::tmpfile();
  RunOptions options_;
};

TEST_F(KilledRun, ItsContainersAreRemovedAndNamed) {
  begin();
  EXPECT_THAT(said(), Not(HasSubstr("removed")));
  engine_.left_containers = {"cuparity-1-2", "cuparity-1-3"};
  go_on();
  EXPECT_THAT(engine_.taken_over, ElementsAre(fs::canonical(out_), fs::canonical(out_))) << "once in each part";
  EXPECT_THAT(said(), HasSubstr("removed 2 containers that a killed part of this run had left: cuparity-1-2, cuparity-1-3"));
}

TEST_F(KilledRun, ItsFirstTrialsFileIsNotThatOfAProbe) {
  begin();
  const std::string file = load_run(out_).trials.at(0).raw_file;
  EXPECT_THAT(file, HasSubstr("0000-native"));
  const auto before = environment::read_text_file(out_ / file);
  ASSERT_TRUE(before);
  go_on();
  EXPECT_EQ(environment::read_text_file(out_ / file), before);
  for (const fs::directory_entry& entry : fs::directory_iterator(out_ / "raw"))
    EXPECT_THAT(entry.path().filename().string(), Not(testing::StartsWith("-"))) << "a probe's own file is gone";
}

TEST_F(KilledRun, TheFileOfItsLastTrialIsNotTakenForTheNextOnes) {
  begin();
  const cuparity::Run run = load_run(out_);
  Arm arm{parse_access_mode("native"), &engine_, {}};
  TrialSettings settings;
  settings.folder = out_;
  settings.backend = "cpu";
  settings.benchmark_filter = "saxpy";
  Trial trial;
  bool interrupted = false;
  const fs::path file = out_ / run.trials.at(0).raw_file;
  const std::string earlier = environment::read_text_file(file).value();
  engine_.fate = [](const std::string&, int) { return Fate::nothing_written; };
  const Trial next = run_trial(trial, arm, settings, nullptr, interrupted);
  EXPECT_FALSE(next.ok);
  EXPECT_THAT(next.failure, HasSubstr("wrote no result file"));
  std::ofstream(file) << earlier;
  engine_.fate = nullptr;
  EXPECT_TRUE(run_trial(trial, arm, settings, nullptr, interrupted).ok) << "the same trial where the process writes";
}

/// An engine whose containers stay.
class KeepingEngine : public FakeEngine {
 public:
  Lifecycle run_in_steps(const ProcessRequest& request, const AccessMode& mode) override {
    Lifecycle life = FakeEngine::run_in_steps(request, mode);
    life.not_removed = not_removed;
    return life;
  }
  std::string not_removed;
};

TEST(StartupTrial, FailsWhereItsContainerIsNotRemoved) {
  const TemporaryFolder folder;
  KeepingEngine engine;
  const Arm arm{parse_access_mode("docker:none"), &engine, {}};
  TrialSettings settings;
  settings.folder = folder.path();
  settings.backend = "cpu";
  bool interrupted = false;
  EXPECT_TRUE(run_startup_trial(Trial{}, arm, settings, interrupted).ok);
  engine.not_removed = "removing cuparity-1 failed: busy; try docker rm --force cuparity-1";
  const Trial trial = run_startup_trial(Trial{}, arm, settings, interrupted);
  EXPECT_FALSE(trial.ok);
  EXPECT_EQ(trial.failure, engine.not_removed);
  EXPECT_TRUE(trial.rows.empty());
}

}  // namespace
}  // namespace cuparity
