#include "harness/run/folder_lock.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <optional>

#include "environment/temporary_folder.hpp"
#include "harness/errors.hpp"

namespace cuparity {
namespace {

using testing::HasSubstr;

TEST(FolderLock, KeepsASecondWriterOutAndLeavesNothing) {
  const TemporaryFolder folder;
  {
    const FolderLock first(folder.path());
    EXPECT_THAT([&] { FolderLock second(folder.path()); },
                testing::ThrowsMessage<UsageError>(HasSubstr(folder.path().string() + "; wait for it")));
  }
  EXPECT_NO_THROW(FolderLock third(folder.path()));
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(FolderLock, ChildrenDoNotInheritIt) {
  const TemporaryFolder folder;
  std::optional<FolderLock> first(folder.path());
  std::FILE* child = popen("cat", "w");  // lives until its input ends
  ASSERT_NE(child, nullptr);
  first.reset();
  EXPECT_NO_THROW(FolderLock second(folder.path()));
  pclose(child);
}

}  // namespace
}  // namespace cuparity
