// Our GEMM for CPUs: packed blocks, a register-tiled micro kernel for the vector unit that the processor
// has, all OpenMP threads.
#pragma once

#include "kernels/gemm/gemm.hpp"

namespace cuparity {

/// C = A * B in the layout of gemm.hpp. Writes C alone, not the gaps between its rows. The order of each
/// sum does not depend on the number of threads. Pointers are to the buffers' starts.
void gemm_blocked(const GemmProblem& problem, const float* a, const float* b, float* c);
void gemm_blocked(const GemmProblem& problem, const double* a, const double* b, double* c);

/// The vector unit that gemm_blocked uses on this processor: "avx512f", "avx2+fma" or "baseline".
const char* gemm_blocked_vector_unit();

}  // namespace cuparity
