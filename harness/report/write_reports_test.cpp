#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "harness/errors.hpp"
#include "harness/record/run_json.hpp"
#include "harness/report/example_run.hpp"
#include "harness/report/report.hpp"

namespace cuparity {
namespace {

class WriteReports : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() / ("cuparity-report-" + std::to_string(getpid()));
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path folder_;
};

TEST_F(WriteReports, WritesFiveFilesAndNothingElse) {
  const Example example = example_run();
  write_reports(folder_, example.run, example.analysis);
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder_))
    names.push_back(entry.path().filename());
  EXPECT_THAT(names, testing::UnorderedElementsAre("run.json", "report.md", "report.html", "report.csv",
                                                   "report.junit.xml"));
}

TEST_F(WriteReports, RunJsonCanBeReadAgain) {
  const Example example = example_run();
  write_reports(folder_, example.run, example.analysis);
  const cuparity::Run again = load_run(folder_);
  EXPECT_EQ(again.trials.size(), example.run.trials.size());
  EXPECT_EQ(again.seed, example.run.seed);
}

TEST_F(WriteReports, HostileBytesDoNotStopIt) {
  const Example example = hostile_run();
  write_reports(folder_, example.run, example.analysis);
  EXPECT_TRUE(std::filesystem::exists(folder_ / "report.html"));
}

TEST_F(WriteReports, TheRunOfAnotherUserIsReportedElsewhere) {
  if (geteuid() != 0) GTEST_SKIP() << "only root can be another user";
  const Example example = example_run();
  write_reports(folder_, example.run, example.analysis);
  std::filesystem::permissions(folder_, std::filesystem::perms(0755));
  std::string said;
  ASSERT_EQ(setresuid(65534, 65534, 0), 0);
  try {
    write_reports(folder_, example.run, example.analysis);
  } catch (const EnvironmentError& error) {
    said = error.what();
  }
  ASSERT_EQ(setresuid(0, 0, 0), 0);
  EXPECT_EQ(said, "writing " + (folder_ / "run.json").string() + ": Permission denied; cuparity report " + folder_.string() +
                      " --out OTHER");
}

TEST_F(WriteReports, AFolderThatCannotBeWrittenIsOneClearLine) {
  const Example example = example_run();
  try {
    write_reports(folder_ / "missing", example.run, example.analysis);
    FAIL() << "nothing was thrown";
  } catch (const EnvironmentError& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("missing/run.json"));
  }
}

}  // namespace
}  // namespace cuparity
