#include "harness/engine/last_words.hpp"

#include <gtest/gtest.h>

namespace cuparity {
namespace {

TEST(LastWords, AreTheLastLineThatSaysSomething) {
  EXPECT_EQ(last_words("first\nError: the reason\n\nRun 'docker run --help' for more information\n"), "Error: the reason");
  EXPECT_EQ(last_words("docker: no.\nSee 'docker run --help'.\n"), "docker: no.");
  EXPECT_EQ(last_words("a\n  b  \n \n"), "b");
  EXPECT_EQ(last_words(""), "");
}

TEST(LastWords, AreTheErrorAboveAUsageText) {
  EXPECT_EQ(last_words("invalid argument \"x\" for \"--cpus\" flag: no number\n\n"
                       "Usage:  docker run [OPTIONS] IMAGE [COMMAND] [ARG...]\n\n"
                       "Run 'docker run --help' for more information\n"),
            "invalid argument \"x\" for \"--cpus\" flag: no number");
  EXPECT_EQ(last_words("Usage: tool FILE\n"), "Usage: tool FILE");
}

TEST(LastWords, PassOverRewrittenProgressAndAnExitCode) {
  EXPECT_EQ(last_words("10 %\r50 %\rdone\n"), "done");
  EXPECT_EQ(last_words("windows\r\n"), "windows");
  EXPECT_EQ(last_words("services.x: invalid\n125\n"), "services.x: invalid");
  EXPECT_EQ(last_words("29\n"), "29");
}

}  // namespace
}  // namespace cuparity
