#include "harness/publish/run_summary.hpp"

#include <gtest/gtest.h>

#include "harness/report/example_run.hpp"

namespace cuparity {
namespace {

TEST(RunSummary, HoldsWhatTheIndexShows) {
  const Example example = example_run();
  const RunSummary summary = summarise(example.run, example.analysis, "x");
  EXPECT_EQ(summary.device, "NVIDIA H200");
  EXPECT_EQ(summary.driver, "580.159.04");
  EXPECT_EQ(summary.verdict_class, "slower");
  EXPECT_EQ(summary.modes.front(), "native");
  EXPECT_EQ(summary.measured.size(), 3U * 7U);
  EXPECT_EQ(summary.measured.front().seconds.size(), 8U);
  EXPECT_NEAR(*summary.measured.front().bytes, 3.2212e9, 1e5);
}

TEST(RunSummary, ShowsWhatTheBenchmarkIsAbout) {
  MeasuredSeries triad, gemm, launch;
  triad.bytes = 24;
  triad.flops = 2;
  gemm.bytes = 1;
  gemm.flops = 1000;
  EXPECT_FALSE(shows_flops(triad));
  EXPECT_TRUE(shows_flops(gemm));
  EXPECT_FALSE(shows_flops(launch));
}

TEST(RunSummary, OfNothing) {
  const RunSummary summary = summarise(cuparity::Run{}, Analysis{}, "x");
  EXPECT_EQ(summary.verdict, "nothing compared");
  EXPECT_EQ(machine_of(summary), "unknown device");
}

TEST(RunSummary, IdsAreFileNamesAndDistinct) {
  EXPECT_EQ(run_id("2026-03-01T10:00:00Z", 1, 2), run_id("2026-03-01T10:00:00Z", 1, 2));
  EXPECT_NE(run_id("2026-03-01T10:00:00Z", 1, 2), run_id("2026-03-01T10:00:00Z", 1, 2.5));
  EXPECT_NE(run_id("2026-03-01T10:00:00Z", 1, 2), run_id("2026-03-01T10:00:00Z", 2, 2));
  EXPECT_EQ(run_id("2026-03-01T10:00:00Z", 1, 2).substr(0, 17), "20260301T100000Z-");
  EXPECT_EQ(run_id("../<x>", 1, 2).substr(0, 4), "run-");
}

}  // namespace
}  // namespace cuparity
