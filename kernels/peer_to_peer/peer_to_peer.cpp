#include "kernels/peer_to_peer/peer_to_peer.hpp"

#ifdef CUPARITY_HAVE_CUDA
#include "kernels/peer_to_peer/peer_to_peer_cuda.hpp"
#endif

namespace cuparity {

std::optional<std::string> peer_obstacle(const PeerFacts& facts, int own, int peer) {
  if (facts.gpus < 2)
    return "needs two GPUs, " + std::to_string(facts.gpus) + (facts.gpus == 1 ? " is" : " are") +
           " visible to this process";
  const auto no_way = [](int from, int to) {
    return "GPU " + std::to_string(from) + " cannot reach the memory of GPU " + std::to_string(to) +
           " directly (cudaDeviceCanAccessPeer); nvidia-smi topo -p2p r says why";
  };
  if (!facts.own_reaches_peer) return no_way(own, peer);
  if (!facts.peer_reaches_own) return no_way(peer, own);
  return std::nullopt;
}

#ifdef CUPARITY_HAVE_CUDA
namespace {

std::string row_name(const PeerCopyProblem& problem, const std::string& size) {
  return "peer_to_peer/" + std::string(to_string(problem.direction)) + "_" + std::string(to_string(problem.engine)) +
         "/" + size;
}

/// nvbandwidth's number of copies between its events: the events' own cost vanishes.
constexpr int copies_a_run = 16;

std::vector<PeerCopyProblem> problems_of(std::size_t count) {
  std::vector<PeerCopyProblem> problems;
  for (const CopiedBy engine : {CopiedBy::copy_engine, CopiedBy::multiprocessors})
    for (const PeerDirection direction : all_peer_directions) problems.push_back({direction, engine, count});
  return problems;
}

Case peer_case(const PeerCopyProblem& problem, const std::string& size) {
  const std::size_t bytes = problem.count * sizeof(float) * directions_of(problem.direction);
  Case result;
  result.name = row_name(problem, size);
  result.backend = Backend::cuda;
  result.work.bytes = static_cast<double>(bytes);
  result.footprint_bytes = bytes;
  result.timing = directions_of(problem.direction) == 2 ? Timing::reported : Timing::device_events;
  return result;
}

}  // namespace
#endif

std::vector<Case> peer_to_peer_bench_cases([[maybe_unused]] Backend backend) {
  std::vector<Case> cases;
#ifdef CUPARITY_HAVE_CUDA
  if (backend != Backend::cuda) return cases;
  for (const PeerCopyProblem& problem : problems_of((std::size_t{256} << 20) / sizeof(float))) {
    Case row = peer_case(problem, "256MiB");
    row.operations = copies_a_run;
    row.unsupported = [problem](device::Context*) { return peer_copy_unsupported(problem); };
    row.prepare = [problem](device::Context* context) {
      return prepare_peer_copy(*context, problem, copies_a_run, peer_copy_of(problem.engine));
    };
    cases.push_back(std::move(row));
  }
#endif
  return cases;
}

std::vector<Case> peer_to_peer_validation_cases([[maybe_unused]] Backend backend) {
  std::vector<Case> cases;
#ifdef CUPARITY_HAVE_CUDA
  if (backend != Backend::cuda) return cases;
  for (const std::size_t count : {std::size_t{1}, std::size_t{1025}, (std::size_t{2} << 20) + 3})
    for (const PeerCopyProblem& problem : problems_of(count)) {
      Case row = peer_case(problem, std::to_string(count * sizeof(float)));
      row.unsupported = [problem](device::Context*) { return every_pair_unsupported(problem); };
      row.prepare = [problem](device::Context* context) { return prepare_every_pair(*context, problem); };
      cases.push_back(std::move(row));
    }
#endif
  return cases;
}

}  // namespace cuparity
