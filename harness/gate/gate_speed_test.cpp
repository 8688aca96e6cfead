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

  const auto begin = std::chrono::steady_clock::now();
  HistoryIndex index(folder.path());
  index.update();
  const ResultFile file = result_file("new", std::get<BenchmarkFile>(load_result(candidate)));
  GateResult result = gate_on_history(index, "runs", file, "", candidate, {});
  conclude(result);
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  std::printf("gate: %.2f s\n", seconds);
  EXPECT_EQ(result.entries.size(), 100U);
  EXPECT_EQ(result.entries[0].comparison.n, history_window);
}

}  // namespace
}  // namespace cuparity
