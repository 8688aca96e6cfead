#pragma once

#include <vector>

#include "kernels/workload.hpp"

namespace cuparity {

std::vector<Case> bandwidth_bench_cases(Backend backend);
std::vector<Case> bandwidth_validation_cases(Backend backend);

}  // namespace cuparity
