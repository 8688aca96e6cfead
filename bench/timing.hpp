// How long one run of an execution takes.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "kernels/workload.hpp"

namespace cuparity {

/// Whether the work is bound by arithmetic rather than by memory on every GPU, so that the clock decides.
bool is_dense_arithmetic(const Work& work);

class Timer {
 public:
  /// `context` is null on the CPU backend. Timing::device_events: the L2 is flushed before each run whose
  /// footprint is below four times its size (a larger one starts from device memory by itself), and a head
  /// start (spin_kernel.hpp) keeps the host's latency out of the time. `injected_slowdown` is the share by
  /// which each time is made longer: by a spin of the host inside the timed section, or, between device
  /// events, by a spin kernel in the stream once calibrate_injection() was called. A time that the execution
  /// reports itself is multiplied.
  Timer(const Case& benchmark_case, device::Context* context, double injected_slowdown);
  ~Timer();

  /// Runs once; seconds of that run, all of its operations together. Throws std::runtime_error.
  double measure(Execution& execution);

  /// The average clock of the multiprocessors during the runs since the last call, in Hz; nothing for rows that are
  /// not bound by arithmetic on the GPU. Measured outside of the timed section.
  std::optional<double> take_sm_clock();

  /// To be called once, when the row is warm. Finds out how long the spin kernel has to be for this row; why
  /// the slow-down can't be injected, or nothing. Does nothing where none is asked for or the host spins.
  std::optional<std::string> calibrate_injection(Execution& execution);

 private:
  struct DeviceEvents;

  Timing timing_;
  double injected_slowdown_;
  std::unique_ptr<DeviceEvents> events_;
};

}  // namespace cuparity
