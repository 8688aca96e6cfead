#include "harness/calibrate/calibration_run.hpp"

#include <gmock/gmock.h>

#include <fstream>

#include "environment/temporary_folder.hpp"
#include "harness/calibrate/calibration_format.hpp"
#include "harness/errors.hpp"
#include "harness/record/run_json.hpp"
#include "harness/run/fake_engine.hpp"
#include "harness/run/folder_lock.hpp"

namespace cuparity {
namespace {

namespace fs = std::filesystem;
using ::testing::Contains;
using ::testing::Each;
using ::testing::HasSubstr;

class CalibrationRun : public ::testing::Test {
 protected:
  void SetUp() override {
    options_.folder = folder_ / "out";
    options_.plan.group_sizes = {2};
    options_.plan.slowdowns = {0.005, 0.05};
    options_.run.modes = {"native"};
    options_.run.seed = 1;
    surroundings_.make_engine = [this](EngineKind, const std::string&) { return std::make_unique<LentEngine>(engine_); };
    surroundings_.stop_requested = [] { return false; };
    surroundings_.progress = surroundings_.result = stream_;
    engine_.benchmarks = {"saxpy/own/fp32/1024", "gemm/own/fp32/1024", "launch/system_call"};
    options_.run.suite = (folder_ / "suite.yaml").string();
    std::ofstream(options_.run.suite) << "name: two\nblocks: 24\nbenchmarks:\n  cpu: [\"(saxpy|gemm)/.*\"]\nvalidate: \"*\"\n";
    engine_.slowdown = {{"native, 5 % slower", 1.05}};
  }
  void TearDown() override { std::fclose(stream_); }

  const TemporaryFolder temporary_;
  const fs::path& folder_ = temporary_.path();
  FakeEngine engine_;
  CalibrationOptions options_;
  RunSurroundings surroundings_;
  std::FILE* stream_ = std::tmpfile();
};

TEST_F(CalibrationRun, RunsWholeBlocksUntilTheTimeIsOver) {
  options_.plan.minutes = 0.01;
  const Calibration calibration = run_calibration(options_, surroundings_);
  EXPECT_GE(calibration.blocks, 2);
  EXPECT_EQ(calibration.processes, calibration.blocks * 8);
  const cuparity::Run run = load_run(folder_ / "out" / "run");
  EXPECT_FALSE(run.finished_at.empty());
  EXPECT_EQ(run.planned_blocks, calibration.blocks);
  EXPECT_THAT(run.modes, ::testing::ElementsAre("native", "native, again", "native, 0.5 % slower",
                                                "native, 5 % slower"));
}

TEST_F(CalibrationRun, InjectsTheSlowdownIntoItsArmAlone) {
  options_.plan.minutes = 0.001;
  const int blocks = run_calibration(options_, surroundings_).blocks;
  int half = 0, five = 0, plain = 0;
  for (const auto& command : engine_.commands) {
    const auto flag = std::find_if(command.begin(), command.end(),
                                   [](const std::string& word) { return word.rfind("--inject-slowdown", 0) == 0; });
    half += flag != command.end() && *flag == "--inject-slowdown=0.5";
    five += flag != command.end() && *flag == "--inject-slowdown=5";
    plain += flag == command.end();
  }
  EXPECT_EQ(half, 2 * blocks);
  EXPECT_EQ(five, 2 * blocks);
  EXPECT_GE(plain, 4 * blocks);  // and the probes
}

TEST_F(CalibrationRun, WithoutSlowdownsIsEachModeTwice) {
  options_.plan.minutes = 0.01;
  options_.plan.slowdowns.clear();
  const Calibration calibration = run_calibration(options_, surroundings_);
  EXPECT_EQ(calibration.processes, calibration.blocks * 4);
  EXPECT_TRUE(calibration.effects.empty());
  EXPECT_FALSE(calibration.resolutions.empty());
}

TEST_F(CalibrationRun, WritesWhatItFound) {
  options_.plan.minutes = 0.001;
  const Calibration calibration = run_calibration(options_, surroundings_);
  EXPECT_TRUE(fs::exists(folder_ / "out" / "calibration.md"));
  EXPECT_TRUE(fs::exists(folder_ / "out" / "calibration.json"));
  EXPECT_TRUE(fs::exists(folder_ / "out" / "plan.json"));
  EXPECT_EQ(calibration.seed, 1U);
  EXPECT_EQ(calibration.effects.size(), 4U);
}

TEST_F(CalibrationRun, CountsAnewWhatWasMeasured) {
  options_.plan.minutes = 0.001;
  const std::string before = calibration_as_json(run_calibration(options_, surroundings_));
  EXPECT_EQ(calibration_as_json(recount_calibration(folder_ / "out")), before);
  const fs::path published = folder_ / "published";  // the run beside the plan
  fs::create_directories(published);
  fs::copy(folder_ / "out" / "plan.json", published);
  fs::copy(folder_ / "out" / "run" / "run.json", published);
  EXPECT_EQ(calibration_as_json(recount_calibration(published)), before);
  EXPECT_THROW(recount_calibration(folder_ / "none"), UsageError);
}

TEST_F(CalibrationRun, ComparesAContainerWithItself) {
  options_.plan.minutes = 0.001;
  options_.run.modes = {"native", "docker:none"};
  const Calibration calibration = run_calibration(options_, surroundings_);
  ASSERT_EQ(calibration.resolutions.size(), 4U);  // two classes, each under both modes
  EXPECT_EQ(calibration.resolutions[2].arm, "docker:none, again");
  EXPECT_EQ(calibration.arms[1].reference, "docker:none");
}

TEST_F(CalibrationRun, AStopByTheUserKeepsWhatWasMeasuredAndItGoesOn) {
  options_.plan.minutes = 100;
  surroundings_.stop_requested = [this] { return engine_.trials.size() >= 25; };
  const Calibration part = run_calibration(options_, surroundings_);
  EXPECT_EQ(part.blocks, 3);
  EXPECT_TRUE(part.interrupted);
  EXPECT_TRUE(fs::exists(folder_ / "out" / "calibration.json"));

  CalibrationOptions again;
  again.folder = options_.folder;
  again.resume = true;
  surroundings_.stop_requested = [this] { return engine_.trials.size() >= 35; };
  const Calibration longer = run_calibration(again, surroundings_);
  EXPECT_EQ(longer.blocks, 4);
  EXPECT_TRUE(longer.interrupted);

  surroundings_.stop_requested = [] { return false; };
  again.minutes = 0.01;  // the processes took more than that already
  const Calibration whole = run_calibration(again, surroundings_);
  EXPECT_FALSE(whole.interrupted);
  EXPECT_EQ(whole.blocks, 4);
  EXPECT_EQ(whole.seed, part.seed);
  EXPECT_EQ(whole.arms.size(), 3U);
  EXPECT_EQ(whole.effects.size(), 4U);
}

TEST_F(CalibrationRun, AFinishedOneOrNoneCantGoOn) {
  options_.plan.minutes = 0.001;
  run_calibration(options_, surroundings_);
  EXPECT_THROW(run_calibration(options_, surroundings_), UsageError);  // the folder is taken
  options_.resume = true;
  EXPECT_THROW(run_calibration(options_, surroundings_), UsageError);
  options_.folder = folder_ / "nowhere";
  EXPECT_THROW(run_calibration(options_, surroundings_), UsageError);
}

TEST_F(CalibrationRun, OneThatStopsSaysWithWhatItGoesOn) {
  options_.plan.minutes = 100;
  surroundings_.stop_requested = [this] { return engine_.trials.size() >= 25; };
  run_calibration(options_, surroundings_);
  std::rewind(stream_);
  std::string said(20000, '\0');
  said.resize(std::fread(said.data(), 1, said.size(), stream_));
  EXPECT_THAT(said, HasSubstr("Go on with: cuparity calibrate --resume " + options_.folder.string() + "\n"));
}

TEST_F(CalibrationRun, AnotherIntoTheFolderIsRefusedAndHarmsNothing) {
  options_.plan.minutes = 0.001;
  std::string said;
  engine_.fate = [&](const std::string&, int call) {
    if (call != 3) return FakeEngine::Fate::well;
    CalibrationOptions again = options_;
    again.resume = true;
    try {
      run_calibration(again, surroundings_);
    } catch (const UsageError& error) {
      said = error.what();
    }
    return FakeEngine::Fate::well;
  };
  const Calibration calibration = run_calibration(options_, surroundings_);
  EXPECT_THAT(said, HasSubstr("another cuparity writes to "));
  EXPECT_EQ(calibration.processes, calibration.blocks * 8);
}

TEST_F(CalibrationRun, OneThatIsAboutToBeginHasItsFolderForItself) {
  fs::create_directories(options_.folder);
  const FolderLock other(options_.folder);
  EXPECT_THROW(run_calibration(options_, surroundings_), UsageError);
  EXPECT_TRUE(fs::exists(options_.folder));
}

TEST_F(CalibrationRun, OneThatCantBeginLeavesNothingBehind) {
  engine_.refused = {{"docker:none", "no daemon"}};
  options_.run.modes = {"native", "docker:none"};
  EXPECT_THROW(run_calibration(options_, surroundings_), EnvironmentError);
  EXPECT_FALSE(fs::exists(options_.folder));
}

TEST_F(CalibrationRun, ADamagedPlanIsRefused) {
  fs::create_directories(options_.folder);
  options_.resume = true;
  for (const char* text : {"", "{}", "[1]", "{\"format\": \"cuparity-calibration-plan\", \"modes\": 3}",
                           "{\"format\": \"cuparity-calibration-plan\", \"modes\": [\"native\"], "
                           "\"slowdowns\": [], \"group_sizes\": [0], \"minutes\": 1}"}) {
    std::ofstream(options_.folder / "plan.json") << text;
    EXPECT_THROW(run_calibration(options_, surroundings_), UsageError) << text;
  }
}

}  // namespace
}  // namespace cuparity
