#include "kernels/bandwidth/bandwidth.hpp"

namespace cuparity {

std::vector<Case> bandwidth_bench_cases(Backend) { return {}; }
std::vector<Case> bandwidth_validation_cases(Backend) { return {}; }

}  // namespace cuparity
