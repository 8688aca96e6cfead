// The cases of each backend; launch.cpp chooses between them. C++17.
#pragma once

#include <vector>

#include "kernels/workload.hpp"

namespace cuparity {

/// Process start, thread start, a system call.
std::vector<Case> host_launch_bench_cases();
std::vector<Case> host_launch_validation_cases();

/// Kernel launches, graph nodes, allocations, 4-byte copies.
std::vector<Case> cuda_launch_bench_cases();
std::vector<Case> cuda_launch_validation_cases();

/// A verification of something that either happened exactly as asked or did not: error 0 or infinity.
Verification exact_verification(bool as_expected, std::uint64_t digest, std::string detail);

}  // namespace cuparity
