#pragma once

#include "validate/session.hpp"

namespace cuparity::validate {

/// Registers MemoryPattern.* over a bounded piece of the backend's memory, and
/// MemoryChecker.FindsAFlippedBit, which shows that the checker can fail.
void register_memory_tests(const Session& session);

}  // namespace cuparity::validate
