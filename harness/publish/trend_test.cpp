#include "harness/publish/trend.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "harness/publish/example_site.hpp"
#include "harness/publish/pages.hpp"
#include "harness/publish/run_summary_json.hpp"
#include "harness/stats/simulated_run.hpp"

namespace cuparity {
namespace {

std::vector<RunSummary> summaries(int days) {
  std::vector<RunSummary> runs;
  for (int day = 0; day < days; ++day) {
    const cuparity::Run run = example_run_of_day(day);
    runs.push_back(summarise(run, analyse(run), run_id(run.started_at, run.seed, 1)));
  }
  sort_newest_first(runs);
  return runs;
}

const BenchmarkTrend& named(const std::vector<BenchmarkTrend>& trends, const std::string& name) {
  return *std::find_if(trends.begin(), trends.end(),
                       [&](const BenchmarkTrend& trend) { return trend.benchmark == name; });
}

TEST(Trend, MachinesAreNeverPutIntoOneLine) {
  const std::vector<RunSummary> runs = summaries(40);
  const auto trends = trends_of(runs, 1);
  ASSERT_EQ(trends.size(), 7U);
  const BenchmarkTrend& gemm = named(trends, "gemm/cublaslt/bf16/8192");
  ASSERT_EQ(gemm.machines.size(), 2U);
  EXPECT_EQ(gemm.machines[0].runs.size() + gemm.machines[1].runs.size(), 40U);
  for (const MachineTrend& machine : gemm.machines) {
    EXPECT_EQ(machine.lines.size(), 3U);
    for (const RunSummary* run : machine.runs) EXPECT_EQ(machine_of(*run), machine.machine);
    EXPECT_TRUE(std::is_sorted(machine.runs.begin(), machine.runs.end(),
                               [](auto* a, auto* b) { return a->started_at < b->started_at; }));
  }
}

TEST(Trend, AChangeOfLevelIsFoundOnTheRightDay) {
  const std::vector<RunSummary> runs = summaries(40);
  const auto trends = trends_of(runs, 1);
  const BenchmarkTrend& gemm = named(trends, "gemm/cublaslt/bf16/8192");
  const auto machine = std::max_element(gemm.machines.begin(), gemm.machines.end(),
                                        [](auto& a, auto& b) { return a.runs.size() < b.runs.size(); });
  ASSERT_EQ(machine->changes.size(), 1U);
  EXPECT_EQ(machine->changes[0].mode, "docker:--gpus=all");
  EXPECT_EQ(machine->runs[machine->changes[0].at]->started_at, "2026-01-21T04:00:00Z");
  EXPECT_NEAR(machine->changes[0].effect, 1 / 1.031 - 1, 0.002);
}

/// Night 10 of 20 brings 1 %, which the clock hides in time.
std::vector<RunSummary> summaries_with_cycles() {
  std::vector<RunSummary> runs;
  for (int night = 0; night < 20; ++night) {
    SimulatedSamples random(static_cast<std::uint64_t>(night) + 1);
    SimulatedRun shape;
    shape.modes = {"native"};
    shape.benchmarks = {"gemm/own/fp32/4096/manual_time"};
    shape.effect = {{"native", night < 10 ? 0 : 0.01}};
    shape.clock_deviation = 0.05;
    cuparity::Run run = simulate_run(shape, random);
    run.started_at = fmt::format("2026-01-{:02}T04:00:00Z", night + 1);
    run.per_clock = {"^gemm/"};
    const RunSummary summary = summarise(run, analyse(run), run_id(run.started_at, run.seed, 1));
    runs.push_back(run_summary_from_json(to_json(summary)));
  }
  sort_newest_first(runs);
  return runs;
}

TEST(Trend, IsPerClockWhereEveryPointOfALineHasCycles) {
  std::vector<RunSummary> runs = summaries_with_cycles();
  std::vector<BenchmarkTrend> trends = trends_of(runs, 1);
  ASSERT_EQ(trends.at(0).machines.at(0).changes.size(), 1U);
  const TrendChange& change = trends[0].machines[0].changes[0];
  EXPECT_EQ(trends[0].machines[0].runs[change.at]->started_at, "2026-01-11T04:00:00Z");
  EXPECT_NEAR(change.effect, 0.01, 0.002);
  EXPECT_THAT(render_trend_page(trends[0], "site"), ::testing::HasSubstr(" % slower per clock from here on"));
  EXPECT_THAT(render_trend_csv(trends[0]), ::testing::HasSubstr(",verdict,cycles\r\n"));

  runs[3].measured.at(0).cycles.clear();
  trends = trends_of(runs, 1);
  EXPECT_THAT(trends[0].machines[0].changes, ::testing::IsEmpty());
}

TEST(Trend, AnotherDriverIsMarked) {
  const std::vector<RunSummary> runs = summaries(40);
  for (const BenchmarkTrend& trend : trends_of(runs, 1)) {
    for (const MachineTrend& machine : trend.machines) {
      ASSERT_EQ(machine.marks.size(), 1U);
      EXPECT_EQ(machine.marks[0].label, "driver 590.48.01 (before: driver 580.159.04)");
    }
  }
}

TEST(Trend, SlugsAreDistinctAndFitForFiles) {
  std::vector<RunSummary> runs = summaries(1);
  runs[0].measured.resize(3);
  runs[0].measured[0].benchmark = "a/b";
  runs[0].measured[1].benchmark = "a-b";
  runs[0].measured[2].benchmark = std::string(500, 'x') + "<>";
  const auto trends = trends_of(runs, 1);
  ASSERT_EQ(trends.size(), 3U);
  EXPECT_NE(trends[0].slug, trends[1].slug);
  for (const BenchmarkTrend& trend : trends) EXPECT_LT(trend.slug.size(), 80U);
}

TEST(Trend, CsvHoldsEveryPoint) {
  const std::vector<RunSummary> runs = summaries(10);
  const std::string csv = render_trend_csv(named(trends_of(runs, 1), "gemm/cublaslt/bf16/8192"));
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 1 + 10 * 3);
}

}  // namespace
}  // namespace cuparity
