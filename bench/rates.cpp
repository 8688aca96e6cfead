#include "bench/rates.hpp"

namespace cuparity {

void set_rates(const Work& work, double bus_bytes, std::optional<double> sm_clock_hz,
               benchmark::UserCounters& counters) {
  const auto rate = benchmark::Counter::kIsIterationInvariantRate;
  if (work.bytes > 0) counters["bytes_per_second"] = benchmark::Counter(work.bytes, rate);
  if (work.flops > 0) counters["flops_per_second"] = benchmark::Counter(work.flops, rate);
  if (bus_bytes > 0) counters["bus_bytes_per_second"] = benchmark::Counter(bus_bytes, rate);
  if (!sm_clock_hz) return;
  counters["sm_clock_hz"] = benchmark::Counter(*sm_clock_hz);
  if (work.flops > 0) counters["flops_per_clock"] = benchmark::Counter(work.flops / *sm_clock_hz, rate);
}

}  // namespace cuparity
