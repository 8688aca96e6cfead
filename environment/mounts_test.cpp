#include "environment/mounts.hpp"

#include <gtest/gtest.h>

#include "environment/fake_root.hpp"

namespace cuparity::environment {
namespace {

TEST(Mounts, ReadsTagsAndEscapes) {
  FakeRoot root;
  root.write("proc/self/mountinfo",
             "36 35 98:0 /folder\\040one /mnt\\134two rw,noatime shared:1 master:2 - ext3 /dev/root "
             "rw,errors=continue\n"
             "not a mount\n");
  const auto mounts = read_mounts(root.path());
  ASSERT_EQ(mounts.size(), 1u);
  EXPECT_EQ(mounts[0].root, "/folder one");
  EXPECT_EQ(mounts[0].mount_point, "/mnt\\two");
  EXPECT_EQ(mounts[0].type, "ext3");
  EXPECT_EQ(mounts[0].source, "/dev/root");
  EXPECT_EQ(mounts[0].options, "rw,errors=continue");
}

TEST(Mounts, ThisProcessHasARootOrProc) {
  bool has_proc = false;
  for (const Mount& mount : read_mounts("/")) has_proc = has_proc || mount.type == "proc";
  EXPECT_TRUE(has_proc);
}

}  // namespace
}  // namespace cuparity::environment
