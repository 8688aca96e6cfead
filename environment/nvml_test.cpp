// Against fake_nvml.cpp, which stands before any real libnvidia-ml.so.1 on this program's library path.
#include "environment/nvml.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

namespace cuparity::environment {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(Nvml, ReadsBothGpus) {
  std::string failure;
  const auto nvml = Nvml::open(failure);
  ASSERT_TRUE(nvml) << failure;
  EXPECT_THAT(failure, IsEmpty());
  EXPECT_EQ(nvml->driver_version(), "580.65.06");
  EXPECT_EQ(nvml->cuda_driver_version(), "12.4");
  EXPECT_THAT(nvml->library_path(), EndsWith("fake_nvml/libnvidia-ml.so.1"));
  const auto devices = nvml->devices();
  ASSERT_EQ(devices.size(), 2u);
  EXPECT_EQ(devices[0].name, "Fake GPU");
  EXPECT_EQ(devices[1].uuid, "GPU-1");
  EXPECT_EQ(devices[1].index, 1u);
  EXPECT_EQ(devices[0].pci_bus_id, "00000000:C1:00.0");
  EXPECT_EQ(devices[0].memory_total_bytes, std::uint64_t{1} << 37);
  EXPECT_EQ(devices[0].persistence_mode, true);
  EXPECT_EQ(devices[0].ecc_enabled, false);
  EXPECT_EQ(devices[0].board_part_number, "692-2G520-0282-001");
  EXPECT_EQ(devices[1].board_part_number, "");
}

TEST(Nvml, FindsAGpuByUuidAndNoOther) {
  std::string failure;
  const auto nvml = Nvml::open(failure);
  ASSERT_TRUE(nvml) << failure;
  EXPECT_EQ(nvml->find_by_uuid("GPU-1"), 0);
  EXPECT_EQ(nvml->find_by_uuid("GPU-2"), 6);
  EXPECT_EQ(nvml->devices()[1].minor, 1u);
}

TEST(Nvml, AMissingFunctionIsAnEmptyField) {
  std::string failure;
  const auto nvml = Nvml::open(failure);
  ASSERT_TRUE(nvml) << failure;
  EXPECT_FALSE(nvml->devices()[0].mig_enabled);
}

TEST(Nvml, Reading) {
  std::string failure;
  const auto nvml = Nvml::open(failure);
  ASSERT_TRUE(nvml) << failure;
  const NvmlReading reading = nvml->read(0);
  EXPECT_EQ(reading.sm_clock_mhz, 1980u);
  EXPECT_EQ(reading.memory_clock_mhz, 3201u);
  EXPECT_EQ(reading.temperature_celsius, 33u);
  EXPECT_DOUBLE_EQ(reading.power_watts.value_or(0), 75.5);
  EXPECT_EQ(reading.clocks_event_reasons, 5u);
  EXPECT_EQ(reading.processes, 3u);
}

TEST(Nvml, WhatTheGpuDoesNotSupportIsEmpty) {
  std::string failure;
  const auto nvml = Nvml::open(failure);
  ASSERT_TRUE(nvml) << failure;
  EXPECT_FALSE(nvml->devices()[1].ecc_enabled);
  EXPECT_FALSE(nvml->read(1).power_watts);
  EXPECT_EQ(nvml->read(1).processes, 0u);
  EXPECT_FALSE(nvml->read(7).sm_clock_mhz);
}

TEST(Nvml, FailedInitialisationSaysTheCode) {
  setenv("CUPARITY_FAKE_NVML_INIT", "18", 1);
  std::string failure;
  int code = 0;
  const auto nvml = Nvml::open(failure, &code);
  EXPECT_EQ(code, 18);
  unsetenv("CUPARITY_FAKE_NVML_INIT");
  EXPECT_FALSE(nvml);
  EXPECT_THAT(failure, HasSubstr("NVML error 18 (Driver/library version mismatch)"));
}

TEST(Nvml, ReasonNames) {
  EXPECT_THAT(clocks_event_reason_names(0), IsEmpty());
  EXPECT_THAT(clocks_event_reason_names(0x5), ElementsAre("gpu_idle", "sw_power_cap"));
  EXPECT_THAT(clocks_event_reason_names(0x40 | (1ull << 40)), ElementsAre("hw_thermal_slowdown", "bit_40"));
}

}  // namespace
}  // namespace cuparity::environment
