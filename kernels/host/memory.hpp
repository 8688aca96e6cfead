// Host memory for the CPU backend and for references: huge pages where the system gives them, filled,
// poisoned and digested by all cores. The counterpart of kernels/device/memory.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>

namespace cuparity::host {

/// Elements that one loop iteration of a parallel loop works on. Every parallel loop over an array uses
/// schedule(static) over these chunks, so that a core meets the pages that it touched first.
constexpr std::size_t chunk_elements = std::size_t{1} << 16;

/// Number of chunks of an array of `count` elements. Arrays of one chunk are left to one core.
constexpr std::size_t chunks_of(std::size_t count) { return (count + chunk_elements - 1) / chunk_elements; }

/// `bytes` of untouched memory, aligned to 2 MiB (a huge page) if that large and to 64 bytes otherwise.
/// Throws std::runtime_error.
void* allocate(std::size_t bytes);

/// An array of `count` elements of T, not initialised. Move only.
template <typename T>
class Array {
 public:
  Array() = default;
  explicit Array(std::size_t count) : data_(static_cast<T*>(allocate(count * sizeof(T)))), count_(count) {}
  T* data() const { return data_.get(); }
  std::size_t size() const { return count_; }
  std::size_t bytes() const { return count_ * sizeof(T); }

 private:
  struct Free {
    void operator()(T* memory) const { std::free(memory); }
  };
  std::unique_ptr<T, Free> data_;
  std::size_t count_ = 0;
};

/// output[i] = random_uniform(seed, i).
void fill_random(float* output, std::size_t count, std::uint64_t seed);
void fill_random(double* output, std::size_t count, std::uint64_t seed);

/// Writes 0xff to every byte: NaN in every floating-point type, -1 in integers.
void poison(void* memory, std::size_t bytes);

/// Writes these bytes back to memory and drops them from the caches of all cores, so that what reads them next (a GPU's copy
/// engine) reads memory. Does nothing on processors other than x86.
void flush_caches(const void* memory, std::size_t bytes);

/// digest_bytes() computed by all cores.
std::uint64_t digest(const void* memory, std::size_t bytes);

/// Size of the largest cache that Linux reports for CPU 0; 0 if unknown.
std::size_t last_level_cache_bytes();

/// Bytes that can still be allocated: MemAvailable, or what the cgroup leaves if that is less. Nothing if
/// Linux does not say.
std::optional<std::size_t> available_memory_bytes();

/// Why `needed` bytes of host memory are not to be had, or nothing.
std::optional<std::string> memory_shortage(std::size_t needed);

}  // namespace cuparity::host
