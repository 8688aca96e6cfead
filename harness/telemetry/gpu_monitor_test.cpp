#include "harness/telemetry/gpu_monitor.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>

namespace cuparity {
namespace {

using environment::NvmlReading;

NvmlReading reading(unsigned clock, std::uint64_t reasons, unsigned processes) {
  NvmlReading result;
  result.sm_clock_mhz = clock;
  result.clocks_event_reasons = reasons;
  result.processes = processes;
  return result;
}

TrialReadings quiet_trial() {
  return {reading(345, 1, 0),
          {reading(1980, 0, 1), reading(1965, 4, 1), reading(1200, 0, 1)},
          reading(1980, 0, 0)};
}

TEST(Summarise, GivesMinimumMedianAndMaximumOfWhatWasReadDuringTheTrial) {
  const auto summary = summarise(quiet_trial(), 1);
  EXPECT_EQ(summary.at("sm_clock_mhz_min"), "1200");
  EXPECT_EQ(summary.at("sm_clock_mhz_median"), "1965");
  EXPECT_EQ(summary.at("sm_clock_mhz_max"), "1980");
  EXPECT_EQ(summary.at("samples"), "3");
  EXPECT_EQ(summary.count("power_watts_min"), 0u) << "nothing is made up where the driver reports nothing";
}

TEST(Summarise, RecordsASoftwarePowerCapWithoutRejecting) {
  const auto summary = summarise(quiet_trial(), 1);
  EXPECT_EQ(summary.count("block_rejected"), 0u);
  EXPECT_NE(summary.at("clocks_event_reasons"), "");
}

TEST(Summarise, RejectsThermalAndHardwareSlowdownAndPowerBrake) {
  for (const std::uint64_t reason : {0x08, 0x20, 0x40, 0x80}) {
    TrialReadings readings = quiet_trial();
    readings.during[1].clocks_event_reasons = reason;
    EXPECT_EQ(summarise(readings, 1).count("block_rejected"), 1u) << "reason " << reason;
  }
}

TEST(Summarise, RejectsAForeignProcessSeenBeforeDuringOrAfter) {
  TrialReadings before = quiet_trial();
  before.before.processes = 1;
  TrialReadings during = quiet_trial();
  during.during[2].processes = 2;
  TrialReadings after = quiet_trial();
  after.after.processes = 1;
  for (const TrialReadings& readings : {before, during, after}) {
    EXPECT_EQ(summarise(readings, 1).at("foreign_processes"), "1");
    EXPECT_THAT(summarise(readings, 1).at("block_rejected"),
                testing::HasSubstr("1 other compute process on the GPU"));
  }
  EXPECT_EQ(summarise(during, 2).count("block_rejected"), 0u)
      << "a second process of the trial itself is allowed";
}

TEST(SeriesOf, KeepsEveryReadingOfAShortTrialWithItsTime) {
  TrialReadings readings = quiet_trial();
  readings.seconds = {0.1, 0.2, 0.3};
  const auto series = series_of(readings);
  EXPECT_THAT(series.at("seconds"), testing::ElementsAre(0.1, 0.2, 0.3));
  EXPECT_THAT(series.at("sm_clock_mhz"), testing::ElementsAre(1980, 1965, 1200));
  EXPECT_THAT(series.at("clocks_event_reasons"), testing::ElementsAre(0, 4, 0));
  EXPECT_THAT(series.at("power_watts"), testing::Each(testing::IsNan())) << "not read, not made up";
}

TEST(SeriesOf, PutsNeighboursTogetherWhereThereAreTooMany) {
  TrialReadings readings;
  for (int i = 0; i < 1000; ++i) {
    readings.during.push_back(reading(1000u + static_cast<unsigned>(i % 2) * 10, i == 500 ? 0x40 : 0, 1));
    readings.seconds.push_back(0.1 * i);
  }
  const auto series = series_of(readings, 100);
  for (const auto& [name, values] : series) EXPECT_EQ(values.size(), 100u) << name;
  EXPECT_THAT(series.at("sm_clock_mhz"), testing::Each(1005));
  EXPECT_EQ(series.at("clocks_event_reasons")[50], 0x40) << "a reason seen once is not lost";
  EXPECT_TRUE(std::is_sorted(series.at("seconds").begin(), series.at("seconds").end()));
}

TEST(SeriesOf, IsEmptyWhereNothingWasRead) { EXPECT_TRUE(series_of({}).empty()); }

TEST(GpuMonitor, ReadsBeforeDuringAndAfter) {
  std::atomic<unsigned> calls{0};
  GpuMonitor monitor([&] { return reading(++calls, 0, 0); }, std::chrono::milliseconds(1));
  for (int trial = 0; trial < 2; ++trial) {
    const unsigned first = calls + 1;
    monitor.start();
    while (calls < first + 3) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    const TrialReadings readings = monitor.stop();
    EXPECT_EQ(readings.before.sm_clock_mhz, first);
    ASSERT_GE(readings.during.size(), 3u);
    EXPECT_EQ(readings.seconds.size(), readings.during.size());
    EXPECT_EQ(readings.during.front().sm_clock_mhz, first + 1) << "readings of an earlier trial are gone";
    EXPECT_EQ(readings.after.sm_clock_mhz, calls);
  }
}

TEST(GpuMonitor, GivesTheTrialsOwnProcessAMomentToLeave) {
  int calls = 0;
  GpuMonitor monitor([&] { return reading(1980, 0, ++calls < 3 ? 1 : 0); }, std::chrono::hours(1));
  monitor.start();
  EXPECT_EQ(monitor.stop().before.processes, 0u);
}

TEST(GpuMonitor, StopsWithoutWaitingForTheInterval) {
  GpuMonitor monitor([] { return NvmlReading{}; }, std::chrono::hours(1));
  monitor.start();
  EXPECT_EQ(monitor.stop().during.size(), 0u);
}

}  // namespace
}  // namespace cuparity
