#include "harness/run/progress.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

namespace cuparity {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string shown(bool terminal) {
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::tmpfile(), std::fclose);
  {
    Progress progress(file.get(), terminal);
    progress.doing("trial 1");
    progress.say("WRONG");
    progress.block_done(1, 2, 75);
    progress.doing("trial 2");
    progress.block_done(2, 2, 0);
  }
  std::rewind(file.get());
  std::string text(1000, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), file.get()));
  return text;
}

TEST(Progress, IsPlainLinesOneABlockWhereThereIsNoTerminal) {
  EXPECT_EQ(shown(false), "WRONG\nblock 1 of 2 done, about 75 s left\nblock 2 of 2 done\n");
}

TEST(Progress, RewritesOneLineOnATerminalAndLeavesNothingOfIt) {
  const std::string text = shown(true);
  EXPECT_THAT(text, HasSubstr("trial 1\r\x1b[KWRONG\n"));
  EXPECT_THAT(text, HasSubstr("trial 2, about 75 s left\r\x1b[K"));
  EXPECT_THAT(text, Not(HasSubstr("block 1 of 2 done")));
}

TEST(DurationText, SuitsItsLength) {
  EXPECT_EQ(duration_text(0.2), "0 s");
  EXPECT_EQ(duration_text(99), "99 s");
  EXPECT_EQ(duration_text(200), "3 min 20 s");
  EXPECT_EQ(duration_text(7500), "2 h 5 min");
}

}  // namespace
}  // namespace cuparity
