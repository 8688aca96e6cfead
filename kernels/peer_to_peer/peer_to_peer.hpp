// Copies from the memory of one GPU to that of another. CUDA only; the names of the directions are nvbandwidth's:
//   read                 the GPU that receives does the copy
//   write                the GPU that sends does the copy
//   bidirectional_read, bidirectional_write: both GPUs do so at once
// and by what it is done: ce (copy engine, cudaMemcpyPeerAsync) or sm (our copy kernel, through peer access).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kernels/workload.hpp"

namespace cuparity {

enum class PeerDirection { read, write, bidirectional_read, bidirectional_write };
enum class CopiedBy { copy_engine, multiprocessors };

constexpr PeerDirection all_peer_directions[] = {PeerDirection::read, PeerDirection::write,
                                                 PeerDirection::bidirectional_read,
                                                 PeerDirection::bidirectional_write};

constexpr std::string_view to_string(PeerDirection direction) {
  constexpr std::string_view names[] = {"read", "write", "bidirectional_read", "bidirectional_write"};
  return names[static_cast<int>(direction)];
}
constexpr std::string_view to_string(CopiedBy engine) { return engine == CopiedBy::copy_engine ? "ce" : "sm"; }

/// One way or both.
constexpr int directions_of(PeerDirection direction) {
  return direction == PeerDirection::read || direction == PeerDirection::write ? 1 : 2;
}

/// GPU `own` copies `count` floats from or to GPU `peer`; both ways, the peer does the same with `own`.
struct PeerCopyProblem {
  PeerDirection direction = PeerDirection::read;
  CopiedBy engine = CopiedBy::copy_engine;
  std::size_t count = 0;
  int own = 0;
  int peer = 1;
};

/// What the process sees of a pair of GPUs.
struct PeerFacts {
  int gpus = 0;
  bool own_reaches_peer = false;  ///< cudaDeviceCanAccessPeer
  bool peer_reaches_own = false;
};

/// Why a copy between GPUs `own` and `peer` can't be timed, or nothing.
std::optional<std::string> peer_obstacle(const PeerFacts& facts, int own, int peer);

/// peer_to_peer/{read,write,bidirectional_read,bidirectional_write}_{ce,sm}/256MiB between GPU 0 and GPU 1. Work.bytes
/// counts each byte once, both ways their sum.
std::vector<Case> peer_to_peer_bench_cases(Backend backend);
/// Sizes 1, odd and large, between every ordered pair of GPUs that reach each other.
std::vector<Case> peer_to_peer_validation_cases(Backend backend);

}  // namespace cuparity
