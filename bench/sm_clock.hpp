// The average clock of the multiprocessors while something ran, measured by the GPU itself. C++17.
#pragma once

#include <cuda_runtime_api.h>

#include <optional>

#include "kernels/device/context.hpp"

namespace cuparity {

/// Of one multiprocessor, in the GPU's memory.
struct SmClockCounters {
  long long begin_cycles, begin_nanoseconds;  ///< of what is being measured
  long long cycles, nanoseconds;              ///< sums
  int begun;                                  ///< 1: there is a begin without an end
};

/// Two small kernels, of a block for each multiprocessor, go into the stream around what is measured and read there
/// the multiprocessor's cycle counter and the GPU's nanosecond timer: cycles that passed over time that passed is the
/// clock that it had, changes in between included. Sums stay on the GPU until they are asked for.
class SmClock {
 public:
  explicit SmClock(device::Context& context);

  void enqueue_begin();
  void enqueue_end();

  /// Hz, over all that was measured since the last call; nothing if that was nothing. Waits for the stream.
  std::optional<double> take_average();

 private:
  device::Context& context_;
  device::Buffer<SmClockCounters> counters_;  ///< by %smid
};

}  // namespace cuparity
