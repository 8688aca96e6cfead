// A kernel that does nothing for a known number of clock cycles. C++17.
#pragma once

#include <cuda_runtime_api.h>

namespace cuparity {

/// Enqueues a kernel of one thread that spins for `cycles` of the SM clock.
void enqueue_spin(cudaStream_t stream, long long cycles);

/// Keeps the GPU busy for about 25 microseconds, so that the host can enqueue what is timed before it begins.
/// Without it, the time between two events would hold the host's launch latency; a large memset in its place
/// would leave the L2 full of lines to write back.
void enqueue_head_start(cudaStream_t stream);

}  // namespace cuparity
