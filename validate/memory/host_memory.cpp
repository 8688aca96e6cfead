#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <stdexcept>
#include <vector>

#include "validate/memory/pattern_memory.hpp"

namespace cuparity::validate {
namespace {

constexpr std::uint64_t nothing_wrong = std::numeric_limits<std::uint64_t>::max();

struct Found {
  std::uint64_t wrong = 0;
  /// Lowest wrong word in the upper half, what it held in the lower: one minimum finds both.
  std::uint64_t first = nothing_wrong;
};

MemoryErrors unpack(const Found& found, const Pattern& pattern) {
  MemoryErrors errors;
  errors.count = found.wrong;
  if (errors.count == 0) return errors;
  errors.first_word = found.first >> 32;
  errors.expected = pattern_word(pattern, errors.first_word);
  errors.found = static_cast<std::uint32_t>(found.first);
  return errors;
}

/// Words that are computed at once and then compared or copied as bytes; a multiple of a walking bit's
/// period.
constexpr std::size_t block_words = 1024;

struct Block {
  std::array<std::uint32_t, block_words> words;
};

bool repeats_every_block(const Pattern& pattern) {
  return pattern.kind == PatternKind::constant || pattern.kind == PatternKind::walking_bit;
}

void compute(const Pattern& pattern, std::size_t first, Block& block) {
  for (std::size_t i = 0; i < block_words; ++i) block.words[i] = pattern_word(pattern, first + i);
}

class HostMemory : public PatternMemory {
 public:
  explicit HostMemory(std::size_t words) : memory_(words) {}

  std::uint64_t words() const override { return memory_.size(); }
  std::uint64_t address() const override { return reinterpret_cast<std::uintptr_t>(memory_.data()); }

  void write(const Pattern& pattern) override {
    for_each_block(pattern, false,
                   [](std::uint32_t* words, std::size_t count, std::size_t, const Block& expected) {
                     std::memcpy(words, expected.words.data(), 4 * count);
                     return Found{};
                   });
  }

  MemoryErrors check(const Pattern& pattern) override {
    return unpack(for_each_block(pattern, false, compare), pattern);
  }

  MemoryErrors check_and_invert(const Pattern& pattern, bool descending) override {
    const auto compare_and_invert = [](std::uint32_t* words, std::size_t count, std::size_t first,
                                       const Block& expected) {
      const Found found = compare(words, count, first, expected);
      for (std::size_t i = 0; i < count; ++i) words[i] = ~expected.words[i];
      return found;
    };
    return unpack(for_each_block(pattern, descending, compare_and_invert), pattern);
  }

  void flip_bit(std::uint64_t word, unsigned bit) override { memory_.at(word) ^= std::uint32_t{1} << bit; }

 private:
  static Found compare(const std::uint32_t* words, std::size_t count, std::size_t first,
                       const Block& expected) {
    Found found;
    if (std::memcmp(words, expected.words.data(), 4 * count) == 0) return found;
    for (std::size_t i = 0; i < count; ++i) {
      if (words[i] == expected.words[i]) continue;
      ++found.wrong;
      found.first = std::min(found.first, std::uint64_t{first + i} << 32 | words[i]);
    }
    return found;
  }

  /// Calls visit(words, how many, index of the first, what `pattern` has there) for every block.
  template <typename Visit>
  Found for_each_block(const Pattern& pattern, bool descending, const Visit& visit) {
    const std::int64_t blocks = static_cast<std::int64_t>((memory_.size() + block_words - 1) / block_words);
    std::uint64_t wrong = 0;
    std::uint64_t lowest = nothing_wrong;
#pragma omp parallel reduction(+ : wrong) reduction(min : lowest)
    {
      Block expected;
      compute(pattern, 0, expected);
#pragma omp for
      for (std::int64_t step = 0; step < blocks; ++step) {
        const std::size_t first =
            static_cast<std::size_t>(descending ? blocks - 1 - step : step) * block_words;
        if (!repeats_every_block(pattern)) compute(pattern, first, expected);
        const std::size_t count = std::min(block_words, memory_.size() - first);
        const Found found = visit(memory_.data() + first, count, first, expected);
        wrong += found.wrong;
        lowest = std::min(lowest, found.first);
      }
    }
    return {wrong, lowest};
  }

  std::vector<std::uint32_t> memory_;
};

}  // namespace

std::unique_ptr<PatternMemory> make_host_memory(std::size_t bytes) {
  if (bytes < 4 || bytes > pattern_memory_limit_bytes)
    throw std::invalid_argument("a memory test takes 4 bytes to 16 GiB, not " + std::to_string(bytes) +
                                " bytes");
  return std::make_unique<HostMemory>(bytes / 4);
}

}  // namespace cuparity::validate
