#include "harness/gate/golden_run.hpp"

#include <gmock/gmock.h>

#include <fstream>

#include "environment/temporary_folder.hpp"
#include "harness/errors.hpp"
#include "harness/record/run_json.hpp"
#include "harness/run/fake_engine.hpp"

namespace cuparity {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

class GoldenRun : public ::testing::Test {
 protected:
  void SetUp() override {
    std::ofstream(folder_ / "mine.yaml")
        << "name: mine\nblocks: 12\nrepetitions: 3\nvalidate: none\nbenchmarks: {cpu: [saxpy/.*, gemm/.*]}\n";
    options_.golden = "image:good";
    options_.candidate = "image:new";
    options_.mode = "docker:none";
    options_.run.suite = (folder_ / "mine.yaml").string();
    options_.run.out = folder_ / "out";
    options_.run.seed = 1;
    options_.make_engine = [this](EngineKind, const std::string& image, const fs::path&) {
      return std::make_unique<LentEngine>(image == "image:good" ? golden_ : candidate_);
    };
    golden_.image_id = "sha256:good";
    candidate_.image_id = "sha256:new";
    surroundings_.stop_requested = [] { return false; };
    surroundings_.progress = surroundings_.result = stream_;
  }
  void TearDown() override { std::fclose(stream_); }
  GateResult gate() {
    GateResult result = gate_on_golden(options_, surroundings_);
    conclude(result);
    return result;
  }

  const TemporaryFolder temporary_;
  const fs::path& folder_ = temporary_.path();
  FakeEngine golden_;
  FakeEngine candidate_;
  GoldenOptions options_;
  RunSurroundings surroundings_;
  std::FILE* stream_ = std::tmpfile();
};

TEST_F(GoldenRun, InterleavesBothAndPasses) {
  const GateResult result = gate();
  EXPECT_EQ(result.exit_code, exit_pass) << result.sentence;
  EXPECT_EQ(result.baseline, "image:good");
  EXPECT_EQ(result.entries.size(), 2U);
  const cuparity::Run run = load_run(folder_ / "out");
  EXPECT_THAT(run.modes, ElementsAre("golden", "candidate"));
  EXPECT_EQ(run.baseline_mode, "golden");
  EXPECT_EQ(run.environment.at("golden_image_id"), "sha256:good");
  EXPECT_EQ(run.environment.at("image_id"), "sha256:new");
  // Within each block one runs twice between or around the two of the other.
  EXPECT_EQ(run.trials[0].mode, run.trials[3].mode);
  EXPECT_EQ(run.trials[1].mode, run.trials[2].mode);
  EXPECT_NE(run.trials[0].mode, run.trials[1].mode);
}

TEST_F(GoldenRun, FailsASlowerCandidate) {
  candidate_.slowdown = {{"candidate", 1.05}};
  const GateResult result = gate();
  EXPECT_EQ(result.exit_code, exit_regression);
  EXPECT_NEAR(result.entries[0].comparison.effect.value(), 0.05, 0.01);
}

TEST_F(GoldenRun, TakesMarginsFromTheCommandLine) {
  candidate_.slowdown = {{"candidate", 1.05}};
  options_.margins = {"default=10%"};
  EXPECT_EQ(gate().exit_code, exit_pass);
}

TEST_F(GoldenRun, RefusesAMarginOfNoBenchmarkBeforeItMeasures) {
  options_.margins = {"sax=10%"};
  EXPECT_THAT([&] { gate(); }, ThrowsMessage<UsageError>(HasSubstr("The classes are gemm, saxpy,")));
  EXPECT_TRUE(candidate_.trials.empty());
}

TEST_F(GoldenRun, ListsWhatOnlyOneSideHas) {
  candidate_.benchmarks.push_back("gemm/own/fp32/512");
  golden_.benchmarks.push_back("saxpy/own/fp32/2048");
  const GateResult result = gate();
  EXPECT_EQ(result.entries.size(), 2U);
  EXPECT_THAT(result.only_in_baseline, ElementsAre("saxpy/own/fp32/2048"));
  EXPECT_THAT(result.only_in_candidate, ElementsAre("gemm/own/fp32/512"));
  golden_.benchmarks = {"saxpy/own/fp32/2048"};
  options_.run.out = folder_ / "out2";
  EXPECT_THAT([&] { gate(); }, ThrowsMessage<UsageError>(HasSubstr("nothing to compare")));
}

TEST_F(GoldenRun, StoppedAtOnceOrBeforeAPairIsInconclusive) {
  bool stop = false;
  surroundings_.stop_requested = [&] { return stop; };
  golden_.fate = candidate_.fate = [&](const std::string&, int) {
    stop = true;
    return FakeEngine::Fate::stopped;
  };
  GateResult result = gate();
  EXPECT_EQ(result.exit_code, exit_inconclusive);
  EXPECT_EQ(result.sentence, "Inconclusive: stopped after 0 of 12 blocks.");
  EXPECT_TRUE(fs::exists(folder_ / "out" / "run.json"));

  golden_.refused = {{"docker:none", "stopped"}};
  options_.run.out = folder_ / "out2";
  result = gate();
  EXPECT_EQ(result.exit_code, exit_inconclusive);
  EXPECT_EQ(result.sentence, "Inconclusive: stopped before anything was measured.");
  EXPECT_EQ(result.baseline, "image:good");
}

TEST_F(GoldenRun, StoppedLaterIsNoPass) {
  bool stop = false;
  surroundings_.stop_requested = [&] { return stop; };
  candidate_.fate = [&](const std::string&, int call) {
    stop = call == 20;
    return stop ? FakeEngine::Fate::stopped : FakeEngine::Fate::well;
  };
  const GateResult result = gate();
  EXPECT_EQ(result.exit_code, exit_inconclusive);
  EXPECT_EQ(result.sentence, "Inconclusive: stopped after 10 of 12 blocks.");
}

TEST_F(GoldenRun, SaysWhyTheGoldenCantRun) {
  golden_.refused = {{"docker:none", "image image:good is not there"}};
  EXPECT_THAT([&] { gate(); },
              ThrowsMessage<EnvironmentError>(HasSubstr("the golden 'image:good' can't be run: image")));
  EXPECT_FALSE(fs::exists(folder_ / "out"));
}

TEST_F(GoldenRun, BothMustBeOfOneKind) {
  fs::create_directories(folder_ / "bin");
  std::ofstream(folder_ / "bin" / "cuparity-bench") << "x";
  EXPECT_EQ(program_folder((folder_ / "bin").string()), folder_ / "bin");
  EXPECT_EQ(program_folder((folder_ / "bin" / "cuparity-bench").string()), folder_ / "bin");
  EXPECT_EQ(program_folder("image:good"), "");
  options_.candidate = (folder_ / "bin").string();
  EXPECT_THAT([&] { gate(); }, ThrowsMessage<UsageError>(HasSubstr("both must be images or both folders")));
  options_.golden = options_.candidate;
  EXPECT_THAT([&] { gate(); }, ThrowsMessage<UsageError>(HasSubstr("programs of a folder are run natively")));
}

TEST_F(GoldenRun, AResultIsNoGolden) {
  fs::create_directories(folder_ / "run");
  std::ofstream(folder_ / "run" / "run.json") << "{}";
  const auto refused = [&](const char* words) {
    return ThrowsMessage<UsageError>(HasSubstr(words));
  };
  for (const fs::path& result : {folder_ / "run", folder_ / "run" / "run.json"}) {
    options_.golden = result.string();
    options_.candidate = "image:new";
    EXPECT_THAT([&] { gate(); }, refused("--golden takes an image or a folder of programs"));
    EXPECT_THAT([&] { gate(); }, refused("gate RESULT --baseline RESULT"));
    options_.candidate = result.string();
    options_.golden = "image:good";
    EXPECT_THAT([&] { gate(); }, refused("with --golden the candidate is an image or a folder of programs"));
  }
  fs::create_directories(folder_ / "empty");
  options_.golden = (folder_ / "empty").string();
  EXPECT_THAT([&] { gate(); }, refused("no cuparity-bench in it"));
}

TEST_F(GoldenRun, ProgramsRunNatively) {
  for (const char* name : {"old", "new"}) {
    fs::create_directories(folder_ / name);
    std::ofstream(folder_ / name / "cuparity-bench") << "x";
  }
  options_.golden = (folder_ / "old").string();
  options_.candidate = (folder_ / "new").string();
  options_.mode.clear();
  options_.make_engine = [this](EngineKind kind, const std::string&, const fs::path& bin) {
    EXPECT_EQ(kind, EngineKind::native);
    return std::make_unique<LentEngine>(bin == folder_ / "old" ? golden_ : candidate_);
  };
  candidate_.slowdown = {{"candidate", 1.05}};
  EXPECT_EQ(gate().exit_code, exit_regression);
}

}  // namespace
}  // namespace cuparity
