#include <algorithm>
#include <limits>
#include <stdexcept>
#include <vector>

#include "validate/memory/pattern_memory.hpp"

namespace cuparity::validate {
namespace {

/// Lowest wrong word in the upper half, what it held in the lower: one minimum finds both.
constexpr std::uint64_t nothing_wrong = std::numeric_limits<std::uint64_t>::max();

MemoryErrors unpack(std::uint64_t count, std::uint64_t first, const Pattern& pattern) {
  MemoryErrors errors;
  errors.count = count;
  if (count == 0) return errors;
  errors.first_word = first >> 32;
  errors.expected = pattern_word(pattern, errors.first_word);
  errors.found = static_cast<std::uint32_t>(first);
  return errors;
}

class HostMemory : public PatternMemory {
 public:
  explicit HostMemory(std::size_t words) : memory_(words) {}

  std::uint64_t words() const override { return memory_.size(); }
  std::uint64_t address() const override { return reinterpret_cast<std::uintptr_t>(memory_.data()); }

  void write(const Pattern& pattern) override {
    std::uint32_t* memory = memory_.data();
    const std::int64_t count = static_cast<std::int64_t>(memory_.size());
#pragma omp parallel for
    for (std::int64_t i = 0; i < count; ++i) memory[i] = pattern_word(pattern, static_cast<std::uint64_t>(i));
  }

  MemoryErrors check(const Pattern& pattern) override {
    const std::uint32_t* memory = memory_.data();
    const std::int64_t count = static_cast<std::int64_t>(memory_.size());
    std::uint64_t wrong = 0;
    std::uint64_t first = nothing_wrong;
#pragma omp parallel for reduction(+ : wrong) reduction(min : first)
    for (std::int64_t i = 0; i < count; ++i) {
      const std::uint64_t index = static_cast<std::uint64_t>(i);
      const std::uint32_t found = memory[i];
      if (found == pattern_word(pattern, index)) continue;
      ++wrong;
      first = std::min(first, index << 32 | found);
    }
    return unpack(wrong, first, pattern);
  }

  MemoryErrors check_and_invert(const Pattern& pattern, bool descending) override {
    std::uint32_t* memory = memory_.data();
    const std::uint64_t count = memory_.size();
    std::uint64_t wrong = 0;
    std::uint64_t first = nothing_wrong;
#pragma omp parallel for reduction(+ : wrong) reduction(min : first)
    for (std::int64_t i = 0; i < static_cast<std::int64_t>(count); ++i) {
      const std::uint64_t step = static_cast<std::uint64_t>(i);
      const std::uint64_t index = descending ? count - 1 - step : step;
      const std::uint32_t expected = pattern_word(pattern, index);
      const std::uint32_t found = memory[index];
      memory[index] = ~expected;
      if (found == expected) continue;
      ++wrong;
      first = std::min(first, index << 32 | found);
    }
    return unpack(wrong, first, pattern);
  }

  void flip_bit(std::uint64_t word, unsigned bit) override { memory_.at(word) ^= std::uint32_t{1} << bit; }

 private:
  std::vector<std::uint32_t> memory_;
};

}  // namespace

std::unique_ptr<PatternMemory> make_host_memory(std::size_t bytes) {
  if (bytes < 4 || bytes > pattern_memory_limit_bytes)
    throw std::invalid_argument("a memory test takes 4 bytes to 16 GiB, not " + std::to_string(bytes) + " bytes");
  return std::make_unique<HostMemory>(bytes / 4);
}

}  // namespace cuparity::validate
