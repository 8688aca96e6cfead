#include "validate/memory/pattern_tests.hpp"

#include <cstdio>

namespace cuparity::validate {
namespace {

MemoryErrors write_and_check(PatternMemory& memory, const Pattern& pattern) {
  memory.write(pattern);
  return memory.check(pattern);
}

/// Each bit of each word is set, or cleared, alone once.
MemoryErrors walk(PatternMemory& memory, bool inverted) {
  MemoryErrors errors;
  for (std::uint64_t place = 0; place < 32; ++place)
    errors = combine(errors, write_and_check(memory, {PatternKind::walking_bit, place, inverted}));
  return errors;
}

MemoryErrors walking_ones(PatternMemory& memory) { return walk(memory, false); }
MemoryErrors walking_zeros(PatternMemory& memory) { return walk(memory, true); }

MemoryErrors both_ways(PatternMemory& memory, Pattern pattern) {
  MemoryErrors errors = write_and_check(memory, pattern);
  pattern.inverted = true;
  return combine(errors, write_and_check(memory, pattern));
}

MemoryErrors address_in_address(PatternMemory& memory) {
  return both_ways(memory, {PatternKind::address, 0, false});
}

MemoryErrors random_pattern(PatternMemory& memory) {
  MemoryErrors errors;
  for (std::uint64_t seed : {0x6d656d6f7279u, 0x7061747465u})
    errors = combine(errors, both_ways(memory, {PatternKind::random, seed, false}));
  return errors;
}

/// Upwards the pattern turns into its complement, downwards back again, each word checked just before it
/// is written: a write that disturbs a neighbour is seen when the neighbour's turn comes.
MemoryErrors move_inversions(PatternMemory& memory, Pattern pattern) {
  memory.write(pattern);
  MemoryErrors errors = memory.check_and_invert(pattern, false);
  Pattern complement = pattern;
  complement.inverted = !pattern.inverted;
  errors = combine(errors, memory.check_and_invert(complement, true));
  return combine(errors, memory.check(pattern));
}

MemoryErrors moving_inversions(PatternMemory& memory) {
  MemoryErrors errors;
  for (std::uint64_t word : {0x00000000u, 0x55555555u, 0x33333333u, 0x0f0f0f0fu})
    errors = combine(errors, move_inversions(memory, {PatternKind::constant, word, false}));
  return combine(errors, move_inversions(memory, {PatternKind::random, 0x696e76657274, false}));
}

}  // namespace

const std::vector<PatternTest>& pattern_tests() {
  static const std::vector<PatternTest> tests = {{"WalkingOnes", walking_ones},
                                                 {"WalkingZeros", walking_zeros},
                                                 {"AddressInAddress", address_in_address},
                                                 {"RandomPattern", random_pattern},
                                                 {"MovingInversions", moving_inversions}};
  return tests;
}

std::string describe(const MemoryErrors& errors, const PatternMemory& memory) {
  char text[256];
  std::snprintf(
      text, sizeof text,
      "%llu wrong 32-bit words in %llu bytes of memory; the first at byte %llu (address 0x%llx): expected "
      "0x%08x, found 0x%08x",
      static_cast<unsigned long long>(errors.count), static_cast<unsigned long long>(4 * memory.words()),
      static_cast<unsigned long long>(4 * errors.first_word),
      static_cast<unsigned long long>(memory.address() + 4 * errors.first_word), errors.expected,
      errors.found);
  return text;
}

}  // namespace cuparity::validate
