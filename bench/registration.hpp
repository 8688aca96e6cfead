// Case -> row of Google Benchmark.
#pragma once

#include <vector>

#include "bench/session.hpp"
#include "kernels/workload.hpp"

namespace cuparity {

/// Registers every case under its name with manual time. `cases` and `session` must outlive the runs; a null
/// `session` is for listing only.
void register_cases(const std::vector<Case>& cases, Session* session);

/// The benchmark cases of every workload, in the registry's order.
std::vector<Case> all_bench_cases(Backend backend);

}  // namespace cuparity
