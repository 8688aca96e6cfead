#include "harness/run/run_loop.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "harness/plan/plan.hpp"
#include "harness/run/fake_engine.hpp"

namespace cuparity {
namespace {

namespace fs = std::filesystem;
using testing::Contains;
using testing::HasSubstr;
using Fate = FakeEngine::Fate;

class RunLoopTest : public testing::Test {
 protected:
  void SetUp() override {
    fs::remove_all(folder_);
    fs::create_directories(folder_ / "raw");
    run_.seed = 3;
    run_.modes = {"native", "docker:none"};
    run_.baseline_mode = "native";
    run_.planned_blocks = 4;
    run_.looks = {4};
  }
  void TearDown() override {
    std::fclose(stream_);
    fs::remove_all(folder_);
  }

  LoopInputs inputs() {
    LoopInputs inputs;
    for (const std::string& mode : run_.modes) inputs.arms.push_back({parse_access_mode(mode), &engine_, {}});
    inputs.settings.folder = folder_;
    inputs.settings.backend = "cpu";
    inputs.settings.benchmark_filter = ".*";
    inputs.stop_requested = [this] { return stop_; };
    inputs.analyse = [this](const cuparity::Run&) {
      ++analyses_;
      Analysis analysis;
      analysis.comparisons.resize(1);
      analysis.comparisons[0].verdict = verdict_;
      return analysis;
    };
    return inputs;
  }

  LoopEnd run_new() {
    Journal journal = Journal::create(folder_, run_);
    RunLoop loop(run_, inputs(), journal, progress_);
    const LoopEnd end = loop.run_to_end();
    complete_blocks_ = loop.complete_blocks();
    return end;
  }
  LoopEnd go_on() {
    run_ = read_journal(folder_);
    Journal journal = Journal::reopen(folder_);
    RunLoop loop(run_, inputs(), journal, progress_);
    const LoopEnd end = loop.run_to_end();
    complete_blocks_ = loop.complete_blocks();
    return end;
  }
  std::string said() {
    std::rewind(stream_);
    std::string text(20000, '\0');
    text.resize(std::fread(text.data(), 1, text.size(), stream_));
    return text;
  }
  std::vector<std::string> planned(int blocks) const {
    std::vector<std::string> modes;
    for (int block = 0; block < blocks; ++block) {
      for (const std::string& mode : block_order(run_.seed, block, run_.modes)) modes.push_back(mode);
    }
    return modes;
  }

  const fs::path folder_ = fs::path(testing::TempDir()) / "cuparity_run_loop_test";
  FakeEngine engine_;
  cuparity::Run run_;
  bool stop_ = false;
  int analyses_ = 0;
  Verdict verdict_ = Verdict::same;
  int complete_blocks_ = 0;
  std::FILE* stream_ = std::tmpfile();
  Progress progress_{stream_, false};
};

TEST_F(RunLoopTest, RunsThePlanAndJournalsEveryTrial) {
  EXPECT_EQ(run_new(), LoopEnd::complete);
  EXPECT_EQ(engine_.trials, planned(4));
  const cuparity::Run stored = read_journal(folder_);
  ASSERT_EQ(stored.trials.size(), 16u);
  for (int i = 0; i < 16; ++i) {
    const Trial& trial = stored.trials[i];
    EXPECT_EQ(trial.index, i);
    EXPECT_EQ(trial.block, i / 4);
    EXPECT_EQ(trial.position, i % 4);
    EXPECT_EQ(trial.mode, engine_.trials[i]);
    EXPECT_TRUE(trial.ok) << trial.failure;
    EXPECT_EQ(trial.rows.size(), 3u);
    EXPECT_TRUE(fs::exists(folder_ / trial.raw_file)) << trial.raw_file;
  }
  EXPECT_THAT(said(), HasSubstr("block 4 of 4 done\n"));
}

TEST_F(RunLoopTest, ValidatesEveryModeFirst) {
  LoopInputs with_validation = inputs();
  with_validation.settings.validate = "Numerics*";
  Journal journal = Journal::create(folder_, run_);
  RunLoop(run_, std::move(with_validation), journal, progress_).run_to_end();
  ASSERT_EQ(run_.trials.size(), 18u);
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(run_.trials[i].kind, TrialKind::validation);
    EXPECT_EQ(run_.trials[i].block, -1);
    EXPECT_EQ(run_.trials[i].tests_passed, 1);
    EXPECT_EQ(run_.trials[i].rows.at(0).label.at("digest"), "0123");
  }
  EXPECT_THAT(engine_.commands[0], Contains("--gtest_filter=Numerics*"));
}

TEST_F(RunLoopTest, RecordsAFailedTrialAndGoesOn) {
  const std::vector<std::pair<Fate, const char*>> fates = {{Fate::dies, "died of signal 11"},
                                                           {Fate::hangs, "did not end within 120 s"},
                                                           {Fate::rubbish, ".json"},
                                                           {Fate::nothing_written, "wrote no result file"}};
  engine_.fate = [&](const std::string&, int call) {
    return call % 4 == 1 ? fates[call / 4].first : Fate::well;
  };
  EXPECT_EQ(run_new(), LoopEnd::complete);
  ASSERT_EQ(run_.trials.size(), 16u);
  for (int block = 0; block < 4; ++block) {
    const Trial& trial = run_.trials[4 * block + 1];
    EXPECT_FALSE(trial.ok);
    EXPECT_THAT(trial.failure, HasSubstr(fates[block].second));
  }
  EXPECT_THAT(said(), HasSubstr("FAILED under"));
}

TEST_F(RunLoopTest, SaysAWrongResultOnceAndKeepsTheOtherRows) {
  engine_.fate = [](const std::string& mode, int) {
    return mode == "native" ? Fate::well : Fate::wrong_result;
  };
  EXPECT_EQ(run_new(), LoopEnd::complete);
  const std::string text = said();
  const std::string line = "WRONG under docker:none: saxpy/own/fp32/1024: wrong result: error 12";
  EXPECT_THAT(text, HasSubstr(line));
  EXPECT_EQ(text.find(line), text.rfind(line));
  for (const Trial& trial : run_.trials) {
    EXPECT_TRUE(trial.ok);
    EXPECT_EQ(trial.rows[1].state, RowState::measured);
  }
}

TEST_F(RunLoopTest, DropsAModeAfterThreeFailuresInARowAndGoesOnWithTheOthers) {
  run_.modes = {"native", "docker:none", "podman:none"};
  engine_.fate = [](const std::string& mode, int) { return mode == "docker:none" ? Fate::dies : Fate::well; };
  EXPECT_EQ(run_new(), LoopEnd::complete);
  EXPECT_EQ(std::count(engine_.trials.begin(), engine_.trials.end(), "docker:none"), 3);
  EXPECT_EQ(std::count(engine_.trials.begin(), engine_.trials.end(), "podman:none"), 8);
  EXPECT_THAT(
      run_.notes,
      Contains(HasSubstr("docker:none was dropped after 3 failed trials in a row: cuparity-bench died")));
}

TEST_F(RunLoopTest, GivesUpWhereNothingIsLeftToCompare) {
  engine_.fate = [](const std::string& mode, int) { return mode == "docker:none" ? Fate::dies : Fate::well; };
  EXPECT_EQ(run_new(), LoopEnd::gave_up);
  EXPECT_EQ(complete_blocks_, 2);
  engine_.trials.clear();
  EXPECT_EQ(go_on(), LoopEnd::gave_up) << "a resumed run knows what was dropped";
  EXPECT_TRUE(engine_.trials.empty());
}

TEST_F(RunLoopTest, StopsAtOnceAndDoesNotKeepTheKilledTrial) {
  engine_.fate = [&](const std::string&, int call) {
    stop_ = call == 6;
    return stop_ ? Fate::stopped : Fate::well;
  };
  EXPECT_EQ(run_new(), LoopEnd::interrupted);
  EXPECT_EQ(complete_blocks_, 1);
  EXPECT_EQ(read_journal(folder_).trials.size(), 6u);
}

TEST_F(RunLoopTest, GoesOnWithAFreshBlockInPlaceOfTheTornOne) {
  engine_.fate = [&](const std::string&, int call) {
    stop_ = call == 6;
    return stop_ ? Fate::stopped : Fate::well;
  };
  run_new();
  stop_ = false;
  engine_.fate = nullptr;
  engine_.trials.clear();
  EXPECT_EQ(go_on(), LoopEnd::complete);
  EXPECT_EQ(complete_blocks_, 4);
  EXPECT_EQ(engine_.trials.size(), 12u) << "blocks 3 to 5 of the plan; the torn block 2 is not continued";
  const std::vector<std::string> plan = planned(5);
  EXPECT_EQ(engine_.trials, std::vector<std::string>(plan.begin() + 8, plan.end()));
  const cuparity::Run stored = read_journal(folder_);
  EXPECT_EQ(stored.trials.size(), 18u);
  EXPECT_EQ(stored.trials.back().block, 4);
  EXPECT_EQ(stored.trials.back().index, 17);
}

TEST_F(RunLoopTest, OfAFinishedRunDoesNothingMore) {
  run_new();
  engine_.trials.clear();
  EXPECT_EQ(go_on(), LoopEnd::complete);
  EXPECT_TRUE(engine_.trials.empty());
}

TEST_F(RunLoopTest, StopsEarlyOnlyAtALookAndOnlyIfAllIsDecided) {
  run_.looks = {2, 4};
  verdict_ = Verdict::inconclusive;
  EXPECT_EQ(run_new(), LoopEnd::complete);
  EXPECT_EQ(complete_blocks_, 4);
  EXPECT_EQ(analyses_, 1) << "looked once, after two blocks";

  TearDown();
  stream_ = std::tmpfile();
  SetUp();
  run_.trials.clear();
  run_.looks = {2, 4};
  verdict_ = Verdict::slower;
  Progress progress(stream_, false);
  Journal journal = Journal::create(folder_, run_);
  RunLoop loop(run_, inputs(), journal, progress);
  EXPECT_EQ(loop.run_to_end(), LoopEnd::complete);
  EXPECT_EQ(loop.complete_blocks(), 2);
  EXPECT_THAT(run_.notes, Contains(HasSubstr("Stopped at the planned look after 2 of 4 blocks")));
}

TEST_F(RunLoopTest, RejectsABlockOnAnotherGpu) {
  engine_.context["gpu_uuid"] = "GPU-1";
  engine_.fate = [&](const std::string&, int call) {
    engine_.context["gpu_uuid"] = call == 5 ? "GPU-2" : "GPU-1";
    return Fate::well;
  };
  run_new();
  EXPECT_EQ(run_.trials[4].telemetry.count("block_rejected"), 0u);
  EXPECT_EQ(run_.trials[5].telemetry.at("block_rejected"), "another GPU (GPU-2, before it was GPU-1)");
}

TEST_F(RunLoopTest, StartsEveryModeOnceABlockForTheStartUp) {
  run_.planned_blocks = 2;
  run_.looks = {2};
  run_.modes = {"native", "docker:--gpus=all"};
  LoopInputs with_startup = inputs();
  with_startup.settings.startup = true;
  Journal journal = Journal::create(folder_, run_);
  RunLoop loop(run_, std::move(with_startup), journal, progress_);
  EXPECT_EQ(loop.run_to_end(), LoopEnd::complete);
  std::vector<const Trial*> starts;
  for (const Trial& trial : run_.trials) {
    if (trial.kind == TrialKind::startup) starts.push_back(&trial);
  }
  ASSERT_EQ(starts.size(), 4u);
  EXPECT_EQ(run_.trials.size(), 4u + 8u);
  EXPECT_EQ(run_.trials[0].kind, TrialKind::startup) << "before the block's benchmarks";
  EXPECT_EQ(engine_.startups.size(), 6u) << "a mode that asks for a GPU starts once more without";
  for (const Trial* trial : starts) {
    EXPECT_TRUE(trial->ok) << trial->failure;
    std::vector<std::string> phases;
    for (const Row& row : trial->rows) phases.push_back(row.benchmark);
    EXPECT_THAT(phases, Contains("start"));
    EXPECT_THAT(phases, Contains("total"));
    EXPECT_EQ(std::count(phases.begin(), phases.end(), "start_without_gpu"), trial->mode == "native" ? 0 : 1);
  }
  const cuparity::Run written = read_journal(folder_);
  EXPECT_EQ(written.trials[0].kind, TrialKind::startup) << "and they are in the journal";
}

TEST_F(RunLoopTest, AnInterruptedBlockGoesOnAfterItsStartUps) {
  run_.planned_blocks = 2;
  run_.looks = {2};
  const auto run_with_startup = [&](Journal journal) {
    LoopInputs with_startup = inputs();
    with_startup.settings.startup = true;
    RunLoop loop(run_, std::move(with_startup), journal, progress_);
    return loop.run_to_end();
  };
  engine_.fate = [this](const std::string&, int call) {
    stop_ = call == 0;
    return stop_ ? Fate::stopped : Fate::well;
  };
  EXPECT_EQ(run_with_startup(Journal::create(folder_, run_)), LoopEnd::interrupted);
  EXPECT_EQ(run_.trials.size(), 2u) << "the start-ups of the first block";
  stop_ = false;
  engine_.fate = nullptr;
  run_ = read_journal(folder_);
  EXPECT_EQ(run_with_startup(Journal::reopen(folder_)), LoopEnd::complete);
  int blocks = 0;
  for (const Trial& trial : run_.trials) blocks += trial.kind == TrialKind::benchmark;
  EXPECT_EQ(blocks, 8);
}

}  // namespace
}  // namespace cuparity
