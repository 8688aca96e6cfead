// Latencies, all per operation. CUDA: launch/submit (enqueueing an empty kernel on an idle GPU),
// launch/round_trip (launch and wait), launch/graph_node (one of a chain of 1000 empty kernels in a graph),
// launch/device_allocation/64MiB and launch/pinned_allocation/16MiB (allocate and free; too large for what
// the driver keeps mapped for small allocations, so each one is mapped and unmapped by the kernel driver),
// launch/{h2d,d2h}_round_trip/4B (copy of one word and wait). CPU: launch/process_start (spawn /bin/true and
// wait), launch/thread_start (create and join), launch/system_call (getppid).
#pragma once

#include <vector>

#include "kernels/workload.hpp"

namespace cuparity {

std::vector<Case> launch_bench_cases(Backend backend);
/// The number of operations (launch) or of bytes (allocation) is the last part of the name.
std::vector<Case> launch_validation_cases(Backend backend);

}  // namespace cuparity
