// How long one run of an execution takes.
#pragma once

#include <memory>

#include "kernels/workload.hpp"

namespace cuparity {

class Timer {
 public:
  /// `context` is null on the CPU backend. Timing::device_events: the L2 is flushed before each run whose
  /// footprint is below four times its size (a larger one starts from device memory by itself), and a head
  /// start (head_start.hpp) keeps the host's latency out of the time. `injected_slowdown` is the share that
  /// is added to each time, spun on the host.
  Timer(const Case& benchmark_case, device::Context* context, double injected_slowdown);
  ~Timer();

  /// Runs once; seconds of that run, all of its operations together. Throws std::runtime_error.
  double measure(Execution& execution);

 private:
  struct DeviceEvents;

  Timing timing_;
  double injected_slowdown_;
  std::unique_ptr<DeviceEvents> events_;
};

}  // namespace cuparity
