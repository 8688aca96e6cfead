#include "harness/report/telemetry_view.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace cuparity {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Trial watched(const std::string& mode, const std::string& started_at, const std::string& reasons) {
  Trial trial;
  trial.mode = mode;
  trial.started_at = started_at;
  trial.telemetry = {{"sm_clock_mhz_min", "1800"},
                     {"sm_clock_mhz_median", "1980"},
                     {"sm_clock_mhz_max", "1980"},
                     {"clocks_event_reasons", reasons}};
  trial.telemetry_series = {{"seconds", {0.1, 0.2, 0.3, 0.4}},
                            {"sm_clock_mhz", {1980, 1960, 1800, 1980}},
                            {"clocks_event_reasons", {0, 4, 1, 0}}};
  return trial;
}

TEST(TelemetryView, ALineAModeWithExtremesAndReasons) {
  cuparity::Run run;
  run.trials = {watched("a", "2026-01-01T00:00:00Z", "sw_power_cap, gpu_idle"),
                watched("a", "2026-01-01T00:00:10Z", "sw_power_cap")};
  const auto lines = telemetry_cells(run, {"a", "never watched"});
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0].sm_clock, "1980 MHz (1800 … 1980)");
  EXPECT_EQ(lines[0].power, "–");
  EXPECT_EQ(lines[0].reasons, "gpu_idle in 1, sw_power_cap in 2 of 2 processes");
}

TEST(TelemetryView, CurvesStandOnOneTimeLineWithGapsBetweenProcesses) {
  cuparity::Run run;
  run.trials = {watched("a", "2026-01-01T00:00:00Z", ""), watched("b", "2026-01-01T00:00:05Z", ""),
                watched("a", "2026-01-01T00:00:10Z", "")};
  const auto curves = telemetry_curves(run, {"a", "b"}, 4);
  ASSERT_EQ(curves.size(), 2U);
  const TelemetryCurve& a = curves[0];
  ASSERT_EQ(a.seconds.size(), 5U);  // two points a process, and the gap
  EXPECT_DOUBLE_EQ(a.seconds[0], 0.15);
  EXPECT_DOUBLE_EQ(a.seconds[4], 10.35);
  EXPECT_DOUBLE_EQ(a.values.at("sm_clock_mhz")[0], 1970);
  EXPECT_TRUE(std::isnan(a.values.at("sm_clock_mhz")[2]));
  EXPECT_TRUE(std::isnan(a.values.at("power_watts")[0]));
  EXPECT_EQ(a.clocks_event_reasons[0], 4);
  EXPECT_EQ(a.clocks_event_reasons[1], 1);
  EXPECT_DOUBLE_EQ(curves[1].seconds[0], 5.1);
}

TEST(TelemetryView, NothingWatchedNothingShown) {
  cuparity::Run run;
  run.trials.emplace_back().mode = "a";
  EXPECT_THAT(telemetry_cells(run, {"a"}), IsEmpty());
  EXPECT_THAT(telemetry_curves(run, {"a"}), IsEmpty());
}

}  // namespace
}  // namespace cuparity
