#include <algorithm>
#include <limits>
#include <stdexcept>
#include <string>

#include "kernels/device/context.hpp"
#include "kernels/device/memory.hpp"
#include "validate/memory/pattern_memory.hpp"

namespace cuparity::validate {
namespace {

constexpr int threads_per_block = 256;

/// What the checking threads found together.
struct Tally {
  unsigned long long wrong;
  unsigned long long first;  ///< lowest wrong word in the upper half, what it held in the lower
};

__device__ void report(Tally* tally, std::uint64_t index, std::uint32_t found) {
  atomicAdd(&tally->wrong, 1ull);
  atomicMin(&tally->first, static_cast<unsigned long long>(index << 32 | found));
}

__global__ void clear_kernel(Tally* tally) {
  tally->wrong = 0;
  tally->first = ~0ull;
}

__global__ void write_kernel(std::uint32_t* memory, std::uint64_t words, Pattern pattern) {
  const std::uint64_t stride = std::uint64_t{gridDim.x} * blockDim.x;
  for (std::uint64_t i = std::uint64_t{blockIdx.x} * blockDim.x + threadIdx.x; i < words; i += stride)
    memory[i] = pattern_word(pattern, i);
}

__global__ void check_kernel(const std::uint32_t* memory, std::uint64_t words, Pattern pattern,
                             Tally* tally) {
  const std::uint64_t stride = std::uint64_t{gridDim.x} * blockDim.x;
  for (std::uint64_t i = std::uint64_t{blockIdx.x} * blockDim.x + threadIdx.x; i < words; i += stride) {
    const std::uint32_t found = memory[i];
    if (found != pattern_word(pattern, i)) report(tally, i, found);
  }
}

__global__ void invert_kernel(std::uint32_t* memory, std::uint64_t words, Pattern pattern, bool descending,
                              Tally* tally) {
  const std::uint64_t stride = std::uint64_t{gridDim.x} * blockDim.x;
  for (std::uint64_t i = std::uint64_t{blockIdx.x} * blockDim.x + threadIdx.x; i < words; i += stride) {
    const std::uint64_t index = descending ? words - 1 - i : i;
    const std::uint32_t expected = pattern_word(pattern, index);
    const std::uint32_t found = memory[index];
    memory[index] = ~expected;
    if (found != expected) report(tally, index, found);
  }
}

__global__ void flip_kernel(std::uint32_t* memory, std::uint64_t word, unsigned bit) {
  memory[word] ^= std::uint32_t{1} << bit;
}

class DeviceMemory : public PatternMemory {
 public:
  DeviceMemory(const device::Context& context, std::size_t words)
      : context_(context), memory_(words), tally_(1) {}

  std::uint64_t words() const override { return memory_.size(); }
  std::uint64_t address() const override { return reinterpret_cast<std::uintptr_t>(memory_.data()); }

  void write(const Pattern& pattern) override {
    write_kernel<<<blocks(), threads_per_block, 0, context_.stream()>>>(memory_.data(), words(), pattern);
    finish("writing a memory pattern");
  }

  MemoryErrors check(const Pattern& pattern) override {
    clear_kernel<<<1, 1, 0, context_.stream()>>>(tally_.data());
    check_kernel<<<blocks(), threads_per_block, 0, context_.stream()>>>(memory_.data(), words(), pattern,
                                                                        tally_.data());
    finish("checking a memory pattern");
    return read_tally(pattern);
  }

  MemoryErrors check_and_invert(const Pattern& pattern, bool descending) override {
    clear_kernel<<<1, 1, 0, context_.stream()>>>(tally_.data());
    invert_kernel<<<blocks(), threads_per_block, 0, context_.stream()>>>(memory_.data(), words(), pattern,
                                                                         descending, tally_.data());
    finish("checking and inverting a memory pattern");
    return read_tally(pattern);
  }

  void flip_bit(std::uint64_t word, unsigned bit) override {
    if (word >= words()) throw std::out_of_range("flipping a bit behind the memory's end");
    flip_kernel<<<1, 1, 0, context_.stream()>>>(memory_.data(), word, bit);
    finish("flipping a bit");
  }

 private:
  unsigned blocks() const {
    const std::uint64_t needed = (words() + threads_per_block - 1) / threads_per_block;
    const std::uint64_t resident = 16ull * static_cast<std::uint64_t>(context_.multiprocessors());
    return static_cast<unsigned>(std::min(needed, resident));
  }

  void finish(const std::string& what_was_done) const {
    device::check(cudaGetLastError(), what_was_done);
    context_.synchronize(what_was_done);
  }

  MemoryErrors read_tally(const Pattern& pattern) const {
    const Tally tally = device::to_host(tally_.data(), 1, context_.stream()).front();
    MemoryErrors errors;
    errors.count = tally.wrong;
    if (errors.count == 0) return errors;
    errors.first_word = tally.first >> 32;
    errors.expected = pattern_word(pattern, errors.first_word);
    errors.found = static_cast<std::uint32_t>(tally.first);
    return errors;
  }

  const device::Context& context_;
  device::Buffer<std::uint32_t> memory_;
  device::Buffer<Tally> tally_;
};

}  // namespace

std::unique_ptr<PatternMemory> make_device_memory(const device::Context& context, std::size_t bytes) {
  if (bytes < 4 || bytes > pattern_memory_limit_bytes)
    throw std::invalid_argument("a memory test takes 4 bytes to 16 GiB, not " + std::to_string(bytes) +
                                " bytes");
  return std::make_unique<DeviceMemory>(context, bytes / 4);
}

}  // namespace cuparity::validate
