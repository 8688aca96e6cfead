#include "kernels/convolution/convolution_inputs.hpp"

#include "kernels/device/check.hpp"

namespace cuparity::device {
namespace {

constexpr int threads_per_block = 256;

int blocks_for(std::size_t count) {
  const std::size_t blocks = (count + threads_per_block - 1) / threads_per_block;
  return static_cast<int>(blocks < 8192 ? blocks : 8192);
}

template <typename Stored>
__global__ void fill_kernel(Stored* output, std::size_t count, ElementFormat format, std::uint64_t seed) {
  for (std::size_t i = blockIdx.x * std::size_t{blockDim.x} + threadIdx.x; i < count;
       i += std::size_t{gridDim.x} * blockDim.x)
    output[i] = static_cast<Stored>(random_element_bits(format, seed, i));
}

template <typename Stored>
__global__ void gather_kernel(const Stored* tensor, const std::int64_t* indices, std::size_t count,
                              std::uint32_t* gathered) {
  for (std::size_t i = blockIdx.x * std::size_t{blockDim.x} + threadIdx.x; i < count;
       i += std::size_t{gridDim.x} * blockDim.x)
    gathered[i] = tensor[indices[i]];
}

}  // namespace

void fill_convolution_input(void* output, std::size_t count, ElementType type, std::uint64_t seed,
                            cudaStream_t stream) {
  if (count == 0) return;
  const ElementFormat format = stored_format(type);
  if (element_bytes(type) == 2) {
    fill_kernel<<<blocks_for(count), threads_per_block, 0, stream>>>(static_cast<std::uint16_t*>(output),
                                                                     count, format, seed);
  } else {
    fill_kernel<<<blocks_for(count), threads_per_block, 0, stream>>>(static_cast<std::uint32_t*>(output),
                                                                     count, format, seed);
  }
  check(cudaGetLastError(), "filling a tensor of a convolution with random data");
}

void gather_elements(const void* tensor, ElementType type, const std::int64_t* indices, std::size_t count,
                     std::uint32_t* gathered, cudaStream_t stream) {
  if (count == 0) return;
  if (element_bytes(type) == 2) {
    gather_kernel<<<blocks_for(count), threads_per_block, 0, stream>>>(
        static_cast<const std::uint16_t*>(tensor), indices, count, gathered);
  } else {
    gather_kernel<<<blocks_for(count), threads_per_block, 0, stream>>>(
        static_cast<const std::uint32_t*>(tensor), indices, count, gathered);
  }
  check(cudaGetLastError(), "gathering the sampled elements of a convolution");
}

}  // namespace cuparity::device
