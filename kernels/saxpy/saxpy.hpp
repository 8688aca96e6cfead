#pragma once

#include <vector>

#include "kernels/workload.hpp"

namespace cuparity {

std::vector<Case> saxpy_bench_cases(Backend backend);
std::vector<Case> saxpy_validation_cases(Backend backend);

}  // namespace cuparity
