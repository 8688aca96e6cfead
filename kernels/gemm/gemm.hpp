#pragma once

#include <vector>

#include "kernels/workload.hpp"

namespace cuparity {

std::vector<Case> gemm_bench_cases(Backend backend);
std::vector<Case> gemm_validation_cases(Backend backend);

}  // namespace cuparity
