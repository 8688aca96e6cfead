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
__global__ void gather_kernel(const T* memory, const std::uint64_t* indices, std::size_t count, T* output) {
  for (std::size_t j = blockIdx.x * std::size_t{blockDim.x} + threadIdx.x; j < count;
       j += std::size_t{gridDim.x} * blockDim.x)
    output[j] = memory[indices[j]];
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

template <typename T>
std::vector<T> gather(const T* memory, const std::vector<std::uint64_t>& indices, cudaStream_t stream) {
  const std::size_t count = indices.size();
  if (count == 0) return {};
  Buffer<std::uint64_t> where(count);
  Buffer<T> found(count);
  check(cudaMemcpyAsync(where.data(), indices.data(), where.bytes(), cudaMemcpyHostToDevice, stream),
        "copying the indices of a sample to the GPU");
  gather_kernel<<<blocks_for(count), threads_per_block, 0, stream>>>(memory, where.data(), count,
                                                                     found.data());
  check(cudaGetLastError(), "gathering a sample of an output");
  return to_host(found.data(), count, stream);
}

template std::vector<float> gather(const float*, const std::vector<std::uint64_t>&, cudaStream_t);
template std::vector<double> gather(const double*, const std::vector<std::uint64_t>&, cudaStream_t);
template std::vector<std::uint32_t> gather(const std::uint32_t*, const std::vector<std::uint64_t>&,
                                           cudaStream_t);

std::optional<std::string> memory_shortage(std::size_t needed) {
  std::size_t available = 0;
  std::size_t total = 0;
  check(cudaMemGetInfo(&available, &total), "asking how much GPU memory is free");
  if (needed <= available) return std::nullopt;
  return "needs " + std::to_string(needed >> 20) + " MiB of GPU memory, " + std::to_string(available >> 20) +
         " of " + std::to_string(total >> 20) + " MiB are free";
}

}  // namespace cuparity::device
