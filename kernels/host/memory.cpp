#include "kernels/host/memory.hpp"

#include <sys/mman.h>
#ifdef __x86_64__
#include <emmintrin.h>
#endif

#include <algorithm>
#include <cstring>
#include <fstream>
#include <stdexcept>

#include "kernels/digest.hpp"
#include "kernels/random_input.hpp"

namespace cuparity::host {
namespace {

constexpr std::size_t huge_page = std::size_t{2} << 20;

template <typename T>
void fill(T* output, std::size_t count, std::uint64_t seed) {
#pragma omp parallel for schedule(static) if (count > chunk_elements)
  for (std::size_t chunk = 0; chunk < chunks_of(count); ++chunk) {
    const std::size_t end = std::min(count, (chunk + 1) * chunk_elements);
    for (std::size_t i = chunk * chunk_elements; i < end; ++i) output[i] = random_uniform(seed, i);
  }
}

/// The number in a one-line file of the kernel; nothing if it has none ("max").
std::optional<std::size_t> read_number(const std::string& path) {
  std::ifstream file(path);
  std::size_t number = 0;
  if (file >> number) return number;
  return std::nullopt;
}

/// What the cgroup of this process still allows, as seen inside a container (cgroup v2, then v1).
std::optional<std::size_t> cgroup_memory_left() {
  const std::string roots[][2] = {{"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current"},
                                  {"/sys/fs/cgroup/memory/memory.limit_in_bytes",
                                   "/sys/fs/cgroup/memory/memory.usage_in_bytes"}};
  for (const auto& [limit_path, usage_path] : roots) {
    const auto limit = read_number(limit_path);
    const auto usage = read_number(usage_path);
    if (limit && usage) return *limit > *usage ? *limit - *usage : 0;
  }
  return std::nullopt;
}

}  // namespace

void* allocate(std::size_t bytes) {
  const std::size_t alignment = bytes >= huge_page ? huge_page : 64;
  const std::size_t rounded = std::max(alignment, (bytes + alignment - 1) / alignment * alignment);
  void* memory = std::aligned_alloc(alignment, rounded);
  if (memory == nullptr)
    throw std::runtime_error("allocating " + std::to_string(bytes) +
                             " bytes of host memory: not enough memory; choose a smaller size");
  // Only a wish: 4 KiB pages cost some bandwidth, never correctness.
  if (alignment == huge_page) madvise(memory, rounded, MADV_HUGEPAGE);
  return memory;
}

void fill_random(float* output, std::size_t count, std::uint64_t seed) { fill(output, count, seed); }
void fill_random(double* output, std::size_t count, std::uint64_t seed) { fill(output, count, seed); }

void poison(void* memory, std::size_t bytes) {
  auto* target = static_cast<unsigned char*>(memory);
#pragma omp parallel for schedule(static) if (bytes > huge_page)
  for (std::size_t begin = 0; begin < bytes; begin += huge_page)
    std::memset(target + begin, 0xff, std::min(huge_page, bytes - begin));
}

void flush_caches([[maybe_unused]] const void* memory, [[maybe_unused]] std::size_t bytes) {
#ifdef __x86_64__
  constexpr std::size_t line = 64;
  const auto* source = static_cast<const unsigned char*>(memory);
#pragma omp parallel for schedule(static) if (bytes > huge_page)
  for (std::size_t offset = 0; offset < bytes; offset += line) _mm_clflush(source + offset);
  if (bytes > 0) _mm_clflush(source + bytes - 1);  // the last line of a buffer that does not begin with one
  _mm_mfence();
#endif
}

std::uint64_t digest(const void* memory, std::size_t bytes) {
  constexpr std::size_t piece = 4 * chunk_elements;
  const auto* source = static_cast<const unsigned char*>(memory);
  std::uint64_t sum = 0;
#pragma omp parallel for schedule(static) reduction(+ : sum) if (bytes > piece)
  for (std::size_t begin = 0; begin < bytes; begin += piece)
    sum += digest_bytes(source + begin, std::min(piece, bytes - begin), begin / 4);
  return sum;
}

std::size_t last_level_cache_bytes() {
  std::size_t largest = 0;
  for (int index = 0; index < 8; ++index) {
    std::ifstream file("/sys/devices/system/cpu/cpu0/cache/index" + std::to_string(index) + "/size");
    std::size_t size = 0;
    char unit = 0;
    if (!(file >> size)) continue;
    if (file >> unit) size <<= unit == 'K' ? 10 : unit == 'M' ? 20 : 0;
    largest = std::max(largest, size);
  }
  return largest;
}

std::optional<std::size_t> available_memory_bytes() {
  std::optional<std::size_t> available;
  std::ifstream file("/proc/meminfo");
  for (std::string line; std::getline(file, line);)
    if (line.rfind("MemAvailable:", 0) == 0) available = std::stoull(line.substr(13)) << 10;
  const auto left = cgroup_memory_left();
  if (left && (!available || *left < *available)) return left;
  return available;
}

std::optional<std::string> memory_shortage(std::size_t needed) {
  const auto available = available_memory_bytes();
  if (!available || needed <= *available) return std::nullopt;
  return "needs " + std::to_string(needed >> 20) + " MiB of host memory, " +
         std::to_string(*available >> 20) + " MiB are available";
}

}  // namespace cuparity::host
