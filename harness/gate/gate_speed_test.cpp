// A gate against a history of full size: 10,000 runs of 100 benchmarks. The goal on two cores is 2 s; a test
// asserts no time, it prints it.
#include <gtest/gtest.h>

#include <chrono>

#include "harness/gate/gate_formats.hpp"
#include "harness/gate/history_gate.hpp"
#include "harness/history/synthetic_history.hpp"
#include "harness/record/result_file.hpp"

namespace cuparity {
namespace {

TEST(GateSpeed, AgainstAMillionPoints) {
  const TemporaryFolder folder;
  SimulatedSamples random(1);
  write_history(folder.path(), 10'000, 100,
                [&](int, int) { return 1e-3 * std::exp(0.01 * random.normal()); });
  HistoryIndex(folder.path()).update();
  const auto candidate = folder.path() / "run-09999.json";

  for (const Measure measure : {Measure::seconds, Measure::cycles}) {
    const auto begin = std::chrono::steady_clock::now();
    HistoryIndex index(folder.path());
    index.update();
    ResultFile file = result_file("new", std::get<BenchmarkFile>(load_result(candidate)));
    for (Sample& sample : file.samples) {
      if (measure == Measure::cycles) sample.cycles = {1.5e9 * sample.seconds.at(0)};
    }
    GateResult result = gate_on_history(index, "runs", file, "", left_out_run(candidate), {});
    conclude(result);
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    std::printf("gate %s: %.2f s\n", measure == Measure::cycles ? "per clock" : "in time", seconds);
    EXPECT_EQ(result.entries.size(), 100U);
    EXPECT_EQ(result.entries[0].comparison.n, history_window);
    EXPECT_EQ(result.entries[0].comparison.measure, measure);
    count_cycles(folder.path());
  }
}

}  // namespace
}  // namespace cuparity
