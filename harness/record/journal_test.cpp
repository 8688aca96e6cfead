#include "harness/record/journal.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "harness/errors.hpp"
#include "harness/record/small_disk.hpp"

namespace cuparity {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class JournalTest : public testing::Test {
 protected:
  void SetUp() override {
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    header_.version = "1.2.3";
    header_.suite = "quick";
    header_.seed = 18446744073709551615u;
    header_.modes = {"native", "docker:none"};
  }
  void TearDown() override { fs::remove_all(folder_); }

  static Trial trial(int index) {
    Trial result;
    result.index = index;
    result.mode = "native";
    result.ok = true;
    Row row;
    row.benchmark = "saxpy/own/fp32/1";
    row.seconds = 0.1 + index;
    row.repetitions = {row.seconds};
    result.rows = {row};
    return result;
  }
  fs::path file() const { return folder_ / "journal.jsonl"; }
  std::string text() const {
    std::ostringstream all;
    all << std::ifstream(file()).rdbuf();
    return all.str();
  }
  void append_text(const std::string& more) const { std::ofstream(file(), std::ios::app) << more; }

  const fs::path folder_ = fs::path(testing::TempDir()) / "cuparity_journal_test";
  cuparity::Run header_;
};

TEST_F(JournalTest, GivesBackHeaderAndTrials) {
  Journal journal = Journal::create(folder_, header_);
  for (int i = 0; i < 3; ++i) journal.append(trial(i));
  const cuparity::Run run = read_journal(folder_);  // while the journal is still open
  EXPECT_EQ(run.version, "1.2.3");
  EXPECT_EQ(run.seed, header_.seed);
  EXPECT_EQ(run.modes, header_.modes);
  ASSERT_EQ(run.trials.size(), 3u);
  EXPECT_EQ(run.trials[2].index, 2);
  EXPECT_EQ(run.trials[2].rows[0].seconds, 2.1);
}

TEST_F(JournalTest, IsNeverOverwritten) {
  { Journal journal = Journal::create(folder_, header_); }
  EXPECT_THROW(Journal::create(folder_, header_), EnvironmentError);
  EXPECT_THROW(Journal::create(folder_ / "absent", header_), EnvironmentError);
}

TEST_F(JournalTest, LeavesOutALineThatWasTornByACrash) {
  { Journal::create(folder_, header_).append(trial(0)); }
  append_text("{\"index\": 1, \"blo");
  EXPECT_EQ(read_journal(folder_).trials.size(), 1u);
}

TEST_F(JournalTest, GoesOnBehindATornLine) {
  { Journal::create(folder_, header_).append(trial(0)); }
  const std::string whole = text();
  append_text("{\"index\": 1, \"blo");
  { Journal journal = Journal::reopen(folder_); }
  EXPECT_EQ(text(), whole);
  { Journal::reopen(folder_).append(trial(1)); }
  const cuparity::Run run = read_journal(folder_);
  ASSERT_EQ(run.trials.size(), 2u);
  EXPECT_EQ(run.trials[1].index, 1);
}

TEST_F(JournalTest, SurvivesTextThatIsNoUtf8) {
  Trial broken = trial(0);
  broken.failure = "said \xff\xfe";
  { Journal::create(folder_, header_).append(broken); }
  EXPECT_THAT(read_journal(folder_).trials[0].failure, HasSubstr("said"));
}

TEST_F(JournalTest, SaysWhichLineIsDamaged) {
  { Journal::create(folder_, header_).append(trial(0)); }
  append_text("rubbish\n");
  { Journal::reopen(folder_).append(trial(1)); }
  try {
    read_journal(folder_);
    FAIL();
  } catch (const UsageError& error) {
    EXPECT_THAT(error.what(), HasSubstr("journal.jsonl:3:"));
  }
}

TEST_F(JournalTest, OnAFullDiskSaysWhichFileAndWhatToDo) {
  const SmallDisk disk("64k");
  if (!disk.failure().empty()) GTEST_SKIP() << disk.failure();
  Journal journal = Journal::create(disk.path(), header_);
  disk.fill();
  const auto append_on_and_on = [&] {
    for (int i = 0; i < 100; ++i) journal.append(trial(i));  // the last page of the file still takes some
  };
  EXPECT_THAT(append_on_and_on, testing::ThrowsMessage<EnvironmentError>(
                                    "writing " + (disk.path() / "journal.jsonl").string() +
                                    " failed: No space left on device; free some space"));
  const std::size_t whole = read_journal(disk.path()).trials.size();
  disk.empty();
  Journal::reopen(disk.path()).append(trial(0));
  EXPECT_EQ(read_journal(disk.path()).trials.size(), whole + 1);
}

TEST_F(JournalTest, RefusesAFolderWithoutARun) {
  EXPECT_THROW(read_journal(folder_), UsageError);
  EXPECT_THROW(Journal::reopen(folder_), UsageError);
  std::ofstream(file()) << "{\"torn";
  EXPECT_THROW(read_journal(folder_), UsageError);
}

}  // namespace
}  // namespace cuparity
