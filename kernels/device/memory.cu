#include "kernels/device/memory.hpp"

#include "kernels/device/context.hpp"
#include "kernels/digest.hpp"

namespace cuparity::device {
namespace {

constexpr int threads_per_block = 256;

int blocks_for(std::size_t count) {
  const std::size_t blocks = (count + threads_per_block - 1) / threads_per_block;
  return static_cast<int>(blocks < 8192 ? blocks : 8192);
}

template <typename T>
__global__ void fill_kernel(T* output, std::size_t count, std::uint64_t seed) {
  for (std::size_t i = blockIdx.x * std::size_t{blockDim.x} + threadIdx.x; i < count;
       i += std::size_t{gridDim.x} * blockDim.x)
    output[i] = random_uniform(seed, i);
}

__global__ void digest_kernel(const unsigned char* memory, std::size_t bytes, unsigned long long* sum) {
  const std::size_t words = bytes / 4;
  std::uint64_t own = 0;
  const std::size_t first = blockIdx.x * std::size_t{blockDim.x} + threadIdx.x;
  for (std::size_t i = first; i < words; i += std::size_t{gridDim.x} * blockDim.x)
    own += digest_word(i, reinterpret_cast<const std::uint32_t*>(memory)[i]);
  if (first == 0 && bytes % 4 != 0) {
    std::uint32_t word = 0;
    for (std::size_t i = 0; i < bytes % 4; ++i)
      word |= static_cast<std::uint32_t>(memory[4 * words + i]) << (8 * i);
    own += digest_word(words, word);
  }
  for (int offset = 16; offset > 0; offset /= 2) own += __shfl_down_sync(0xffffffffu, own, offset);
  if (threadIdx.x % 32 == 0) atomicAdd(sum, static_cast<unsigned long long>(own));
}

template <typename T>
void fill(T* output, std::size_t count, std::uint64_t seed, cudaStream_t stream) {
  if (count == 0) return;
  fill_kernel<<<blocks_for(count), threads_per_block, 0, stream>>>(output, count, seed);
  check(cudaGetLastError(), "filling a buffer with random data");
}

}  // namespace

void fill_random(float* output, std::size_t count, std::uint64_t seed, cudaStream_t stream) {
  fill(output, count, seed, stream);
}

void fill_random(double* output, std::size_t count, std::uint64_t seed, cudaStream_t stream) {
  fill(output, count, seed, stream);
}

void poison(void* memory, std::size_t bytes, cudaStream_t stream) {
  if (bytes != 0) check(cudaMemsetAsync(memory, 0xff, bytes, stream), "poisoning an output buffer");
}

std::uint64_t digest(const void* memory, std::size_t bytes, cudaStream_t stream) {
  if (bytes == 0) return 0;
  Buffer<unsigned long long> sum(1);
  check(cudaMemsetAsync(sum.data(), 0, sum.bytes(), stream), "clearing a digest");
  digest_kernel<<<blocks_for(bytes / 4 + 1), threads_per_block, 0, stream>>>(
      static_cast<const unsigned char*>(memory), bytes, sum.data());
  check(cudaGetLastError(), "computing a digest");
  return to_host(sum.data(), 1, stream).front();
}

}  // namespace cuparity::device
