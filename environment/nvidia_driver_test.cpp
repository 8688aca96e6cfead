#include "environment/nvidia_driver.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "environment/fake_root.hpp"

namespace cuparity::environment {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(NvidiaDriver, NodesInOrder) {
  FakeRoot root;
  for (const char* node :
       {"nvidia10", "nvidia9", "nvidiactl", "nvidia-uvm", "null", "nvidia-caps/nvidia-cap1"})
    root.write(std::string("dev/") + node);
  const auto nodes = nvidia_device_nodes(root.path());
  EXPECT_THAT(nodes, ElementsAre("/dev/nvidia9", "/dev/nvidia10", "/dev/nvidiactl", "/dev/nvidia-uvm",
                                 "/dev/nvidia-caps/nvidia-cap1"));
  EXPECT_THAT(gpu_device_nodes(nodes), ElementsAre("/dev/nvidia9", "/dev/nvidia10"));
}

TEST(NvidiaDriver, NothingThere) {
  const FakeRoot root;
  EXPECT_THAT(nvidia_device_nodes(root.path()), IsEmpty());
  EXPECT_FALSE(kernel_driver_version(root.path()));
  EXPECT_THAT(kernel_driver_gpus(root.path()), IsEmpty());
}

TEST(NvidiaDriver, VersionOfBothModules) {
  FakeRoot root;
  root.write("proc/driver/nvidia/version",
             "NVRM version: NVIDIA UNIX x86_64 Kernel Module  470.82.01  Wed Oct 27 21:21:55 UTC 2021\n"
             "GCC version:  gcc version 12.2.0\n");
  EXPECT_EQ(kernel_driver_version(root.path()), "470.82.01");
  root.write("proc/driver/nvidia/version",
             "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.65.06  Release Build  (root)\n");
  EXPECT_EQ(kernel_driver_version(root.path()), "580.65.06");
  root.write("proc/driver/nvidia/version", "rubbish");
  EXPECT_FALSE(kernel_driver_version(root.path()));
}

TEST(NvidiaDriver, GpusOfTheKernelDriver) {
  FakeRoot root;
  root.write("proc/driver/nvidia/gpus/0000:01:00.0/information",
             "Model: \t\t NVIDIA Something\nGPU UUID: \t GPU-11111111-2222-3333-4444-555555555555\n"
             "Device Minor: \t 1\n");
  root.write("proc/driver/nvidia/gpus/0000:02:00.0/information",
             "GPU UUID: \t GPU-\?\?\?\?\?\?\?\?\nDevice Minor: \t 0\n");
  root.write("proc/driver/nvidia/gpus/0000:03:00.0/power", "D0\n");
  const auto gpus = kernel_driver_gpus(root.path());
  ASSERT_EQ(gpus.size(), 2u);
  EXPECT_EQ(gpus[0].uuid, "");
  EXPECT_EQ(gpus[0].minor, 0);
  EXPECT_EQ(gpus[1].uuid, "GPU-11111111-2222-3333-4444-555555555555");
  EXPECT_EQ(gpus[1].minor, 1);
}

TEST(NvidiaDriver, VersionInALibraryName) {
  EXPECT_EQ(library_driver_version("/usr/lib/x86_64-linux-gnu/libcuda.so.580.65.06"), "580.65.06");
  EXPECT_EQ(library_driver_version("/usr/lib/libcuda.so.1"), "");
  EXPECT_EQ(library_driver_version(""), "");
}

}  // namespace
}  // namespace cuparity::environment
