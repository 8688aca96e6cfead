#pragma once

#include <vector>

#include "kernels/workload.hpp"

namespace cuparity {

std::vector<Case> convolution_bench_cases(Backend backend);
std::vector<Case> convolution_validation_cases(Backend backend);

}  // namespace cuparity
