#include "bench/timing.hpp"

#include <chrono>
#include <cmath>
#include <stdexcept>

#ifdef CUPARITY_HAVE_CUDA
#include "bench/head_start.hpp"
#include "kernels/device/context.hpp"
#endif

namespace cuparity {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

/// Seconds that really passed; at least `seconds`.
double spin(double seconds) {
  const auto begin = Clock::now();
  double passed = 0;
  do passed = seconds_since(begin);
  while (passed < seconds);
  return passed;
}

double measure_on_host(Execution& execution) {
  const auto begin = Clock::now();
  execution.run();
  return seconds_since(begin);
}

}  // namespace

#ifdef CUPARITY_HAVE_CUDA

struct Timer::DeviceEvents {
  DeviceEvents(const Case& benchmark_case, device::Context& the_context)
      : context(the_context),
        flush(benchmark_case.footprint_bytes > 0 && benchmark_case.footprint_bytes < 4 * context.l2_bytes()),
        waiting_for("running " + benchmark_case.name) {}

  double measure(Execution& execution) {
    if (flush) context.flush_l2();
    enqueue_head_start(context.stream());
    device::check(cudaEventRecord(begin.get(), context.stream()), "recording the event before a run");
    execution.run();
    device::check(cudaEventRecord(end.get(), context.stream()), "recording the event after a run");
    device::check(cudaEventSynchronize(end.get()), waiting_for);
    float milliseconds = 0;
    device::check(cudaEventElapsedTime(&milliseconds, begin.get(), end.get()),
                  "reading the time between two events");
    return 1e-3 * static_cast<double>(milliseconds);
  }

  device::Context& context;
  bool flush;
  std::string waiting_for;
  device::Event begin;
  device::Event end;
};

#else

struct Timer::DeviceEvents {
  DeviceEvents(const Case& benchmark_case, device::Context&) {
    throw std::logic_error(benchmark_case.name + " asks for device events on the CPU backend");
  }
  double measure(Execution&) { return 0; }
};

#endif

Timer::Timer(const Case& benchmark_case, device::Context* context, double injected_slowdown)
    : timing_(benchmark_case.timing), injected_slowdown_(injected_slowdown) {
  if (timing_ != Timing::device_events) return;
  if (context == nullptr)
    throw std::logic_error(benchmark_case.name + " asks for device events on the CPU backend");
  events_ = std::make_unique<DeviceEvents>(benchmark_case, *context);
}

Timer::~Timer() = default;

double Timer::measure(Execution& execution) {
  double seconds = 0;
  switch (timing_) {
    case Timing::device_events:
      seconds = events_->measure(execution);
      break;
    case Timing::host_clock:
      seconds = measure_on_host(execution);
      break;
    case Timing::reported:
      execution.run();
      seconds = execution.reported_seconds();
      break;
  }
  if (!std::isfinite(seconds) || seconds < 0)
    throw std::runtime_error("a run reported a time of " + std::to_string(seconds) + " s");
  if (injected_slowdown_ > 0) seconds += spin(injected_slowdown_ * seconds);
  return seconds;
}

}  // namespace cuparity
