#include "environment/cgroup.hpp"

#include <gtest/gtest.h>

#include "environment/fake_root.hpp"

namespace cuparity::environment {
namespace {

constexpr const char* v2_mount = "31 23 0:28 / /sys/fs/cgroup rw,relatime - cgroup2 cgroup2 rw,nsdelegate\n";
constexpr const char* v1_mounts =
    "32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n"
    "35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n";
constexpr const char* v1_no_memory_limit = "9223372036854771712\n";

TEST(Cgroup, NothingKnownWithoutFiles) {
  const FakeRoot root;
  const CgroupLimits limits = read_cgroup_limits(root.path());
  EXPECT_FALSE(limits.cpu_known);
  EXPECT_FALSE(limits.memory_known);
  EXPECT_FALSE(limits.cpu_quota_cores);
}

TEST(Cgroup, Version2InContainerSeesItsGroupAsTop) {
  FakeRoot root;
  root.write("proc/self/cgroup", "0::/\n");
  root.write("proc/self/mountinfo", v2_mount);
  root.write("sys/fs/cgroup/cpu.max", "150000 100000\n");
  root.write("sys/fs/cgroup/memory.max", "1073741824\n");
  const CgroupLimits limits = read_cgroup_limits(root.path());
  ASSERT_TRUE(limits.cpu_quota_cores);
  EXPECT_DOUBLE_EQ(*limits.cpu_quota_cores, 1.5);
  EXPECT_EQ(limits.memory_limit_bytes, std::uint64_t{1} << 30);
}

TEST(Cgroup, Version2TopWithoutFilesIsNoLimit) {
  FakeRoot root;
  root.write("proc/self/cgroup", "0::/\n");
  root.write("proc/self/mountinfo", v2_mount);
  root.write("sys/fs/cgroup/cgroup.procs", "1\n");
  const CgroupLimits limits = read_cgroup_limits(root.path());
  EXPECT_TRUE(limits.cpu_known);
  EXPECT_TRUE(limits.memory_known);
  EXPECT_FALSE(limits.cpu_quota_cores);
  EXPECT_FALSE(limits.memory_limit_bytes);
}

TEST(Cgroup, TheTightestAncestorBinds) {
  FakeRoot root;
  root.write("proc/self/cgroup", "0::/user.slice/session.scope\n");
  root.write("proc/self/mountinfo", v2_mount);
  root.write("sys/fs/cgroup/user.slice/session.scope/cpu.max", "max 100000\n");
  root.write("sys/fs/cgroup/user.slice/session.scope/memory.max", "2000\n");
  root.write("sys/fs/cgroup/user.slice/cpu.max", "50000 100000\n");
  root.write("sys/fs/cgroup/user.slice/memory.max", "3000\n");
  const CgroupLimits limits = read_cgroup_limits(root.path());
  EXPECT_DOUBLE_EQ(limits.cpu_quota_cores.value_or(0), 0.5);
  EXPECT_EQ(limits.memory_limit_bytes, 2000u);
}

TEST(Cgroup, Version1) {
  FakeRoot root;
  root.write("proc/self/cgroup", "4:memory:/jobs/a\n2:cpu,cpuacct:/jobs/a\n");
  root.write("proc/self/mountinfo", v1_mounts);
  root.write("sys/fs/cgroup/cpu,cpuacct/jobs/a/cpu.cfs_quota_us", "200000\n");
  root.write("sys/fs/cgroup/cpu,cpuacct/jobs/a/cpu.cfs_period_us", "100000\n");
  root.write("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "-1\n");
  root.write("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000\n");
  root.write("sys/fs/cgroup/memory/jobs/a/memory.limit_in_bytes", v1_no_memory_limit);
  const CgroupLimits limits = read_cgroup_limits(root.path());
  EXPECT_DOUBLE_EQ(limits.cpu_quota_cores.value_or(0), 2.0);
  EXPECT_TRUE(limits.memory_known);
  EXPECT_FALSE(limits.memory_limit_bytes);
}

TEST(Cgroup, Version1InContainerWithHostPath) {
  FakeRoot root;
  root.write("proc/self/cgroup", "4:memory:/docker/abc\n");
  root.write("proc/self/mountinfo",
             "35 31 0:32 /docker/abc /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory\n");
  root.write("sys/fs/cgroup/memory/memory.limit_in_bytes", "4096\n");
  EXPECT_EQ(read_cgroup_limits(root.path()).memory_limit_bytes, 4096u);
}

TEST(Cgroup, HybridTakesVersion1WhereTheControllerIs) {
  FakeRoot root;
  root.write("proc/self/cgroup", "4:memory:/\n1:name=systemd:/\n0::/\n");
  root.write("proc/self/mountinfo",
             "35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
             "41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n");
  root.write("sys/fs/cgroup/memory/memory.limit_in_bytes", "8192\n");
  root.write("sys/fs/cgroup/unified/cpu.max", "300000 100000\n");
  const CgroupLimits limits = read_cgroup_limits(root.path());
  EXPECT_EQ(limits.memory_limit_bytes, 8192u);
  EXPECT_DOUBLE_EQ(limits.cpu_quota_cores.value_or(0), 3.0);
}

TEST(Cgroup, RubbishIsNoLimit) {
  FakeRoot root;
  root.write("proc/self/cgroup", "rubbish\n0::/../other\n");
  root.write("proc/self/mountinfo", std::string("short line\n") + v2_mount);
  root.write("sys/fs/cgroup/cpu.max", "a b\n");
  root.write("sys/fs/cgroup/memory.max", "-5\n");
  const CgroupLimits limits = read_cgroup_limits(root.path());
  EXPECT_TRUE(limits.cpu_known);
  EXPECT_FALSE(limits.cpu_quota_cores);
  EXPECT_FALSE(limits.memory_limit_bytes);
}

}  // namespace
}  // namespace cuparity::environment
