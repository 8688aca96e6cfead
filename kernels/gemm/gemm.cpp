#include "kernels/gemm/gemm.hpp"

namespace cuparity {

std::vector<Case> gemm_bench_cases(Backend) { return {}; }
std::vector<Case> gemm_validation_cases(Backend) { return {}; }

}  // namespace cuparity
