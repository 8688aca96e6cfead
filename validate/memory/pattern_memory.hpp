// Memory under test, on the host or on the GPU: filled and checked where it is, only counts travel. C++17.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "validate/memory/pattern.hpp"

namespace cuparity::device {
class Context;
}

namespace cuparity::validate {

/// What a check found wrong.
struct MemoryErrors {
  std::uint64_t count = 0;       ///< wrong 32-bit words, over all checks
  std::uint64_t first_word = 0;  ///< lowest wrong word of the first check that failed; valid if count > 0
  std::uint32_t expected = 0;
  std::uint32_t found = 0;
};

/// The errors of `earlier` and `later` together.
inline MemoryErrors combine(const MemoryErrors& earlier, const MemoryErrors& later) {
  MemoryErrors both = earlier.count > 0 ? earlier : later;
  both.count = earlier.count + later.count;
  return both;
}

/// Up to 16 GiB, so that a word's index has 32 bits. Every function returns when its work is done and
/// throws std::runtime_error where it can't be done.
class PatternMemory {
 public:
  virtual ~PatternMemory() = default;
  virtual std::uint64_t words() const = 0;
  virtual std::uint64_t address() const = 0;  ///< of word 0, as this process names it
  virtual void write(const Pattern& pattern) = 0;
  virtual MemoryErrors check(const Pattern& pattern) = 0;
  /// Checks each word for `pattern` and writes its complement, from low to high or from high to low.
  virtual MemoryErrors check_and_invert(const Pattern& pattern, bool descending) = 0;
  virtual void flip_bit(std::uint64_t word, unsigned bit) = 0;
};

/// At most this many bytes are tested in one piece.
constexpr std::uint64_t pattern_memory_limit_bytes = std::uint64_t{1} << 34;

/// `bytes` is rounded down to whole words. Throws std::invalid_argument for none or for too many.
std::unique_ptr<PatternMemory> make_host_memory(std::size_t bytes);

/// The same on the GPU; defined where CUDA is built. `context` must outlive it.
std::unique_ptr<PatternMemory> make_device_memory(const device::Context& context, std::size_t bytes);

}  // namespace cuparity::validate
