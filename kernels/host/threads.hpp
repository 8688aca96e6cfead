// Which algorithm a library of the CPU used.
#pragma once

#include <string>

namespace cuparity {

/// How a sum is shared among threads shows in its last bits, so their number belongs to the algorithm's name.
inline std::string with_threads(const std::string& algorithm, int threads) {
  return algorithm + ", " + std::to_string(threads) + (threads == 1 ? " thread" : " threads");
}

}  // namespace cuparity
