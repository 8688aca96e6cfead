#include "environment/process_environment.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "environment/fake_root.hpp"
#include "environment/process_environment_sources.hpp"

namespace cuparity::environment {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::Key;
using testing::Not;
using testing::Pair;

TEST(ProcessEnvironment, ReadsEveryKey) {
  FakeRoot root;
  root.write(".dockerenv");
  root.write("proc/cpuinfo",
             "processor\t: 0\nmodel name\t: Some CPU @ 2 GHz\nprocessor\t: 1\nmodel name\t: other\n");
  root.write("proc/self/status",
             "CapInh:\t0000000000000000\nCapEff:\t00000000a80425fb\nNoNewPrivs:\t1\nSeccomp:\t2\n"
             "Seccomp_filters:\t1\nSpeculation_Store_Bypass:\tthread force mitigated\n"
             "SpeculationIndirectBranch:\tconditional enabled\n"
             "Cpus_allowed:\tff\nCpus_allowed_list:\t0-7\nMems_allowed_list:\t0-1\n");
  root.write("proc/meminfo", "MemTotal: 1 kB\nHugePages_Total:      16\n");
  root.write("sys/devices/system/cpu/vulnerabilities/meltdown", "Mitigation: PTI\n");
  root.write("sys/bus/pci/devices/0000:c1:00.0/vendor", "0x10de\n");
  root.write("sys/bus/pci/devices/0000:c1:00.0/class", "0x030200\n");
  root.write("sys/bus/pci/devices/0000:c1:00.0/numa_node", "1\n");
  root.write("sys/bus/pci/devices/0000:c1:00.0/local_cpulist", "8-15\n");
  root.write("usr/lib/libnccl.so.2", "");
  root.write("proc/self/cgroup", "0::/\n");
  root.write("proc/self/mountinfo", "31 23 0:28 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
  root.write("sys/fs/cgroup/cpu.max", "150000 100000\n");
  root.write("sys/fs/cgroup/memory.max", "max\n");
  root.write("sys/devices/system/node/node0/cpulist", "0-7");
  root.write("sys/devices/system/node/node1/cpulist", "8-15");
  root.write("sys/devices/system/node/online", "0-1");
  root.write("sys/kernel/mm/transparent_hugepage/enabled", "always [madvise] never\n");
  root.write("etc/os-release", "NAME=\"Debian\"\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n");
  root.write("dev/nvidia0");
  root.write("dev/nvidiactl");
  root.write("proc/driver/nvidia/version",
             "NVRM version: NVIDIA UNIX x86_64 Kernel Module  580.65.06  Tue\n");
  root.write("dev/shm/x");
  const auto facts = read_process_environment(
      root.path(),
      {{"NVIDIA_VISIBLE_DEVICES", "void"}, {"LD_LIBRARY_PATH", "/x"}, {"HOME", "/root"}, {"CUDA_", ""}});
  EXPECT_THAT(facts, AllOf(Contains(Pair("cpu_model", "Some CPU @ 2 GHz")),
                           Contains(Pair("cpus_allowed", "0-7")), Contains(Pair("numa_nodes", "2")),
                           Contains(Pair("cpu_quota", "1.5")), Contains(Pair("memory_limit_bytes", "none")),
                           Contains(Key("kernel")), Contains(Pair("os", "Debian GNU/Linux 12 (bookworm)")),
                           Contains(Pair("container", "docker")), Contains(Pair("seccomp", "filter"))));
  EXPECT_THAT(facts, AllOf(Contains(Pair("no_new_privs", "1")),
                           Contains(Pair("effective_capabilities", "00000000a80425fb")),
                           Contains(Pair("speculation_store_bypass", "thread force mitigated")),
                           Contains(Key("memlock_limit")), Contains(Key("nofile_limit")),
                           Contains(Key("shm_bytes")), Contains(Pair("transparent_huge_pages", "madvise")),
                           Contains(Pair("nvidia_device_nodes", "/dev/nvidia0,/dev/nvidiactl")),
                           Contains(Pair("kernel_driver_version", "580.65.06"))));
  EXPECT_THAT(facts, AllOf(Contains(Pair("injection_path", "cdi")),
                           Contains(Pair("variable_NVIDIA_VISIBLE_DEVICES", "void")),
                           Contains(Pair("mems_allowed", "0-1")),
                           Contains(Pair("speculation_indirect_branch", "conditional enabled")),
                           Contains(Pair("huge_pages", "16")),
                           Contains(Pair("kernel_mitigations", "meltdown: PTI")),
                           Contains(Pair("gpu_numa_nodes", "0000:c1:00.0=1")),
                           Contains(Pair("gpu_local_cpus", "0000:c1:00.0=8-15")),
                           Contains(Pair("libnccl_path", "/usr/lib/libnccl.so.2")),
                           Contains(Pair("cuda_cache_path", "/root/.nv/ComputeCache")),
                           Contains(Pair("cuda_cache", "writable")), Contains(Key("libc_version")),
                           Contains(Pair("variable_LD_LIBRARY_PATH", "/x")),
                           Contains(Pair("variable_CUDA_", "")), Not(Contains(Key("variable_HOME")))));
}

TEST(ProcessEnvironment, SecretsAreNotRecorded) {
  const FakeRoot root;
  const auto facts = read_process_environment(
      root.path(), {{"NVIDIA_API_KEY", "nvapi-1"}, {"NCCL_PASSWORD", "p"}, {"CUDA_TOKEN", "t"}, {"NVIDIA_NGC_KEY", "k"}, {"NCCL_DEBUG", "INFO"}});
  EXPECT_THAT(facts, AllOf(Contains(Pair("variable_NVIDIA_API_KEY", "[secret]")), Contains(Pair("variable_NCCL_PASSWORD", "[secret]")),
                           Contains(Pair("variable_CUDA_TOKEN", "[secret]")), Contains(Pair("variable_NVIDIA_NGC_KEY", "[secret]")),
                           Contains(Pair("variable_NCCL_DEBUG", "INFO"))));
}

TEST(ProcessEnvironment, WhatCanNotBeReadIsAbsent) {
  const FakeRoot root;
  const auto facts = read_process_environment(root.path(), {});
  for (const char* key :
       {"cpu_model", "cpus_allowed", "numa_nodes", "cpu_quota", "memory_limit_bytes", "os", "seccomp",
        "transparent_huge_pages", "nvidia_device_nodes", "kernel_driver_version", "shm_bytes"})
    EXPECT_THAT(facts, Not(Contains(Key(key))));
  EXPECT_THAT(facts, Contains(Pair("container", "none")));
  EXPECT_THAT(facts, Contains(Pair("injection_path", "native")));
}

TEST(ProcessEnvironment, OfThisProcess) {
  const auto facts = process_environment();
  for (const char* key : {"cpus_allowed", "kernel", "container", "seccomp", "effective_capabilities",
                          "nofile_limit", "memlock_limit", "injection_path"}) {
    ASSERT_THAT(facts, Contains(Key(key)));
    EXPECT_FALSE(facts.at(key).empty()) << key;
  }
  EXPECT_THAT(facts, Not(Contains(Key("hostname"))));
}

TEST(LoadedLibraries, FindsTheCLibrary) {
  const auto found = loaded_libraries("libc.so");
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found.begin()->second.front(), '/');
  EXPECT_TRUE(loaded_libraries("libnosuchthing").empty());
}

}  // namespace
}  // namespace cuparity::environment
