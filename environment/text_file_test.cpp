#include "environment/text_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "environment/fake_root.hpp"

namespace cuparity::environment {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(TextFile, MissingFilesAndFoldersAreNothing) {
  FakeRoot root;
  root.write("folder/file", "text\n");
  EXPECT_EQ(read_text_file(root.path() / "folder/file"), "text\n");
  EXPECT_FALSE(read_text_file(root.path() / "folder"));
  EXPECT_FALSE(read_text_file(root.path() / "nothing"));
}

TEST(TextFile, APipeIsNotWaitedFor) {
  const FakeRoot root;
  const auto pipe = root.path() / "pipe";
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_FALSE(read_text_file(pipe));
}

TEST(TextFile, AFileThatOpensButFailsToReadIsNothing) {
  // The first page of this process's memory: open, but EIO.
  EXPECT_NO_THROW(EXPECT_FALSE(read_text_file("/proc/self/mem")));
}

TEST(TextFile, SplitLeavesEmptyPiecesOut) {
  EXPECT_THAT(split("a::b:", ':'), ElementsAre("a", "b"));
  EXPECT_THAT(split("", ':'), IsEmpty());
  EXPECT_EQ(join({"a", "b"}, ", "), "a, b");
}

TEST(TextFile, FindValueTakesTheFirstWholeName) {
  const std::string text = "model\t\t: 1\nmodel name\t: Some: CPU\nmodel name\t: other\n";
  EXPECT_EQ(find_value(text, "model name", ':'), "Some: CPU");
  EXPECT_EQ(find_value(text, "model", ':'), "1");
  EXPECT_FALSE(find_value(text, "name", ':'));
  EXPECT_EQ(find_value("A=\"quoted\"\n", "A", '='), "quoted");
}

}  // namespace
}  // namespace cuparity::environment
