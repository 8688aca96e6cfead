#include "bench/registration.hpp"

#include <benchmark/benchmark.h>

#include <utility>

namespace cuparity {

void register_cases(const std::vector<Case>& cases, Session* session) {
  for (const Case& one : cases) {
    const Case* benchmark_case = &one;
    auto* row = benchmark::RegisterBenchmark(
        one.name.c_str(),
        [benchmark_case, session](benchmark::State& state) { session->run(*benchmark_case, state); });
    row->UseManualTime();
    if (one.iterations > 0)
      row->Iterations(one.iterations * static_cast<benchmark::IterationCount>(one.operations));
  }
}

std::vector<Case> all_bench_cases(Backend backend) {
  std::vector<Case> cases;
  for (const Workload& workload : registry())
    for (Case& one : workload.bench_cases(backend)) cases.push_back(std::move(one));
  return cases;
}

}  // namespace cuparity
