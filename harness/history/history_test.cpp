#include <SQLiteCpp/SQLiteCpp.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <thread>

#include "harness/errors.hpp"
#include "harness/history/drift.hpp"
#include "harness/history/history_format.hpp"
#include "harness/history/synthetic_history.hpp"
#include "harness/record/run_json.hpp"
#include "harness/redact/redactor.hpp"
#include "harness/stats/simulated_run.hpp"

namespace cuparity {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::ThrowsMessage;

/// Benchmark 0 gets 10 % slower from run 30 of 60 on; benchmark 1 stays.
void write_two_levels(const std::filesystem::path& folder) {
  SimulatedSamples random(1);
  write_history(folder, 60, 2, [&](int run, int benchmark) {
    return 1e-3 * (benchmark == 0 && run >= 30 ? 1.1 : 1) * std::exp(0.01 * random.normal());
  });
}

HistoryReport report_of(const std::filesystem::path& folder, const std::vector<ExpectedChange>& expected = {}) {
  HistoryIndex index(folder);
  HistoryReport report;
  report.folder = "runs";
  report.update = index.update();
  report.series = find_drift(index, "", "", expected, {});
  return report;
}

TEST(History, FindsWhereTheLevelChanged) {
  const TemporaryFolder folder;
  write_two_levels(folder.path());
  const HistoryReport report = report_of(folder.path());
  ASSERT_THAT(report.series, SizeIs(2));
  const SeriesDrift& changed = report.series[0];
  EXPECT_EQ(changed.series.benchmark, "b/0");
  EXPECT_EQ(changed.series.fingerprint, "backend=cpu; cpu_model=Simulated");
  EXPECT_EQ(changed.series.runs, 60);
  ASSERT_THAT(changed.changes, SizeIs(1));
  EXPECT_EQ(changed.changes[0].first.path, "run-00030.json");
  EXPECT_EQ(changed.changes[0].last_before.path, "run-00029.json");
  EXPECT_NEAR(changed.changes[0].effect, 0.1, 0.01);
  EXPECT_EQ(changed.regime_runs, 30);
  EXPECT_NEAR(changed.level_seconds, 1.1e-3, 1e-5);
  EXPECT_NEAR(changed.scatter, 0.01, 0.005);
  EXPECT_THAT(report.series[1].changes, IsEmpty());
}

/// Until its end this process is an ordinary user, to whom what it made belongs to another.
class AsOrdinaryUser {
 public:
  AsOrdinaryUser() { EXPECT_EQ(setresuid(65534, 65534, 0), 0); }
  ~AsOrdinaryUser() { EXPECT_EQ(setresuid(0, 0, 0), 0); }
};

TEST(History, OfAFolderThatCannotBeWrittenIsThereAllTheSame) {
  if (geteuid() != 0) GTEST_SKIP() << "only root can be another user";
  const TemporaryFolder folder;
  write_two_levels(folder.path());
  for (const char* file : {"", "with an index"}) {
    if (*file) report_of(folder.path());
    std::filesystem::permissions(folder.path(), std::filesystem::perms(0755));
    const AsOrdinaryUser user;
    EXPECT_THAT(report_of(folder.path()).series, SizeIs(2)) << file;
  }
}

TEST(History, NamesWhatChangedWithIt) {
  const TemporaryFolder folder;
  write_two_levels(folder.path());
  const std::string text = history_as_text(report_of(folder.path()));
  EXPECT_THAT(text, HasSubstr("p 0.001, first in run-00030.json; before: cublas_version 12.0; from then on: "
                              "cublas_version 12.1"));
  EXPECT_THAT(text, HasSubstr("60 result files, 2 series, 1 with a change of level"));
  EXPECT_THAT(history_as_markdown(report_of(folder.path())), HasSubstr("| b/1 | - | 60 |"));
  const auto json = nlohmann::json::parse(history_as_json(report_of(folder.path())));
  EXPECT_EQ(json["series"][0]["changes"][0]["first"]["path"], "run-00030.json");
}

TEST(History, AnExpectedChangeBeginsARegime) {
  const TemporaryFolder folder;
  write_history(folder.path(), 60, 1, [](int run, int) { return 1 + 1e-3 * (run % 2); });
  const auto expected = parse_expected_changes(
      "expected_changes: [{benchmark: b, bound: 1 %, reason: new clock, since: 2000-02-13}]", "allow");
  const HistoryReport report = report_of(folder.path(), expected);
  ASSERT_THAT(report.series[0].changes, SizeIs(1));
  EXPECT_EQ(report.series[0].changes[0].expected, "new clock");
  EXPECT_EQ(report.series[0].changes[0].first.started_at, "2000-02-13T03:00:00Z");
  EXPECT_EQ(report.series[0].regime_runs, 20);
  EXPECT_THAT(history_as_text(report), HasSubstr("expected: new clock"));
}

/// Night 20 of 40 brings 1 % that the clock hides in time.
void write_runs_with_cycles(const std::filesystem::path& folder) {
  for (int run = 0; run < 40; ++run)
    write_run(folder, fmt::format("{:02}", run), run_with_cycles(run, run < 20 ? 1 : 1.01));
}

TEST(History, IsPerClockWhereEveryRunOfASeriesHasCycles) {
  const TemporaryFolder folder;
  write_runs_with_cycles(folder.path());
  HistoryReport report = report_of(folder.path());
  ASSERT_THAT(report.series, SizeIs(1));
  EXPECT_TRUE(report.series[0].series.in_cycles);
  ASSERT_THAT(report.series[0].changes, SizeIs(1));
  EXPECT_EQ(report.series[0].changes[0].first.path, "20/run.json");
  EXPECT_NEAR(report.series[0].changes[0].effect, 0.01, 0.002);
  EXPECT_NEAR(report.series[0].level_seconds, 1.01, 0.05) << "at the clock in the middle";
  EXPECT_LT(report.series[0].scatter, 0.002);
  EXPECT_THAT(history_as_text(report), HasSubstr("\ngemm/own/fp32/4096, per clock  native "));
  EXPECT_THAT(history_as_markdown(report), HasSubstr("| gemm/own/fp32/4096, per clock | native |"));
  EXPECT_EQ(nlohmann::json::parse(history_as_json(report))["series"][0]["measure"], "cycles");

  cuparity::Run run = run_with_cycles(40, 1.01);
  run.per_clock.clear();
  write_run(folder.path(), "40", run);
  report = report_of(folder.path());
  EXPECT_FALSE(report.series[0].series.in_cycles);
  EXPECT_THAT(report.series[0].changes, IsEmpty());
  EXPECT_GT(report.series[0].scatter, 0.01);
  EXPECT_THAT(history_as_text(report), Not(HasSubstr("per clock")));
  EXPECT_EQ(nlohmann::json::parse(history_as_json(report))["series"][0]["measure"], "seconds");
}

TEST(HistoryIndex, OfAnotherVersionIsMadeAgain) {
  const TemporaryFolder folder;
  write_runs_with_cycles(folder.path());
  HistoryIndex(folder.path()).update();
  const std::string index = (folder.path() / ".cuparity-history.sqlite").string();
  {
    SQLite::Database database(index, SQLite::OPEN_READWRITE);  // as the version without cycles left it
    database.exec("ALTER TABLE points DROP COLUMN cycles");
    database.exec("PRAGMA user_version = 1");
  }
  EXPECT_EQ(HistoryIndex(folder.path()).update().read, 40);
  EXPECT_TRUE(HistoryIndex(folder.path()).series().at(0).in_cycles);
}

TEST(HistoryIndex, FollowsTheFiles) {
  const TemporaryFolder folder;
  write_history(folder.path(), 5, 1, [](int, int) { return 1.0; });
  HistoryIndex index(folder.path());
  EXPECT_EQ(index.update().read, 5);
  EXPECT_EQ(index.update().read, 0);
  std::filesystem::remove(folder.path() / "run-00004.json");
  std::ofstream(folder.path() / "run-00000.json", std::ios::app) << " \n";
  const IndexUpdate update = index.update();
  EXPECT_EQ(update.read, 1);
  EXPECT_EQ(update.gone, 1);
  EXPECT_EQ(index.series().at(0).runs, 4);
  EXPECT_EQ(index.rebuild().read, 4);
  EXPECT_EQ(index.points(index.series().at(0).id, 2).back().path, "run-00003.json");
}

TEST(HistoryIndex, LeavesOneRunOut) {
  const TemporaryFolder folder;
  write_history(folder.path(), 3, 1, [](int run, int) { return run + 1.0; });
  HistoryIndex index(folder.path());
  index.update();
  const auto id = index.series().at(0).id;
  EXPECT_THAT(index.seconds(index.series().at(0)), ElementsAre(1, 2, 3));
  const auto points = index.points(id, 0, left_out_run(folder.path() / "run-00001.json"));
  ASSERT_THAT(points, SizeIs(2));
  EXPECT_EQ(points[1].seconds, 3);
}

TEST(HistoryIndex, ReadsRunFoldersByTheirModes) {
  const TemporaryFolder folder;
  SimulatedSamples random(2);
  SimulatedRun shape;
  shape.effect = {{"docker:--gpus=all", 0.5}};
  cuparity::Run run = simulate_run(shape, random);
  run.started_at = "2026-01-01T00:00:00Z";
  std::filesystem::create_directories(folder.path() / "a" / "raw");
  std::ofstream(folder.path() / "a" / "run.json") << to_json(run, analyse(run));
  std::ofstream(folder.path() / "a" / "raw" / "0001.json") << "{}";  // part of the run
  HistoryIndex index(folder.path());
  EXPECT_THAT(index.update().passed_over, IsEmpty());
  const auto series = index.series();
  ASSERT_THAT(series, SizeIs(2));
  EXPECT_EQ(series[0].mode, "docker:--gpus=all");
  EXPECT_EQ(series[0].benchmark, "saxpy/own/fp32/1024");
  EXPECT_NEAR(index.seconds(series[0]).at(0), 1.5, 0.01);
  EXPECT_NEAR(index.seconds(series[1]).at(0), 1.0, 0.01);
  EXPECT_THAT(index.points(series[0].id, 0, left_out_run(folder.path() / "a")), IsEmpty());
}

TEST(HistoryIndex, LeavesOutWhatLostTooManyBlocksButNotForAnotherModesSake) {
  const TemporaryFolder folder;
  SimulatedSamples random(2);
  cuparity::Run run = simulate_run({}, random);
  run.started_at = night(0);
  for (Trial& trial : run.trials) trial.ok = trial.mode == "native";
  write_run(folder.path(), "dropped", run);
  run.started_at = night(1);
  for (Trial& trial : run.trials) {
    trial.ok = true;
    if (trial.block < 2) trial.telemetry["block_rejected"] = "heat";
  }
  write_run(folder.path(), "hot", run);
  HistoryIndex index(folder.path());
  index.update();
  ASSERT_THAT(index.series(), SizeIs(1));
  EXPECT_EQ(index.series()[0].mode, "native");
  EXPECT_EQ(index.series()[0].runs, 1);
}

TEST(HistoryIndex, CountsARunOnceWhateverLinksToIt) {
  const TemporaryFolder folder;
  const TemporaryFolder elsewhere;
  write_run(folder.path(), "20261129", run_with_cycles(0, 1));
  write_run(elsewhere.path(), "runs", run_with_cycles(1, 1));
  write_history(folder.path(), 1, 1, [](int, int) { return 1.0; });
  std::filesystem::create_directory_symlink("20261129", folder.path() / "latest");
  std::filesystem::create_directory_symlink(".", folder.path() / "loop");
  std::filesystem::create_symlink("run-00000.json", folder.path() / "again.json");
  EXPECT_EQ(HistoryIndex(folder.path()).update().files, 2);
  std::filesystem::create_directory_symlink(elsewhere.path() / "runs", folder.path() / "other");
  EXPECT_EQ(HistoryIndex(folder.path()).update().files, 3) << "a link to what is elsewhere counts";
}

void copy_run(const std::filesystem::path& from, const std::filesystem::path& to) {
  std::filesystem::copy(from, to, std::filesystem::copy_options::recursive);
}

TEST(HistoryIndex, CountsACopyOfARunOnce) {
  const TemporaryFolder folder;
  cuparity::Run run = run_with_cycles(0, 1);
  write_run(folder.path(), "b", run);
  write_run(folder.path(), "c", run_with_cycles(1, 1));
  HistoryIndex index(folder.path());
  index.update();
  copy_run(folder.path() / "c", folder.path() / "a");  // as in a site that was published
  run.command = {"redacted"};
  write_run(folder.path(), "d", run);
  for (int time = 0; time < 2; ++time) {
    EXPECT_EQ(index.update().files, 2);
    EXPECT_EQ(index.series().at(0).runs, 2);
  }
  EXPECT_EQ(index.rebuild().files, 2);
}

TEST(HistoryIndex, ARedactedCopyStandsForARunOnlyWhereThatIsNotThere) {
  const TemporaryFolder folder;
  const std::string uuid = "GPU-8a1b2c3d-1111-2222-3333-444444444444", mode = "docker:--gpus=device=" + uuid;
  cuparity::Run run = run_with_cycles(0, 1);
  run.environment["gpu_name"] = "NVIDIA H200";
  run.environment["gpu_uuid"] = uuid;
  run.modes = {mode};
  run.baseline_mode = mode;
  for (Trial& trial : run.trials) trial.mode = mode;
  Pseudonyms pseudonyms;
  write_run(folder.path(), "b", Redactor(pseudonyms).redact(run));
  HistoryIndex index(folder.path());
  const auto expect = [&](const std::string& path, const std::string& device) {
    EXPECT_EQ(index.update().files, 1);
    ASSERT_THAT(index.series(), SizeIs(1));
    EXPECT_THAT(index.series()[0].fingerprint, HasSubstr("gpu_uuid=" + device));
    EXPECT_EQ(index.series()[0].mode, "docker:--gpus=device=" + device);
    EXPECT_EQ(index.points(index.series()[0].id).at(0).path, path);
    EXPECT_THAT(index.points(index.series()[0].id, 0, left_out_run(folder.path() / "b")), IsEmpty());
  };
  expect("b/run.json", "gpu-1");
  write_run(folder.path(), "a", run);
  expect("a/run.json", uuid);
  expect("a/run.json", uuid);
  std::filesystem::rename(folder.path() / "a", folder.path() / "c");
  expect("c/run.json", uuid);
  std::filesystem::remove_all(folder.path() / "c");
  expect("b/run.json", "gpu-1");
}

TEST(HistoryIndex, TakesACopyWhereTheRunItselfIsGone) {
  const TemporaryFolder folder;
  write_run(folder.path(), "a", run_with_cycles(0, 1));
  copy_run(folder.path() / "a", folder.path() / "b");
  copy_run(folder.path() / "a", folder.path() / "c");
  HistoryIndex index(folder.path());
  EXPECT_EQ(index.update().files, 1);
  std::filesystem::remove_all(folder.path() / "a");
  EXPECT_EQ(index.update().files, 1);
  ASSERT_THAT(index.series(), SizeIs(1));
  EXPECT_EQ(index.points(index.series()[0].id).at(0).path, "b/run.json");
  EXPECT_THAT(history_as_text(report_of(folder.path())), HasSubstr("1 result file, 1 series"));
}

TEST(HistoryIndex, LeavesOutARunUnderWhateverNameItIsCounted) {
  const TemporaryFolder folder;
  const TemporaryFolder elsewhere;
  write_run(folder.path(), "a", run_with_cycles(0, 1));
  write_run(folder.path(), "c", run_with_cycles(1, 1));
  copy_run(folder.path() / "a", folder.path() / "b");
  copy_run(folder.path() / "a", elsewhere.path() / "fresh");
  HistoryIndex index(folder.path());
  index.update();
  const auto id = index.series().at(0).id;
  for (const std::filesystem::path& candidate : {folder.path() / "b", elsewhere.path() / "fresh" / "run.json"}) {
    const auto points = index.points(id, 0, left_out_run(candidate));
    ASSERT_THAT(points, SizeIs(1)) << candidate;
    EXPECT_EQ(points[0].path, "c/run.json");
  }
}

TEST(HistoryIndex, SaysWhatItPassesOver) {
  const TemporaryFolder folder;
  write_history(folder.path(), 1, 1, [](int, int) { return 1.0; });
  std::ofstream(folder.path() / "notes.json") << "{\"a\": 1}";
  HistoryIndex index(folder.path());
  EXPECT_THAT(index.update().passed_over, ElementsAre(HasSubstr("notes.json: not a Google Benchmark result")));
  EXPECT_THAT(index.update().passed_over, SizeIs(1));  // without reading it again
}

TEST(HistoryIndex, LeavesOutWhatElseCuparityWrites) {
  const TemporaryFolder folder;
  write_history(folder.path(), 2, 1, [](int, int) { return 1.0; });
  write_run(folder.path() / "calibration", "run", run_with_cycles(0, 1));
  std::ofstream(folder.path() / "calibration" / "calibration.json") << R"({"format": "cuparity-calibration", "cells": []})";
  std::ofstream(folder.path() / "gate.json") << R"({"format": "cuparity-gate"})";
  std::ofstream(folder.path() / "pseudonyms.json") << R"({"gpu-1": "76851167-0db6-597b-b886-343d6ce7b644"})";
  HistoryIndex index(folder.path());
  for (int time = 0; time < 2; ++time) {
    const IndexUpdate update = index.update();
    EXPECT_THAT(update.passed_over, IsEmpty());
    EXPECT_EQ(update.files, 3);
  }
}

TEST(HistoryIndex, PassesOverWhateverCantBeReadAndNamesIt) {
  const TemporaryFolder folder;
  write_history(folder.path(), 2, 1, [](int, int) { return 1.0; });
  std::filesystem::create_directories(folder.path() / "a" / "n.json-bin");
  std::filesystem::create_directories(folder.path() / "b");
  std::ofstream(folder.path() / "a" / "n.json") << R"({"meta": {}, "devices": [], "benchmarks": [{"name": "x", "states": [
      {"name": "y", "summaries": [{"tag": "nv/json/bin:nv/cold/sample_times", "data": [
        {"name": "filename", "value": "n.json-bin"}, {"name": "size", "value": "3"}]}]}]}]})";
  std::ofstream(folder.path() / "b" / "run.json")
      << R"({"format": "cuparity-run", "schema_version": 1, "baseline_mode": "native", "modes": ["native"], "access": "x"})";
  HistoryIndex index(folder.path());
  EXPECT_THAT(index.update().passed_over,
              ElementsAre(HasSubstr("n.json: benchmarks[0].states[0]"),
                          HasSubstr("run.json: access: expected an array, found string (\"x\")")));
  EXPECT_EQ(index.series().at(0).runs, 2);
}

TEST(HistoryIndex, IsMadeAgainIfItIsDamaged) {
  const TemporaryFolder folder;
  write_history(folder.path(), 2, 1, [](int, int) { return 1.0; });
  HistoryIndex(folder.path()).update();
  std::ofstream(folder.path() / ".cuparity-history.sqlite") << "rubbish";
  EXPECT_EQ(HistoryIndex(folder.path()).update().read, 2);
}

TEST(HistoryIndex, WaitsWhileAnotherProgramWrites) {
  const TemporaryFolder folder;
  write_history(folder.path(), 2, 1, [](int, int) { return 1.0; });
  HistoryIndex index(folder.path());
  SQLite::Database other((folder.path() / ".cuparity-history.sqlite").string(), SQLite::OPEN_READWRITE);
  auto writing = std::make_optional<SQLite::Transaction>(other, SQLite::TransactionBehavior::IMMEDIATE);
  std::thread end([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    writing.reset();
  });
  EXPECT_NO_THROW(EXPECT_EQ(index.update().read, 2));
  end.join();
}

TEST(HistoryIndex, IsMadeBySeveralAtOnce) {
  const TemporaryFolder folder;
  write_history(folder.path(), 3, 1, [](int, int) { return 1.0; });
  for (int round = 0; round < 10; ++round) {
    std::vector<std::thread> threads;
    std::vector<int> runs(4);
    for (int& seen : runs) {
      threads.emplace_back([&] {
        HistoryIndex index(folder.path());
        index.update();
        seen = index.series().at(0).runs;
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_THAT(runs, Each(3));
    std::filesystem::remove(folder.path() / ".cuparity-history.sqlite");
  }
}

TEST(HistoryIndex, TouchesNoFileOfOthers) {
  const TemporaryFolder folder;
  std::filesystem::create_directories(folder.path() / "runs");
  const auto notes = folder.path() / "notes.txt";
  std::ofstream(notes) << "precious";
  EXPECT_THROW(HistoryIndex(folder.path() / "runs", notes), EnvironmentError);
  EXPECT_EQ(std::filesystem::file_size(notes), 8U);
  EXPECT_THAT([&] { HistoryIndex(folder.path() / "none"); },
              ThrowsMessage<UsageError>(HasSubstr("no such folder")));
}

}  // namespace
}  // namespace cuparity
