// Collectives over all GPUs of the process. The bound is the links between the GPUs, and NCCL chooses how to use them:
// nothing here stands between its calls but the loop over the GPUs. Many operations between two events, as nccl-tests
// has them, keep the latency of the first launch out of the time.
#include "kernels/collectives/collectives_nccl.hpp"

#include <numeric>
#include <stdexcept>
#include <string>
#include <utility>

#include "kernels/bandwidth/stream_reference.hpp"
#include "kernels/collectives/collective_reference.hpp"
#include "kernels/collectives/nccl_library.hpp"
#include "kernels/combined_verification.hpp"
#include "kernels/device/memory.hpp"
#include "kernels/device/several_gpus.hpp"

namespace cuparity {
namespace {

/// Outputs of more elements than this are compared on a sample.
constexpr std::size_t compared_whole = std::size_t{1} << 20;
/// Around multiples of this many elements the sample is denser: 512 KiB, a step of NCCL's simple protocol.
constexpr std::size_t sampled_border = std::size_t{1} << 17;

void check(ncclResult_t result, const std::string& what_was_done) {
  if (result != ncclSuccess)
    throw std::runtime_error(what_was_done + ": NCCL error " + std::to_string(static_cast<int>(result)) + ": " +
                             nccl_library().error_string(result) + "; NCCL_DEBUG=WARN says more");
}

std::vector<int> every_gpu() {
  std::vector<int> ordinals(static_cast<std::size_t>(device::visible_gpus()));
  std::iota(ordinals.begin(), ordinals.end(), 0);
  return ordinals;
}

class CollectiveExecution final : public Execution {
 public:
  CollectiveExecution(device::Context& context, Collective collective, std::size_t bytes, int operations,
                      std::shared_ptr<Communicators> communicators)
      : context_(context),
        nccl_(nccl_library()),
        owner_(std::move(communicators)),
        communicators_(owner_->get()),
        shape_(collective_shape(collective, static_cast<int>(communicators_.size()), bytes)),
        bytes_(bytes),
        operations_(operations),
        streams_(context, every_gpu()) {
    for (int rank = 0; rank < shape_.gpus; ++rank) {
      sent_.push_back(device::buffer_on<float>(rank, shape_.sent()));
      received_.push_back(device::buffer_on<float>(rank, shape_.received()));
      const device::CurrentGpu current(rank);
      device::fill_random(sent_.back().data(), shape_.sent(), input_seed(rank), streams_.stream(rank));
      device::check(cudaStreamSynchronize(streams_.stream(rank)), "filling the input of a collective");
    }
  }

  void run() override {
    streams_.begin();
    for (int operation = 0; operation < operations_; ++operation) enqueue();
    streams_.end();
  }

  Verification verify() override {
    for (int rank = 0; rank < shape_.gpus; ++rank) {
      const device::CurrentGpu current(rank);
      device::poison(received_[rank].data(), received_[rank].bytes(), streams_.stream(rank));
      device::check(cudaStreamSynchronize(streams_.stream(rank)), "poisoning the output of a collective");
    }
    run();
    context_.synchronize("running " + std::string(to_string(shape_.collective)));
    std::vector<Verification> parts;
    for (int rank = 0; rank < shape_.gpus; ++rank) parts.push_back(compare(rank));
    return combined(parts);
  }

  std::string algorithm() const override {
    return "NCCL " + nccl_.version + " on " + std::to_string(shape_.gpus) + " GPUs";
  }

  double bus_bytes() const override {
    return static_cast<double>(bytes_) * bus_factor(shape_.collective, shape_.gpus);
  }

 private:
  /// One collective on every GPU. In a group, or each call would wait for the other GPUs'.
  void enqueue() {
    const std::string what = "enqueueing " + std::string(to_string(shape_.collective));
    check(nccl_.group_start(), what);
    ncclResult_t first_failure = ncclSuccess;
    for (int rank = 0; rank < shape_.gpus && first_failure == ncclSuccess; ++rank) first_failure = enqueue_on(rank);
    const ncclResult_t end = nccl_.group_end();
    check(first_failure, what);
    check(end, what);
  }

  ncclResult_t enqueue_on(int rank) {
    const float* send = sent_[rank].data();
    float* receive = received_[rank].data();
    const ncclComm_t communicator = communicators_[rank];
    const cudaStream_t stream = streams_.stream(rank);
    switch (shape_.collective) {
      case Collective::all_reduce:
        return nccl_.all_reduce(send, receive, shape_.part, ncclFloat, ncclSum, communicator, stream);
      case Collective::all_gather:
        return nccl_.all_gather(send, receive, shape_.part, ncclFloat, communicator, stream);
      case Collective::reduce_scatter:
        return nccl_.reduce_scatter(send, receive, shape_.part, ncclFloat, ncclSum, communicator, stream);
      case Collective::all_to_all: break;
    }
    for (int other = 0; other < shape_.gpus; ++other) {
      const std::size_t offset = other * shape_.part;
      ncclResult_t result = nccl_.send(send + offset, shape_.part, ncclFloat, other, communicator, stream);
      if (result == ncclSuccess)
        result = nccl_.receive(receive + offset, shape_.part, ncclFloat, other, communicator, stream);
      if (result != ncclSuccess) return result;
    }
    return ncclSuccess;
  }

  Verification compare(int rank) const {
    const device::CurrentGpu current(rank);
    const cudaStream_t stream = streams_.stream(rank);
    const std::size_t count = shape_.received();
    const float* output = received_[rank].data();
    const bool whole = count <= compared_whole;
    const auto indices = whole ? std::vector<std::uint64_t>{} : sample_indices(count, sampled_border);
    const auto found =
        whole ? device::to_host(output, count, stream) : device::gather<float>(output, indices, stream);
    const auto expected = [&](std::uint64_t index) { return expected_element(shape_, rank, index); };
    const host::Deviation worst =
        host::largest_deviation(found.data(), found.size(), whole ? nullptr : indices.data(), expected);
    Verification verification;
    verification.error = worst.error;
    verification.digest = device::digest(output, received_[rank].bytes(), stream);
    if (worst.error > 0)
      verification.detail = "GPU " + std::to_string(rank) + ", " +
                            host::describe(worst.index, device::gather<float>(output, {worst.index}, stream).front(),
                                           expected(worst.index).value);
    return verification;
  }

  device::Context& context_;
  const NcclLibrary& nccl_;
  std::shared_ptr<Communicators> owner_;
  const std::vector<ncclComm_t>& communicators_;
  CollectiveShape shape_;
  std::size_t bytes_;
  int operations_;
  device::StreamsInStep streams_;
  std::vector<device::Buffer<float>> sent_;
  std::vector<device::Buffer<float>> received_;
};

}  // namespace

Communicators::~Communicators() {
  for (const ncclComm_t communicator : communicators_) nccl_library().comm_destroy(communicator);
}

const std::vector<ncclComm_t>& Communicators::get() {
  if (!communicators_.empty()) return communicators_;
  const std::vector<int> gpus = every_gpu();
  std::vector<ncclComm_t> made(gpus.size());
  check(nccl_library().comm_init_all(made.data(), static_cast<int>(gpus.size()), gpus.data()),
        "connecting " + std::to_string(gpus.size()) + " GPUs by NCCL");
  communicators_ = std::move(made);
  return communicators_;
}

std::unique_ptr<Execution> prepare_collective(device::Context& context, Collective collective, std::size_t bytes,
                                              int operations, std::shared_ptr<Communicators> communicators) {
  return std::make_unique<CollectiveExecution>(context, collective, bytes, operations, std::move(communicators));
}

}  // namespace cuparity
