// The classic memory pattern tests, the same on host and device.
#pragma once

#include <string>
#include <vector>

#include "validate/memory/pattern_memory.hpp"

namespace cuparity::validate {

struct PatternTest {
  const char* name;
  MemoryErrors (*run)(PatternMemory& memory);
};

/// WalkingOnes, WalkingZeros, AddressInAddress, RandomPattern, MovingInversions.
const std::vector<PatternTest>& pattern_tests();

/// One line: how many words are wrong, and of the first one the place, what was expected and found.
std::string describe(const MemoryErrors& errors, const PatternMemory& memory);

}  // namespace cuparity::validate
