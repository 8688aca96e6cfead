#include "bench/timing.hpp"

#include <array>
#include <chrono>
#include <cmath>
#include <stdexcept>
#include <vector>

#ifdef CUPARITY_HAVE_CUDA
#include "bench/injected_spin.hpp"
#include "bench/sm_clock.hpp"
#include "bench/spin_kernel.hpp"
#include "kernels/device/context.hpp"
#include "kernels/timed_choice.hpp"
#endif

namespace cuparity {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

/// Seconds from `begin` on, which are at least (1 + share) times those until now.
double spin_longer(Clock::time_point begin, double share) {
  const double seconds = seconds_since(begin);
  double passed = seconds;
  while (passed < (1 + share) * seconds) passed = seconds_since(begin);
  return passed;
}

double measure_on_host(Execution& execution, double injected_slowdown) {
  const auto begin = Clock::now();
  execution.run();
  return injected_slowdown > 0 ? spin_longer(begin, injected_slowdown) : seconds_since(begin);
}

}  // namespace

#ifdef CUPARITY_HAVE_CUDA

struct Timer::DeviceEvents {
  DeviceEvents(const Case& benchmark_case, device::Context& the_context)
      : context(the_context),
        flush(benchmark_case.footprint_bytes > 0 && benchmark_case.footprint_bytes < 4 * context.l2_bytes()),
        waiting_for("running " + benchmark_case.name) {
    if (is_dense_arithmetic(benchmark_case.work)) sm_clock.emplace(context);
  }

  double measure(Execution& execution) {
    return time([&] {
      execution.run();
      if (spin_cycles > 0) enqueue_spin(context.stream(), spin_cycles);
    });
  }

  /// In turn, so that all meet the clocks that the row itself brings about.
  std::optional<std::string> calibrate(Execution& execution, double share) {
    std::array<std::vector<double>, 4> times;
    std::vector<double> row_hertz;
    if (sm_clock) sm_clock->take_average();  // forgets what was before
    for (int round = 0; round < 9; ++round) {
      times[0].push_back(time([&] { execution.run(); }));
      if (const auto hertz = sm_clock ? sm_clock->take_average() : std::nullopt) row_hertz.push_back(*hertz);
      times[1].push_back(time([] {}));
      times[2].push_back(time([&] { enqueue_spin(context.stream(), short_spin_cycles); }));
      times[3].push_back(time([&] { enqueue_spin(context.stream(), long_spin_cycles); }));
      if (sm_clock) sm_clock->take_average();
    }
    const std::optional<long long> cycles =
        injected_spin_cycles({median_time(times[0]), row_hertz.empty() ? 0 : median_time(row_hertz), median_time(times[1]),
                              median_time(times[2]), median_time(times[3])},
                             share);
    if (!cycles) return injected_spin_obstacle();
    spin_cycles = *cycles;
    return std::nullopt;
  }

  /// Seconds between two events around what `enqueue` puts into the stream.
  template <typename Enqueue>
  double time(Enqueue&& enqueue) {
    if (flush) context.flush_l2();
    enqueue_head_start(context.stream());
    if (sm_clock) sm_clock->enqueue_begin();
    device::check(cudaEventRecord(begin.get(), context.stream()), "recording the event before a run");
    enqueue();
    device::check(cudaEventRecord(end.get(), context.stream()), "recording the event after a run");
    if (sm_clock) sm_clock->enqueue_end();
    device::check(cudaEventSynchronize(end.get()), waiting_for);
    float milliseconds = 0;
    device::check(cudaEventElapsedTime(&milliseconds, begin.get(), end.get()),
                  "reading the time between two events");
    return 1e-3 * static_cast<double>(milliseconds);
  }

  device::Context& context;
  long long spin_cycles = 0;  ///< of the kernel that slows down; 0: none
  bool flush;
  std::string waiting_for;
  device::Event begin;
  device::Event end;
  std::optional<SmClock> sm_clock;
};

#else

struct Timer::DeviceEvents {
  DeviceEvents(const Case& benchmark_case, device::Context&) {
    throw std::logic_error(benchmark_case.name + " asks for device events on the CPU backend");
  }
  double measure(Execution&) { return 0; }
  std::optional<std::string> calibrate(Execution&, double) { return std::nullopt; }
};

#endif

bool is_dense_arithmetic(const Work& work) {
  constexpr double dense_flops_a_byte = 10;  // vector operations have less than one
  return work.flops > dense_flops_a_byte * work.bytes;
}

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
      seconds = measure_on_host(execution, injected_slowdown_);
      break;
    case Timing::reported:
      execution.run();
      seconds = execution.reported_seconds() * (1 + injected_slowdown_);
      break;
  }
  if (!std::isfinite(seconds) || seconds < 0)
    throw std::runtime_error("a run reported a time of " + std::to_string(seconds) + " s");
  return seconds;
}

std::optional<double> Timer::take_sm_clock() {
#ifdef CUPARITY_HAVE_CUDA
  if (events_ && events_->sm_clock) return events_->sm_clock->take_average();
#endif
  return std::nullopt;
}

std::optional<std::string> Timer::calibrate_injection(Execution& execution) {
  if (injected_slowdown_ <= 0 || timing_ != Timing::device_events) return std::nullopt;
  return events_->calibrate(execution, injected_slowdown_);
}

}  // namespace cuparity
