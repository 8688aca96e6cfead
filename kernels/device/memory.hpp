// Filling, poisoning, copying and digesting device memory. All enqueue on `stream`; those that return
// a value or fill host memory wait for it. C++17.
#pragma once

#include <cuda_runtime_api.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "kernels/device/check.hpp"

namespace cuparity::device {

/// output[i] = random_uniform(seed, i) for i in [0, count).
void fill_random(float* output, std::size_t count, std::uint64_t seed, cudaStream_t stream);
void fill_random(double* output, std::size_t count, std::uint64_t seed, cudaStream_t stream);

/// Writes 0xff to every byte: NaN in every floating-point type, -1 in integers.
void poison(void* memory, std::size_t bytes, cudaStream_t stream);

/// digest_bytes() of device memory, computed on the GPU. `memory` is aligned to 4 bytes.
std::uint64_t digest(const void* memory, std::size_t bytes, cudaStream_t stream);

/// Copies `count` elements to the host and waits.
template <typename T>
std::vector<T> to_host(const T* memory, std::size_t count, cudaStream_t stream) {
  std::vector<T> host(count);
  if (count != 0) {
    check(cudaMemcpyAsync(host.data(), memory, count * sizeof(T), cudaMemcpyDeviceToHost, stream),
          "copying a result to the host");
    check(cudaStreamSynchronize(stream), "waiting for a result");
  }
  return host;
}

/// memory[indices[j]] for every j, copied to the host: samples outputs that are too large to copy whole.
/// T is float, double or a 32-bit word. Waits.
template <typename T>
std::vector<T> gather(const T* memory, const std::vector<std::uint64_t>& indices, cudaStream_t stream);

/// Why `needed` bytes of memory of the current GPU are not to be had now, or nothing.
std::optional<std::string> memory_shortage(std::size_t needed);

}  // namespace cuparity::device
