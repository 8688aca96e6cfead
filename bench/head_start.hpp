// Keeps the GPU busy for a moment, so that the host can enqueue what is timed before it begins. C++17.
#pragma once

#include <cuda_runtime_api.h>

namespace cuparity {

/// Enqueues a kernel of one thread that spins for about 25 microseconds. Without it, the time between two
/// events would hold the host's launch latency; a large memset in its place would leave the L2 full of
/// lines to write back.
void enqueue_head_start(cudaStream_t stream);

}  // namespace cuparity
