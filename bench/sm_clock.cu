#include "bench/sm_clock.hpp"

#include "kernels/device/check.hpp"
#include "kernels/device/memory.hpp"

namespace cuparity {
namespace {

/// Multiprocessors may be numbered with gaps (MIG, parts of a GPU that are switched off).
constexpr std::size_t most_multiprocessors = 1024;

struct Reading {
  unsigned multiprocessor;
  long long cycles, nanoseconds;
};

__device__ Reading read_clocks() {
  Reading reading;
  asm volatile("mov.u32 %0, %%smid;" : "=r"(reading.multiprocessor));
  asm volatile("mov.u64 %0, %%globaltimer;" : "=l"(reading.nanoseconds));
  reading.cycles = clock64();
  return reading;
}

/// Several blocks of a launch may share a multiprocessor: any one's reading will do.
__global__ void begin_kernel(SmClockCounters* counters) {
  const Reading reading = read_clocks();
  if (reading.multiprocessor >= most_multiprocessors) return;
  SmClockCounters& own = counters[reading.multiprocessor];
  if (atomicExch(&own.begun, 1) != 0) return;
  own.begin_cycles = reading.cycles;
  own.begin_nanoseconds = reading.nanoseconds;
}

__global__ void end_kernel(SmClockCounters* counters) {
  const Reading reading = read_clocks();
  if (reading.multiprocessor >= most_multiprocessors) return;
  SmClockCounters& own = counters[reading.multiprocessor];
  if (atomicExch(&own.begun, 0) != 1) return;
  own.cycles += reading.cycles - own.begin_cycles;
  own.nanoseconds += reading.nanoseconds - own.begin_nanoseconds;
}

}  // namespace

SmClock::SmClock(device::Context& context) : context_(context), counters_(most_multiprocessors) {
  device::check(cudaMemsetAsync(counters_.data(), 0, counters_.bytes(), context_.stream()), "clearing clock counters");
}

void SmClock::enqueue_begin() {
  begin_kernel<<<static_cast<unsigned>(context_.multiprocessors()), 1, 0, context_.stream()>>>(counters_.data());
  device::check(cudaGetLastError(), "launching the kernel that reads clocks");
}

void SmClock::enqueue_end() {
  end_kernel<<<static_cast<unsigned>(context_.multiprocessors()), 1, 0, context_.stream()>>>(counters_.data());
  device::check(cudaGetLastError(), "launching the kernel that reads clocks");
}

std::optional<double> SmClock::take_average() {
  double cycles = 0, nanoseconds = 0;
  for (const SmClockCounters& counters : device::to_host(counters_.data(), counters_.size(), context_.stream())) {
    cycles += static_cast<double>(counters.cycles);
    nanoseconds += static_cast<double>(counters.nanoseconds);
  }
  device::check(cudaMemsetAsync(counters_.data(), 0, counters_.bytes(), context_.stream()), "clearing clock counters");
  if (!(nanoseconds > 0) || !(cycles > 0)) return std::nullopt;
  return 1e9 * cycles / nanoseconds;
}

}  // namespace cuparity
