#pragma once

#include <vector>

#include "kernels/workload.hpp"

namespace cuparity {

std::vector<Case> launch_bench_cases(Backend backend);
std::vector<Case> launch_validation_cases(Backend backend);

}  // namespace cuparity
