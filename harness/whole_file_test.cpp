#include "harness/whole_file.hpp"

#include <gmock/gmock.h>

#include <fstream>

#include "environment/temporary_folder.hpp"
#include "environment/text_file.hpp"
#include "harness/errors.hpp"

namespace cuparity {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::StartsWith;

std::string error_of(const fs::path& path) {
  try {
    write_whole_file(path, "new", "choose another --out");
    return "";
  } catch (const EnvironmentError& error) {
    return error.what();
  }
}

TEST(WholeFile, ReplacesTheOldOneAndLeavesNothingElse) {
  const TemporaryFolder folder;
  const fs::path path = folder.path() / "a.json";
  std::ofstream(path) << "a longer old text";
  write_whole_file(path, "new", "");
  EXPECT_EQ(environment::read_text_file(path), "new");
  EXPECT_EQ(std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator()), 1);
}

TEST(WholeFile, SaysWhyNot) {
  const TemporaryFolder folder;
  EXPECT_EQ(error_of(folder.path() / "none" / "a"),
            "writing " + (folder.path() / "none" / "a").string() + ": No such file or directory; choose another --out");
  EXPECT_THAT(error_of("/dev/full"), StartsWith("writing /dev/full: No space left on device"));
  EXPECT_THAT(error_of(folder.path()), HasSubstr("Is a directory"));
}

TEST(WholeFile, TakesThePlaceOfALink) {
  const TemporaryFolder folder;
  const fs::path link = folder.path() / "link", file = folder.path() / "file";
  std::ofstream(file) << "old";
  for (const char* target : {"file", "/dev/null", "nothing"}) {
    fs::remove(link);
    fs::create_symlink(target, link);
    write_whole_file(link, "new", "");
    EXPECT_FALSE(fs::is_symlink(link)) << target;
    EXPECT_EQ(environment::read_text_file(link), "new");
  }
  EXPECT_EQ(environment::read_text_file(file), "old");
}

TEST(WholeFile, IsWrittenThroughALinkThatTheUserNamed) {
  const TemporaryFolder folder;
  const fs::path link = folder.path() / "link", file = folder.path() / "file";
  std::ofstream(file) << "old";
  fs::create_symlink("file", link);
  write_whole_file(link, "new", "", AtLink::followed);
  EXPECT_TRUE(fs::is_symlink(link));
  EXPECT_EQ(environment::read_text_file(file), "new");
}

TEST(WholeFile, ALinkInThePlaceOfThePartialOneIsNotFollowed) {
  const TemporaryFolder folder;
  const fs::path path = folder.path() / "a.json", other = folder.path() / "other";
  std::ofstream(other) << "old";
  fs::create_symlink("other", folder.path() / "a.json.partial");
  write_whole_file(path, "new", "");
  EXPECT_EQ(environment::read_text_file(other), "old");
  EXPECT_EQ(environment::read_text_file(path), "new");
  EXPECT_FALSE(fs::is_symlink(path));
}

TEST(WholeFile, TheOldOneOutlivesAFailure) {
  const TemporaryFolder folder;
  const fs::path path = folder.path() / "a.json";
  std::ofstream(path) << "old";
  fs::create_directories(folder.path() / "a.json.partial");  // so that it can't be written
  EXPECT_THAT(error_of(path), HasSubstr("Is a directory"));
  EXPECT_EQ(environment::read_text_file(path), "old");
}

}  // namespace
}  // namespace cuparity
