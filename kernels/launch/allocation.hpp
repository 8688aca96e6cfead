// Latencies of memory: allocating and freeing it, and copying one word. CUDA only. C++17.
#pragma once

#include <vector>

#include "kernels/workload.hpp"

namespace cuparity {

std::vector<Case> allocation_bench_cases();
std::vector<Case> allocation_validation_cases();

}  // namespace cuparity
