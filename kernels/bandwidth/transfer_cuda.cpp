// Copies between host and device. The bound is the link; the copy engines reach it, one for each direction,
// from pinned memory. Pageable memory goes through the driver's pinned buffer, which the CPU fills.
// Other users of the host's memory slow down one copy now and one then, and never speed one up: the time of pinned copies
// one way is that of the fastest in a run, as STREAM takes the best, which scatters by a fifth of what the mean does
// (docs/performance.md).
// Reaches on an H200, pinned, 64 MiB: 55.4 GB/s up and down, 100.6 GB/s both ways (results/published/2026-11-29-h200-calibration).
#include <algorithm>
#include <cstring>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "kernels/bandwidth/bandwidth_cuda.hpp"
#include "kernels/bandwidth/stream_operation.hpp"
#include "kernels/device/check.hpp"
#include "kernels/device/memory.hpp"
#include "kernels/device/opposite_copies.hpp"
#include "kernels/digest.hpp"
#include "kernels/host/memory.hpp"
#include "kernels/random_input.hpp"

namespace cuparity {
namespace {

using device::check;

/// Words that hold `bytes`; at least one, so that every buffer exists.
std::size_t words_for(std::size_t bytes) { return std::max<std::size_t>(1, (bytes + 3) / 4); }

/// Page-locked or ordinary host memory of `count` floats.
class HostBuffer {
 public:
  HostBuffer(std::size_t count, bool pinned) : pageable_(pinned ? 0 : count) {
    if (!pinned) return;
    void* memory = nullptr;
    check(cudaHostAlloc(&memory, count * sizeof(float), cudaHostAllocDefault),
          "allocating " + std::to_string(count * sizeof(float)) + " bytes of pinned host memory");
    pinned_ = static_cast<float*>(memory);
  }
  HostBuffer(const HostBuffer&) = delete;
  HostBuffer& operator=(const HostBuffer&) = delete;
  ~HostBuffer() { cudaFreeHost(pinned_); }
  float* data() { return pinned_ != nullptr ? pinned_ : pageable_.data(); }

 private:
  std::vector<float> pageable_;
  float* pinned_ = nullptr;
};

/// Bytes must be those of random_uniform(seed, 0), random_uniform(seed, 1), …
Verification compare_bytes(const float* found, std::size_t bytes, std::uint64_t seed) {
  std::size_t first_wrong = bytes;
#pragma omp parallel for schedule(static) reduction(min : first_wrong) if (bytes > 65536)
  for (std::size_t offset = 0; offset < bytes; offset += sizeof(float)) {
    const float expected = random_uniform(seed, offset / sizeof(float));
    if (std::memcmp(found + offset / sizeof(float), &expected, std::min(sizeof(float), bytes - offset)) != 0)
      first_wrong = std::min(first_wrong, offset);
  }
  if (first_wrong == bytes) return {};
  return {std::numeric_limits<double>::infinity(), 0,
          "the copy differs from its source in the word at byte " + std::to_string(first_wrong)};
}

/// One direction: its source filled with random data, its destination to be poisoned before a check.
class Copy {
 public:
  Copy(device::Context& context, bool to_device, bool pinned, std::size_t bytes, std::uint64_t seed)
      : context_(context),
        to_device_(to_device),
        bytes_(bytes),
        seed_(seed),
        host_(words_for(bytes), pinned),
        device_(words_for(bytes)) {
    if (to_device) host::fill_random(host_.data(), words_for(bytes), seed);
    else device::fill_random(device_.data(), words_for(bytes), seed, context.stream());
    poison();
    context.synchronize("filling the source of a copy");
  }

  void enqueue(cudaStream_t stream) {
    if (to_device_) {
      check(cudaMemcpyAsync(device_.data(), host_.data(), bytes_, cudaMemcpyHostToDevice, stream),
            "copying " + std::to_string(bytes_) + " bytes to the GPU");
    } else {
      check(cudaMemcpyAsync(host_.data(), device_.data(), bytes_, cudaMemcpyDeviceToHost, stream),
            "copying " + std::to_string(bytes_) + " bytes from the GPU");
    }
  }

  void poison() {
    if (to_device_) device::poison(device_.data(), device_.bytes(), context_.stream());
    else host::poison(host_.data(), words_for(bytes_) * sizeof(float));
  }

  /// Filling and comparing leave lines in the cores' caches. Without them every process starts alike; no effect of theirs was
  /// measured.
  void flush_host() { host::flush_caches(host_.data(), bytes_); }

  /// The destination against the source, after the copy is done.
  Verification compare() {
    if (!to_device_) {
      Verification verification = compare_bytes(host_.data(), bytes_, seed_);
      verification.digest = host::digest(host_.data(), bytes_);
      return verification;
    }
    // The source was filled by the host from the same formula, so equal digests are equal bytes; only a
    // difference is fetched to say where it is.
    const std::uint64_t digest = device::digest(device_.data(), bytes_, context_.stream());
    if (digest == host::digest(host_.data(), bytes_)) return {0, digest, {}};
    const auto arrived = device::to_host(device_.data(), device_.size(), context_.stream());
    Verification verification = compare_bytes(arrived.data(), bytes_, seed_);
    verification.digest = digest;
    return verification;
  }

 private:
  device::Context& context_;
  bool to_device_;
  std::size_t bytes_;
  std::uint64_t seed_;
  HostBuffer host_;
  device::Buffer<float> device_;
};

class OneWayExecution final : public Execution {
 public:
  OneWayExecution(device::Context& context, bool to_device, bool pinned, std::size_t bytes, int copies)
      : context_(context),
        pinned_(pinned),
        copies_(copies),
        copy_(context, to_device, pinned, bytes, x_seed),
        borders_(copies > 1 ? copies + 1 : 0) {}

  void run() override {
    record_border(0);
    for (int copy = 0; copy < copies_; ++copy) {
      copy_.enqueue(context_.stream());
      record_border(copy + 1);
    }
    if (!pinned_) context_.synchronize("copying from or to pageable memory");
  }

  double excess_seconds() const override {
    double all = 0, fastest = std::numeric_limits<double>::infinity();
    for (std::size_t copy = 0; copy + 1 < borders_.size(); ++copy) {
      float milliseconds = 0;
      check(cudaEventElapsedTime(&milliseconds, borders_[copy].get(), borders_[copy + 1].get()),
            "reading the time of a copy between host and GPU");
      const double seconds = 1e-3 * static_cast<double>(milliseconds);
      all += seconds;
      fastest = std::min(fastest, seconds);
    }
    return borders_.empty() ? 0 : all - copies_ * fastest;
  }

  Verification verify() override {
    copy_.poison();
    run();
    context_.synchronize("copying between host and GPU");
    const Verification verification = copy_.compare();
    if (pinned_) copy_.flush_host();
    return verification;
  }

 private:
  void record_border(int index) {
    if (borders_.empty()) return;
    check(cudaEventRecord(borders_[index].get(), context_.stream()), "recording the border between two copies");
  }

  device::Context& context_;
  bool pinned_;
  int copies_;
  Copy copy_;
  std::vector<device::Event> borders_;  ///< before, between and after the copies of a run
};

class BidirectionalExecution final : public Execution {
 public:
  BidirectionalExecution(device::Context& context, std::size_t bytes, int copies)
      : up_(context, true, true, bytes, x_seed),
        down_(context, false, true, bytes, y_seed),
        copies_(context, {{context.ordinal(), copy_by(down_)}, {context.ordinal(), copy_by(up_)}}, copies) {}

  void run() override { copies_.run(); }

  double reported_seconds() const override { return copies_.seconds(); }

  Verification verify() override {
    up_.poison();
    down_.poison();
    run();
    const Verification up = up_.compare();
    const Verification down = down_.compare();
    up_.flush_host();
    down_.flush_host();
    const std::uint64_t digests[] = {up.digest, down.digest};
    return {std::max(up.error, down.error), digest_bytes(digests, sizeof digests),
            up.correct() ? down.detail : up.detail};
  }

 private:
  static std::function<void(cudaStream_t, int)> copy_by(Copy& copy) {
    return [&copy](cudaStream_t stream, int copies) { for (int i = 0; i < copies; ++i) copy.enqueue(stream); };
  }

  Copy up_;
  Copy down_;
  device::OppositeCopies copies_;
};

}  // namespace

std::unique_ptr<Execution> prepare_transfer(device::Context& context, Transfer transfer, std::size_t bytes,
                                            int copies) {
  switch (transfer) {
    case Transfer::h2d_pinned: return std::make_unique<OneWayExecution>(context, true, true, bytes, copies);
    case Transfer::d2h_pinned: return std::make_unique<OneWayExecution>(context, false, true, bytes, copies);
    case Transfer::h2d_pageable: return std::make_unique<OneWayExecution>(context, true, false, bytes, copies);
    case Transfer::d2h_pageable: return std::make_unique<OneWayExecution>(context, false, false, bytes, copies);
    case Transfer::bidirectional_pinned: break;
  }
  return std::make_unique<BidirectionalExecution>(context, bytes, copies);
}

}  // namespace cuparity
