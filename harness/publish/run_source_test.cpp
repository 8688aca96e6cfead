#include "harness/publish/run_source.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "harness/errors.hpp"
#include "harness/publish/example_site.hpp"
#include "harness/publish/run_summary.hpp"
#include "harness/record/journal.hpp"

namespace cuparity {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;

class Source : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("cuparity-source-" + std::to_string(getpid()));
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  fs::path folder_;
};

TEST_F(Source, AScanSaysWhatTheWholeRunWould) {
  const cuparity::Run run = example_run_of_day(3);
  const RunSource source = scan_run(write_run(folder_ / "a", run));
  EXPECT_EQ(source.outline.trials, run.trials.size());
  EXPECT_EQ(source.outline.started_at, run.started_at);
  EXPECT_EQ(source.outline.id, run_id(run.started_at, run.seed, run.trials[0].wall_seconds));
  EXPECT_EQ(source.devices, (std::vector<std::string>{"GPU-00000000-1111-2222-3333-444444444444"}));
}

TEST_F(Source, AJournalIsTheSameRun) {
  const cuparity::Run run = example_run_of_day(3);
  fs::create_directories(folder_ / "journal");
  Journal journal = Journal::create(folder_ / "journal", run);
  for (const Trial& trial : run.trials) journal.append(trial);
  std::ofstream(folder_ / "journal/journal.jsonl", std::ios::app) << "{\"torn";
  const RunSource source = scan_run(folder_ / "journal");
  EXPECT_EQ(source.outline.id, scan_run(write_run(folder_ / "a", run)).outline.id);
  EXPECT_EQ(source.outline.trials, run.trials.size());
}

TEST_F(Source, TheJournalStandsInForARunJsonThatIsCut) {
  const cuparity::Run run = example_run_of_day(3);
  const std::string id = scan_run(write_run(folder_ / "a", run)).outline.id;
  fs::resize_file(folder_ / "a/run.json", 1000);
  EXPECT_THROW(scan_run(folder_ / "a"), UsageError);
  Journal journal = Journal::create(folder_ / "a", run);
  journal.append(run.trials[0]);
  const RunSource source = scan_run(folder_ / "a");
  EXPECT_EQ(source.path, folder_ / "a");
  EXPECT_EQ(source.outline.id, id);
  EXPECT_EQ(source.outline.trials, 1U);
  journal.append(run.trials[1]);
  EXPECT_NE(scan_run(folder_ / "a").digest, source.digest) << "that of the file which was read";
}

TEST_F(Source, WhatIsKnownOfAFileIsNotReadAgain) {
  const fs::path path = write_run(folder_ / "a", example_run_of_day(3));
  const RunSource source = scan_run(path);
  const RunOutline known = {"an id", "a time", 5};
  const auto find = [&](const std::string& digest) { return digest == source.digest ? &known : nullptr; };
  EXPECT_EQ(scan_run(path, find).outline.id, "an id");
  EXPECT_EQ(scan_run(path, find).devices, source.devices) << "they are looked for in any case";
  write_run(folder_ / "a", example_run_of_day(4));
  EXPECT_NE(scan_run(path, find).outline.id, "an id");
}

TEST_F(Source, AnOutlineIsWhatTheDocumentSaysAtItsTop) {
  std::ofstream(folder_ / "run.json") << R"({"analysis": {"trials": [{"wall_seconds": 7}], "seed": 9}, "modes": ["a", "b"],
    "environment": {"trials": "x", "format": "y"}, "notes": [], "format": "cuparity-run", "schema_version": 1,
    "baseline_mode": "a", "seed": 3, "started_at": "2026", "trials": [
    {"rows": [{"wall_seconds": 8, "a": [{}, {}]}, {}], "wall_seconds": "NaN"}, {"wall_seconds": 5, "rows": [{}]}],
    "looks": [1, 2]})";
  const RunSource source = scan_run(folder_);
  EXPECT_EQ(source.outline.trials, 2U);
  EXPECT_EQ(source.outline.started_at, "2026");
  EXPECT_EQ(source.outline.id, run_id("2026", 3, std::nan("")));
}

TEST_F(Source, RunsAreFoundBelowAFolder) {
  write_run(folder_ / "2026/a", example_run_of_day(1));
  write_run(folder_ / "2026/b", example_run_of_day(2));
  fs::create_directories(folder_ / "2026/b/raw");
  std::ofstream(folder_ / "2026/b/raw/x.json") << "{}";
  fs::rename(write_run(folder_ / "c", example_run_of_day(3)) / "run.json", folder_ / "nightly.json");
  std::ofstream(folder_ / "package.json") << "{}";
  EXPECT_EQ(find_runs(folder_), (std::vector<fs::path>{folder_ / "2026/a", folder_ / "2026/b", folder_ / "nightly.json"}));
  EXPECT_EQ(find_runs(folder_ / "2026/a"), (std::vector<fs::path>{folder_ / "2026/a"}));
}

TEST_F(Source, OtherFilesAreRefused) {
  EXPECT_THROW(find_runs(folder_ / "missing"), UsageError);
  std::ofstream(folder_ / "other.json") << R"({"context": {}, "benchmarks": []})";
  EXPECT_THROW(scan_run(folder_ / "other.json"), UsageError);
  std::ofstream(folder_ / "newer.json") << R"({"format": "cuparity-run", "schema_version": 99})";
  EXPECT_THROW(scan_run(folder_ / "newer.json"), UsageError);
  std::ofstream(folder_ / "array.json") << "[]";
  EXPECT_THROW(scan_run(folder_ / "array.json"), UsageError);
}

TEST_F(Source, NestingThatNoRunHasIsRefusedByName) {
  const std::string deep = std::string(2'000'000, '[') + std::string(2'000'000, ']');
  const auto error_of = [&](const std::string& file, const std::string& text) -> std::string {
    std::ofstream(folder_ / file) << text;
    try {
      scan_run(folder_ / file);
    } catch (const UsageError& error) {
      return error.what();
    }
    return "no error";
  };
  const std::string header = R"({"format": "cuparity-run", "schema_version": 1, "modes": ["a"], "baseline_mode": "a", "seed": 3,)"
                             R"( "started_at": "2026", "looks": [1], "notes": )";
  const std::string run = error_of("deep.json", header + deep + ", \"trials\": []}");
  EXPECT_THAT(run, AllOf(HasSubstr("deep.json: line 1, column "), HasSubstr("nested more than 512 levels deep")));
  EXPECT_THAT(error_of("trial.json", header + "[], \"trials\": [" + deep + "]}"), HasSubstr("more than 512"));
  EXPECT_THAT(error_of("journal.jsonl", header + "[]}\n{\"wall_seconds\": " + deep + "}\n"), HasSubstr("more than 512"));
  EXPECT_THAT(error_of("journal.jsonl", header + deep + "}\n"), HasSubstr("more than 512"));
}

}  // namespace
}  // namespace cuparity
