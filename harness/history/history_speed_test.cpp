// The history at full size: 10,000 runs of 100 benchmarks. The goal on two cores is 10 s for the drift; a test
// asserts no time, it prints it.
#include <gtest/gtest.h>

#include <chrono>
#include <functional>

#include "harness/history/drift.hpp"
#include "harness/history/synthetic_history.hpp"

namespace cuparity {
namespace {

double seconds_of(const std::function<void()>& work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

TEST(HistorySpeed, DriftOverAMillionPoints) {
  const TemporaryFolder folder;
  SimulatedSamples random(1);
  write_history(folder.path(), 10'000, 100, [&](int run, int benchmark) {
    const bool slower = benchmark % 10 == 0 && run >= 7'000;  // one in ten changes
    return 1e-3 * (slower ? 1.02 : 1) * std::exp(0.01 * random.normal());
  });
  std::printf("reading all files: %.1f s\n", seconds_of([&] { HistoryIndex(folder.path()).update(); }));

  for (const char* measure : {"in time", "per clock"}) {
    int changes = 0;
    const double seconds = seconds_of([&] {
      HistoryIndex index(folder.path());
      index.update();
      ChangePointSettings settings;
      settings.threads = 2;
      for (const SeriesDrift& drift : find_drift(index, "", "", {}, settings))
        changes += static_cast<int>(drift.changes.size());
    });
    std::printf("drift over all series %s: %.2f s, %d changes\n", measure, seconds, changes);
    EXPECT_GE(changes, 10);
    EXPECT_LE(changes, 12);  // alpha 1 %
    count_cycles(folder.path());
  }
}

}  // namespace
}  // namespace cuparity
