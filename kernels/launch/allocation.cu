// Timed: allocate and free again, untouched; copy one word and wait. Verified: an allocation of the same kind
// keeps a random pattern that the other side wrote, and a copied word arrives.
//
// The driver cuts small allocations out of chunks that it maps as a whole, and keeps a chunk while anything
// in it lives: an allocation of 1 MiB takes 2 us, or many times that where nothing else of the process is in
// its chunk. What an application waits for, and what a container's device files, memory limits and
// system-call filters could change, is the way into the kernel: mapping and pinning. So sizes are timed that
// are far larger than the driver's pages of 2 MiB.
#include "kernels/launch/allocation.hpp"

#include <cuda_runtime.h>

#include <algorithm>
#include <cstring>
#include <string>

#include "kernels/device/context.hpp"
#include "kernels/device/memory.hpp"
#include "kernels/digest.hpp"
#include "kernels/host/memory.hpp"
#include "kernels/launch/launch_backends.hpp"

namespace cuparity {
namespace {

using device::check;

constexpr std::uint64_t pattern_seed = 0xa110c;

/// The pattern in words of 8 bytes, little endian; the last one may be cut off.
__host__ __device__ std::uint64_t pattern_word(std::size_t index) { return random_bits(pattern_seed, index); }

__global__ void write_pattern(unsigned char* memory, std::size_t bytes) {
  const std::size_t words = bytes / 8;
  const std::size_t first = blockIdx.x * std::size_t{blockDim.x} + threadIdx.x;
  for (std::size_t i = first; i < words; i += std::size_t{gridDim.x} * blockDim.x)
    reinterpret_cast<std::uint64_t*>(memory)[i] = pattern_word(i);
  if (first < bytes % 8)
    memory[8 * words + first] = static_cast<unsigned char>(pattern_word(words) >> 8 * first);
}

/// Enqueues the pattern, written by the GPU. `memory` is aligned to 8 bytes.
void write_pattern_on_device(unsigned char* memory, std::size_t bytes, cudaStream_t stream) {
  if (bytes == 0) return;
  const std::size_t blocks = std::min<std::size_t>((bytes + 2047) / 2048, 4096);
  write_pattern<<<static_cast<unsigned>(blocks), 256, 0, stream>>>(memory, bytes);
  check(cudaGetLastError(), "writing a pattern to device memory");
}

Verification compare_with_pattern(const unsigned char* found, std::size_t bytes) {
  std::size_t wrong = 0;
  for (std::size_t begin = 0; begin < bytes; begin += 8) {
    const std::uint64_t word = pattern_word(begin / 8);
    wrong += std::memcmp(found + begin, &word, std::min<std::size_t>(8, bytes - begin)) != 0;
  }
  return exact_verification(
      wrong == 0, host::digest(found, bytes),
      std::to_string(wrong) + " of " + std::to_string((bytes + 7) / 8) + " words of 8 bytes differ");
}

/// How memory of one kind is had and given back.
struct DeviceMemory {
  static cudaError_t allocate(void** memory, std::size_t bytes) { return cudaMalloc(memory, bytes); }
  static cudaError_t free(void* memory) { return cudaFree(memory); }
  static constexpr const char* name = "device memory";
  static constexpr cudaMemoryType type = cudaMemoryTypeDevice;
};

struct PinnedMemory {
  static cudaError_t allocate(void** memory, std::size_t bytes) { return cudaMallocHost(memory, bytes); }
  static cudaError_t free(void* memory) { return cudaFreeHost(memory); }
  static constexpr const char* name = "pinned memory";
  static constexpr cudaMemoryType type = cudaMemoryTypeHost;
};

template <typename Memory>
class OwnedMemory {
 public:
  explicit OwnedMemory(std::size_t bytes) {
    check(Memory::allocate(&memory_, bytes),
          "allocating " + std::to_string(bytes) + " bytes of " + Memory::name);
  }
  OwnedMemory(const OwnedMemory&) = delete;
  OwnedMemory& operator=(const OwnedMemory&) = delete;
  ~OwnedMemory() { Memory::free(memory_); }
  void* get() const { return memory_; }

 private:
  void* memory_ = nullptr;
};

template <typename Memory>
class Allocation final : public Execution {
 public:
  Allocation(device::Context& context, std::size_t bytes, long count)
      : context_(context), bytes_(bytes), count_(count) {}

  void run() override {
    cudaError_t status = cudaSuccess;
    for (long i = 0; i < count_ && status == cudaSuccess; ++i) {
      void* memory = nullptr;
      status = Memory::allocate(&memory, bytes_);
      if (status == cudaSuccess) status = Memory::free(memory);
    }
    check(status, "allocating and freeing " + std::to_string(bytes_) + " bytes of " + Memory::name);
  }

  Verification verify() override {
    run();
    const OwnedMemory<Memory> memory(bytes_);
    if (bytes_ == 0) return exact_verification(true, 0, "nothing to write");
    cudaPointerAttributes attributes{};
    check(cudaPointerGetAttributes(&attributes, memory.get()), "asking what kind of memory was allocated");
    if (attributes.type != Memory::type)
      return exact_verification(false, 0, std::string("CUDA does not take it for ") + Memory::name);
    // Device memory: written by the GPU, copied here. Pinned memory: the GPU's copy engine writes into it.
    const auto* bytes = static_cast<const unsigned char*>(memory.get());
    if (Memory::type == cudaMemoryTypeDevice) {
      write_pattern_on_device(static_cast<unsigned char*>(memory.get()), bytes_, context_.stream());
      const std::vector<unsigned char> found = device::to_host(bytes, bytes_, context_.stream());
      return compare_with_pattern(found.data(), found.size());
    }
    const device::Buffer<unsigned char> source(bytes_);
    write_pattern_on_device(source.data(), bytes_, context_.stream());
    check(cudaMemcpyAsync(memory.get(), source.data(), bytes_, cudaMemcpyDeviceToHost, context_.stream()),
          "copying a pattern to pinned memory");
    context_.synchronize("waiting for a pattern in pinned memory");
    return compare_with_pattern(bytes, bytes_);
  }

 private:
  device::Context& context_;
  std::size_t bytes_;
  long count_;
};

/// Copies one 4-byte word between pinned and device memory and waits, `count` times.
class WordRoundTrip final : public Execution {
 public:
  WordRoundTrip(device::Context& context, cudaMemcpyKind direction, long count)
      : context_(context), direction_(direction), count_(count), host_(sizeof(std::uint32_t)), device_(1) {
    *host() = 0;
    check(cudaMemsetAsync(device_.data(), 0, device_.bytes(), context.stream()), "clearing a word");
    context.synchronize("clearing a word");
  }

  void run() override {
    cudaError_t status = cudaSuccess;
    for (long i = 0; i < count_ && status == cudaSuccess; ++i) status = copy_and_wait(direction_);
    check(status, "copying a word and waiting");
  }

  Verification verify() override {
    run();
    std::uint64_t digest = 0;
    long arrived = 0;
    for (long i = 0; i < count_; ++i) {
      const auto word = static_cast<std::uint32_t>(random_bits(pattern_seed, static_cast<std::uint64_t>(i)));
      // There and back: a word that either direction did not carry is not found again.
      *host() = word;
      check(copy_and_wait(cudaMemcpyHostToDevice), "copying a word to the GPU");
      *host() = ~word;
      check(copy_and_wait(cudaMemcpyDeviceToHost), "copying a word from the GPU");
      arrived += *host() == word;
      digest += digest_word(static_cast<std::uint64_t>(i), *host());
    }
    return exact_verification(arrived == count_, digest,
                              std::to_string(arrived) + " of " + std::to_string(count_) + " words arrived");
  }

 private:
  volatile std::uint32_t* host() const { return static_cast<volatile std::uint32_t*>(host_.get()); }

  cudaError_t copy_and_wait(cudaMemcpyKind direction) {
    const bool to_device = direction == cudaMemcpyHostToDevice;
    void* host = host_.get();
    void* device = device_.data();
    const cudaError_t status = cudaMemcpyAsync(to_device ? device : host, to_device ? host : device,
                                               sizeof(std::uint32_t), direction, context_.stream());
    return status == cudaSuccess ? cudaStreamSynchronize(context_.stream()) : status;
  }

  device::Context& context_;
  cudaMemcpyKind direction_;
  long count_;
  OwnedMemory<PinnedMemory> host_;
  device::Buffer<std::uint32_t> device_;
};

template <typename Prepare>
Case memory_case(const std::string& name, long count, Prepare prepare) {
  Case result;
  result.name = name;
  result.backend = Backend::cuda;
  result.operations = static_cast<double>(count);
  result.timing = Timing::host_clock;
  result.unsupported = [](device::Context*) -> std::optional<std::string> { return std::nullopt; };
  result.prepare = prepare;
  return result;
}

template <typename Memory>
Case allocation_case(const std::string& name, std::size_t bytes, long count) {
  return memory_case(name, count, [bytes, count](device::Context* context) -> std::unique_ptr<Execution> {
    return std::make_unique<Allocation<Memory>>(*context, bytes, count);
  });
}

Case word_case(const std::string& name, cudaMemcpyKind direction, long count) {
  return memory_case(name, count, [direction, count](device::Context* context) -> std::unique_ptr<Execution> {
    return std::make_unique<WordRoundTrip>(*context, direction, count);
  });
}

}  // namespace

std::vector<Case> allocation_bench_cases() {
  return {allocation_case<DeviceMemory>("launch/device_allocation/64MiB", std::size_t{64} << 20, 5),
          allocation_case<PinnedMemory>("launch/pinned_allocation/16MiB", std::size_t{16} << 20, 2),
          word_case("launch/h2d_round_trip/4B", cudaMemcpyHostToDevice, 100),
          word_case("launch/d2h_round_trip/4B", cudaMemcpyDeviceToHost, 100)};
}

std::vector<Case> allocation_validation_cases() {
  std::vector<Case> cases;
  const std::size_t mebibyte = std::size_t{1} << 20;
  cases.push_back(allocation_case<DeviceMemory>("launch/device_allocation/0", 0, 1));
  for (std::size_t bytes : {std::size_t{1}, std::size_t{3}, mebibyte - 1, mebibyte, 64 * mebibyte + 1}) {
    const std::string size = "/" + std::to_string(bytes);
    cases.push_back(allocation_case<DeviceMemory>("launch/device_allocation" + size, bytes, 3));
    cases.push_back(allocation_case<PinnedMemory>("launch/pinned_allocation" + size, bytes, 3));
  }
  for (long count : {0, 1, 7, 1000}) {
    const std::string size = "/" + std::to_string(count);
    cases.push_back(word_case("launch/h2d_round_trip" + size, cudaMemcpyHostToDevice, count));
    cases.push_back(word_case("launch/d2h_round_trip" + size, cudaMemcpyDeviceToHost, count));
  }
  return cases;
}

}  // namespace cuparity
