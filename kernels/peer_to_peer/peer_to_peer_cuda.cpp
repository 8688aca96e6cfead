// Copies between two GPUs. The bound is the link between them: NVLink, or PCIe where there is none. A copy engine
// reaches it with large packets; the kernel needs enough 16-byte accesses on their way to cover the link's latency,
// which our streaming copy (elementwise.cuh) has: one a thread, every multiprocessor full of threads. All copies of a run
// are one launch, for the link idles between launches.
#include "kernels/peer_to_peer/peer_to_peer_cuda.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "kernels/bandwidth/bandwidth_kernels.hpp"
#include "kernels/combined_verification.hpp"
#include "kernels/device/memory.hpp"
#include "kernels/device/opposite_copies.hpp"
#include "kernels/device/several_gpus.hpp"
#include "kernels/host/comparison.hpp"
#include "kernels/random_input.hpp"

namespace cuparity {
namespace {

using device::check;

constexpr std::uint64_t peer_seed = 31;  // of the way to the GPU that copies; the other way has the next one

/// Lets each GPU reach the other's memory. What was not allowed before is taken back at the end: an allocation is
/// slower while another GPU has to map it, too.
class PeerAccess {
 public:
  PeerAccess(int own, int peer) : own_(own), peer_(peer) {
    own_enabled_ = enable(own, peer);
    try {
      peer_enabled_ = enable(peer, own);
    } catch (...) {
      disable();
      throw;
    }
  }
  PeerAccess(const PeerAccess&) = delete;
  PeerAccess& operator=(const PeerAccess&) = delete;
  ~PeerAccess() { disable(); }

 private:
  /// False if it was enabled already.
  static bool enable(int from, int to) {
    const device::CurrentGpu current(from);
    const cudaError_t status = cudaDeviceEnablePeerAccess(to, 0);
    if (status == cudaErrorPeerAccessAlreadyEnabled) {
      cudaGetLastError();
      return false;
    }
    check(status, "letting GPU " + std::to_string(from) + " reach the memory of GPU " + std::to_string(to));
    return true;
  }
  static void disable(int from, int to) {
    const device::CurrentGpu current(from);
    if (cudaDeviceDisablePeerAccess(to) != cudaSuccess) cudaGetLastError();
  }
  void disable() {
    try {
      if (own_enabled_) disable(own_, peer_);
      if (peer_enabled_) disable(peer_, own_);
    } catch (const device::CudaError&) {
      // A lost context has no access to take back.
    }
  }

  int own_;
  int peer_;
  bool own_enabled_ = false;
  bool peer_enabled_ = false;
};

int multiprocessor_generation(int gpu) {
  int major = 0;
  int minor = 0;
  check(cudaDeviceGetAttribute(&major, cudaDevAttrComputeCapabilityMajor, gpu), "asking for the compute capability");
  check(cudaDeviceGetAttribute(&minor, cudaDevAttrComputeCapabilityMinor, gpu), "asking for the compute capability");
  return 10 * major + minor;
}

std::string pair_text(const PeerCopyProblem& problem) {
  return "GPU " + std::to_string(problem.own) + " and GPU " + std::to_string(problem.peer);
}

PeerFacts facts_of(int own, int peer) {
  PeerFacts facts;
  facts.gpus = device::visible_gpus();
  if (std::max(own, peer) >= facts.gpus) return facts;
  int can = 0;
  check(cudaDeviceCanAccessPeer(&can, own, peer), "asking whether one GPU reaches another's memory");
  facts.own_reaches_peer = can != 0;
  check(cudaDeviceCanAccessPeer(&can, peer, own), "asking whether one GPU reaches another's memory");
  facts.peer_reaches_own = can != 0;
  return facts;
}

/// One direction: source and target on different GPUs, and the GPU that copies.
class Way {
 public:
  Way(int source, int target, int by, std::size_t count, std::uint64_t seed)
      : source_gpu_(source),
        target_gpu_(target),
        by_(by),
        seed_(seed),
        source_(device::buffer_on<float>(source, count)),
        target_(device::buffer_on<float>(target, count)) {
    const device::CurrentGpu current(source);
    device::fill_random(source_.data(), count, seed, nullptr);
    check(cudaStreamSynchronize(nullptr), "filling the source of a copy between GPUs");
    poison();
  }

  void enqueue(const PeerCopy& copy, cudaStream_t stream, int copies) const {
    copy({target_.data(), target_gpu_}, {source_.data(), source_gpu_}, source_.size(), copies, by_, stream);
  }

  void poison() {
    const device::CurrentGpu current(target_gpu_);
    device::poison(target_.data(), target_.bytes(), nullptr);
    check(cudaStreamSynchronize(nullptr), "poisoning the target of a copy between GPUs");
  }

  /// Every element of the target against the formula that the source was filled by.
  Verification compare() const {
    const device::CurrentGpu current(target_gpu_);
    const std::vector<float> found = device::to_host(target_.data(), target_.size(), nullptr);
    const auto expected = [this](std::uint64_t i) { return host::Expected<float>{random_uniform(seed_, i), 0}; };
    const host::Deviation worst = host::largest_deviation(found.data(), found.size(), nullptr, expected);
    Verification verification;
    verification.error = worst.error;
    verification.digest = device::digest(target_.data(), target_.bytes(), nullptr);
    if (worst.error > 0)
      verification.detail = "GPU " + std::to_string(source_gpu_) + " to GPU " + std::to_string(target_gpu_) + ", " +
                            host::describe(worst.index, found[worst.index], expected(worst.index).value);
    return verification;
  }

  int by() const { return by_; }

 private:
  int source_gpu_;
  int target_gpu_;
  int by_;
  std::uint64_t seed_;
  device::Buffer<float> source_;
  device::Buffer<float> target_;
};

class PeerCopyExecution final : public Execution {
 public:
  PeerCopyExecution(device::Context& context, const PeerCopyProblem& problem, int copies, PeerCopy copy)
      : context_(context),
        problem_(problem),
        copies_(copies),
        copy_(std::move(copy)),
        access_(problem.own, problem.peer) {
    const bool reads =
        problem.direction == PeerDirection::read || problem.direction == PeerDirection::bidirectional_read;
    const int directions = directions_of(problem.direction);
    for (int i = 0; i < directions; ++i) {
      const int by = i == 0 ? problem.own : problem.peer;
      const int other = i == 0 ? problem.peer : problem.own;
      ways_.push_back(std::make_unique<Way>(reads ? other : by, reads ? by : other, by, problem.count, peer_seed + i));
    }
    if (directions == 2) both_ways_.emplace(context, opposite_ways(), copies);
    else stream_.emplace(context, std::vector<int>{problem.own});
  }

  void run() override {
    if (both_ways_) return both_ways_->run();
    stream_->begin();
    {
      const device::CurrentGpu current(ways_[0]->by());
      ways_[0]->enqueue(copy_, stream_->stream(0), copies_);
    }
    stream_->end();
  }

  double reported_seconds() const override { return both_ways_ ? both_ways_->seconds() : 0; }

  Verification verify() override {
    for (const auto& way : ways_) way->poison();
    run();
    context_.synchronize("copying between " + pair_text(problem_));
    std::vector<Verification> parts;
    for (const auto& way : ways_) parts.push_back(way->compare());
    return combined(parts);
  }

 private:
  std::vector<device::OppositeCopies::Way> opposite_ways() {
    std::vector<device::OppositeCopies::Way> opposite;
    for (const auto& way : ways_)
      opposite.push_back({way->by(), [this, &way = *way](cudaStream_t stream, int copies) { way.enqueue(copy_, stream, copies); }});
    return opposite;
  }

  device::Context& context_;
  PeerCopyProblem problem_;
  int copies_;
  PeerCopy copy_;
  PeerAccess access_;
  std::vector<std::unique_ptr<Way>> ways_;
  std::optional<device::StreamsInStep> stream_;     ///< of one way
  std::optional<device::OppositeCopies> both_ways_;
};

/// Every ordered pair of GPUs that reach each other.
std::vector<PeerCopyProblem> pairs_of(PeerCopyProblem problem) {
  std::vector<PeerCopyProblem> pairs;
  const int gpus = device::visible_gpus();
  for (problem.own = 0; problem.own < gpus; ++problem.own)
    for (problem.peer = 0; problem.peer < gpus; ++problem.peer) {
      if (problem.own == problem.peer) continue;
      if (!peer_obstacle(facts_of(problem.own, problem.peer), problem.own, problem.peer)) pairs.push_back(problem);
    }
  return pairs;
}

/// Pair after pair, so that the memory of one pair is held at a time.
class EveryPairExecution final : public Execution {
 public:
  EveryPairExecution(device::Context& context, std::vector<PeerCopyProblem> pairs)
      : context_(context), pairs_(std::move(pairs)) {}

  void run() override {
    for (const PeerCopyProblem& pair : pairs_) prepared(pair)->run();
  }

  Verification verify() override {
    std::vector<Verification> parts;
    for (const PeerCopyProblem& pair : pairs_) parts.push_back(prepared(pair)->verify());
    return combined(parts);
  }

 private:
  std::unique_ptr<Execution> prepared(const PeerCopyProblem& pair) {
    return prepare_peer_copy(context_, pair, 1, peer_copy_of(pair.engine));
  }

  device::Context& context_;
  std::vector<PeerCopyProblem> pairs_;
};

}  // namespace

PeerCopy peer_copy_of(CopiedBy engine) {
  if (engine == CopiedBy::copy_engine)
    return [](const PeerMemory& target, const PeerMemory& source, std::size_t count, int copies, int,
              cudaStream_t stream) {
      for (int copy = 0; copy < copies; ++copy)
        check(cudaMemcpyPeerAsync(target.data, target.gpu, source.data, source.gpu, count * sizeof(float), stream),
              "copying from GPU " + std::to_string(source.gpu) + " to GPU " + std::to_string(target.gpu));
    };
  return [](const PeerMemory& target, const PeerMemory& source, std::size_t count, int copies, int on,
            cudaStream_t stream) {
    device::launch_stream_copies(source.data, target.data, count, copies, multiprocessor_generation(on), stream);
  };
}

std::optional<std::string> peer_copy_unsupported(const PeerCopyProblem& problem) {
  if (const auto obstacle = peer_obstacle(facts_of(problem.own, problem.peer), problem.own, problem.peer))
    return obstacle;
  for (const int gpu : {problem.own, problem.peer}) {
    const device::CurrentGpu current(gpu);
    const std::size_t bytes = problem.count * sizeof(float) * directions_of(problem.direction);
    if (const auto shortage = device::memory_shortage(bytes + (std::size_t{16} << 20)))
      return "GPU " + std::to_string(gpu) + ": " + *shortage;
  }
  return std::nullopt;
}

std::unique_ptr<Execution> prepare_peer_copy(device::Context& context, const PeerCopyProblem& problem, int copies,
                                             PeerCopy copy) {
  return std::make_unique<PeerCopyExecution>(context, problem, copies, std::move(copy));
}

std::optional<std::string> every_pair_unsupported(const PeerCopyProblem& problem) {
  if (!pairs_of(problem).empty()) return std::nullopt;
  return peer_obstacle(facts_of(0, 1), 0, 1);
}

std::unique_ptr<Execution> prepare_every_pair(device::Context& context, const PeerCopyProblem& problem) {
  return std::make_unique<EveryPairExecution>(context, pairs_of(problem));
}

}  // namespace cuparity
