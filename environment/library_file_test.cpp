#include "environment/library_file.hpp"

#include <gtest/gtest.h>

#include "environment/fake_root.hpp"

namespace cuparity::environment {
namespace {

namespace fs = std::filesystem;

std::string cache_with(const std::string& path) {
  using namespace std::string_literals;
  return "ld.so-1.7.0\0glibc-ld.so.cache1.1\0\x01\x02"s + "\0libm.so.6\0/lib/libm.so.6\0"s +
         "libnccl.so.2\0"s + path + "\0more"s;
}

TEST(LibraryFile, FollowsTheLinkersOrderToTheRealFile) {
  FakeRoot root;
  EXPECT_EQ(find_library_file(root.path(), {}, "libnccl.so.2"), "");
  root.write("usr/lib/libnccl.so.2", "elf");
  EXPECT_EQ(find_library_file(root.path(), {}, "libnccl.so.2"), "/usr/lib/libnccl.so.2");
  root.write("usr/lib/multiarch/libnccl.so.2.28.3", "elf");
  fs::create_symlink("libnccl.so.2.28.3", root.path() / "usr/lib/multiarch/libnccl.so.2");
  root.write("etc/ld.so.cache", cache_with("/usr/lib/multiarch/libnccl.so.2"));
  EXPECT_EQ(find_library_file(root.path(), {}, "libnccl.so.2"), "/usr/lib/multiarch/libnccl.so.2.28.3");
  root.write("own/libnccl.so.2", "elf");
  EXPECT_EQ(find_library_file(root.path(), {{"LD_LIBRARY_PATH", "/absent:/own"}}, "libnccl.so.2"),
            "/own/libnccl.so.2");
}

TEST(LibraryFile, PassesOverWhatTheCacheNamesButIsGone) {
  FakeRoot root;
  root.write("etc/ld.so.cache", cache_with("/gone/libnccl.so.2"));
  EXPECT_EQ(find_library_file(root.path(), {}, "libnccl.so.2"), "");
}

TEST(LibraryFileVersion, IsWhatFollowsTheSuffix) {
  EXPECT_EQ(library_file_version("/usr/lib/libnccl.so.2.28.3"), "2.28.3");
  EXPECT_EQ(library_file_version("/usr/lib/libnccl.so"), "");
  EXPECT_EQ(library_file_version("/usr/lib/libnccl.so.2.old"), "");
}

TEST(LibraryFile, FindsThisMachinesCLibrary) {
  const std::string path = find_library_file("/", {}, "libc.so.6");
  EXPECT_NE(path.find("libc"), std::string::npos) << path;
}

}  // namespace
}  // namespace cuparity::environment
