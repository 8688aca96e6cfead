// A thousand runs on two cores in half a minute, and a second time with nothing to write.
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <iostream>

#include "harness/publish/example_site.hpp"
#include "harness/publish/publish.hpp"
#include "harness/stats/simulated_run.hpp"

namespace cuparity {
namespace {

/// As large as what the quick suite leaves: 12 benchmarks, 2 modes, 12 blocks, 5 repetitions.
cuparity::Run quick_run(int day, const std::map<std::string, std::string>& environment, SimulatedSamples& random) {
  SimulatedRun shape;
  shape.benchmarks.clear();
  for (int i = 0; i < 12; ++i) shape.benchmarks.push_back(fmt::format("gemm/own/fp32/{}/manual_time", 1024 << i));
  cuparity::Run run = simulate_run(shape, random);
  run.started_at = fmt::format("20{:02}-{:02}-{:02}T04:00:00Z", 20 + day / 336, 1 + day / 28 % 12, 1 + day % 28);
  run.seed = static_cast<std::uint64_t>(day);
  for (Trial& trial : run.trials) {
    trial.environment = environment;
    for (Row& row : trial.rows) {
      row.flops_per_second = 1e13 / row.seconds;
      row.label["algorithm"] = "algo 66, split-K 1";
      for (int i = 1; i < 5; ++i) row.repetitions.push_back(row.seconds * (1 + 0.001 * random.normal()));
    }
  }
  return run;
}

/// Of this process so far, user and system together.
double processor_seconds() {
  rusage usage = {};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

TEST(PublishSlow, AThousandRuns) {
  namespace fs = std::filesystem;
  const fs::path folder = fs::temp_directory_path() / ("cuparity-thousand-" + std::to_string(getpid()));
  SimulatedSamples random(1);
  std::map<std::string, std::string> environment = example_run().run.trials[0].environment;
  for (int i = 0; i < 40; ++i) {  // as many keys as a process on a GPU writes
    environment[fmt::format("libexample{}_path", i)] = fmt::format("/usr/lib/x86_64-linux-gnu/libexample.so.{}", i);
  }
  for (int day = 0; day < 1000; ++day) {
    write_run(folder / "in" / std::to_string(day), quick_run(day, environment, random));
  }
  PublishOptions options;
  options.runs = {folder / "in"};
  options.out = folder / "site";
  options.threads = 2;
  options.key = "a secret of the tests";
  for (const std::size_t rendered : {1000U, 0U}) {
    const auto start = std::chrono::steady_clock::now();
    const double processor_start = processor_seconds();
    const PublishResult result = publish(options);
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    EXPECT_EQ(result.runs, 1000U);
    EXPECT_EQ(result.rendered, rendered);
    std::cout << rendered << " rendered: " << seconds.count() << " s, " << processor_seconds() - processor_start
              << " s of processor time\n";
  }
  if (!std::getenv("CUPARITY_KEEP_SITE")) fs::remove_all(folder);
}

}  // namespace
}  // namespace cuparity
