// The counters of a row that say how fast its work was done.
#pragma once

#include <benchmark/benchmark.h>

#include <optional>

#include "kernels/workload.hpp"

namespace cuparity {

/// Rates against the manual time: Google Benchmark multiplies by the iterations and divides by that time.
/// bytes_per_second and flops_per_second of `work`, which is that of one iteration; bus_bytes_per_second where
/// `bus_bytes` is above 0. Where the average clock of the multiprocessors is known: sm_clock_hz, and flops_per_clock,
/// which does not move with the power limit.
void set_rates(const Work& work, double bus_bytes, std::optional<double> sm_clock_hz,
               benchmark::UserCounters& counters);

}  // namespace cuparity
