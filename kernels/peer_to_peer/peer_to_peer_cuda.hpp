// The CUDA executions of peer_to_peer.
#pragma once

#include <cuda_runtime_api.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "kernels/device/context.hpp"
#include "kernels/peer_to_peer/peer_to_peer.hpp"
#include "kernels/workload.hpp"

namespace cuparity {

/// A range of one GPU's memory.
struct PeerMemory {
  float* data = nullptr;
  int gpu = 0;
};

/// Enqueues target = source, `count` floats, `copies` times, on a stream of GPU `on`, which is current and one of the two.
using PeerCopy = std::function<void(const PeerMemory& target, const PeerMemory& source, std::size_t count, int copies,
                                    int on, cudaStream_t stream)>;

/// Our way to copy.
PeerCopy peer_copy_of(CopiedBy engine);

/// Why the pair of `problem` can't do it, or nothing; asks CUDA, and for the memory of both GPUs.
std::optional<std::string> peer_copy_unsupported(const PeerCopyProblem& problem);

/// `copies` copies a run, one after another in each direction. One way is timed by events (Timing::device_events), both ways
/// wait and report (Timing::reported).
std::unique_ptr<Execution> prepare_peer_copy(device::Context& context, const PeerCopyProblem& problem, int copies,
                                             PeerCopy copy);

/// One copy between each ordered pair of GPUs that reach each other, pair after pair; `problem` names no pair.
std::optional<std::string> every_pair_unsupported(const PeerCopyProblem& problem);
std::unique_ptr<Execution> prepare_every_pair(device::Context& context, const PeerCopyProblem& problem);

}  // namespace cuparity
