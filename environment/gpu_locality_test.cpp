#include "environment/gpu_locality.hpp"

#include <gtest/gtest.h>

#include "environment/fake_root.hpp"

namespace cuparity::environment {
namespace {

TEST(GpuLocality, NamesNvidiaGpusAlone) {
  FakeRoot root;
  const auto device = [&](const std::string& id, const char* vendor, const char* device_class) {
    root.write("sys/bus/pci/devices/" + id + "/vendor", vendor);
    root.write("sys/bus/pci/devices/" + id + "/class", device_class);
  };
  device("0000:c1:00.0", "0x10de\n", "0x030200\n");
  root.write("sys/bus/pci/devices/0000:c1:00.0/numa_node", "1\n");
  root.write("sys/bus/pci/devices/0000:c1:00.0/local_cpulist", "48-95\n");
  device("0000:01:00.0", "0x10de\n", "0x030000\n");
  device("0000:01:00.1", "0x10de\n", "0x040300\n");  // its sound
  device("0000:02:00.0", "0x1002\n", "0x030000\n");
  const auto gpus = gpu_locality(root.path());
  ASSERT_EQ(gpus.size(), 2u);
  EXPECT_EQ(gpus[0].pci_bus_id, "0000:01:00.0");
  EXPECT_EQ(gpus[0].numa_node, -1);
  EXPECT_EQ(gpus[0].cpus, "");
  EXPECT_EQ(gpus[1].numa_node, 1);
  EXPECT_EQ(gpus[1].cpus, "48-95");
}

TEST(GpuLocality, IsEmptyWithoutAPciBus) {
  FakeRoot root;
  EXPECT_TRUE(gpu_locality(root.path()).empty());
}

}  // namespace
}  // namespace cuparity::environment
