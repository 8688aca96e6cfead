// The high-precision reference of a GEMM and the largest deviation that its type allows.
#pragma once

#include <cstdint>
#include <vector>

#include "kernels/gemm/gemm.hpp"

namespace cuparity {

/// The value of element (row, column) of A (seed gemm_seed_a) or B's transpose (gemm_seed_b); exact.
double gemm_input_value(GemmType type, std::uint64_t seed, std::size_t row, std::size_t column,
                        std::size_t columns);

/// The value of an output element, given its bits in the low bits of `bits`; exact.
double gemm_output_value(GemmType type, std::uint64_t bits);

/// Output elements that are compared: every pair of a row and a column, each list ascending.
struct GemmSample {
  std::vector<std::size_t> rows;
  std::vector<std::size_t> columns;
};

/// Every element of a small output. Of a large one at least 64 x 64: one random row and column of each
/// 64th of the matrix, so that no tile of 128 x 128 goes unseen up to 8192 x 8192 (256 x 256 at 16384),
/// and those at the matrix's and the tiles' borders. The same for equal problems.
GemmSample gemm_sample(const GemmProblem& problem);

/// What rounding does in one type. With R = sqrt(sum over p of (a_ip * b_pj)^2), which is the size of the
/// partial sums when signs are random, an element may deviate from the exact sum s by
///   unit * R * (per_product * k + per_root * sqrt(k)) + output_unit * |s| + output_smallest.
///
/// A rounding error of one addition is at most unit * |partial sum|, and partial sums are of the order of
/// R. Round to nearest makes the k errors independent: they add up like sqrt(k) (Higham and Mary, A New
/// Approach to Probabilistic Rounding Error Analysis, 2019), and per_root = 16 leaves about ten standard
/// deviations. Tensor cores align a group of products to the largest exponent and truncate (Fasi, Higham,
/// Mikaitis, Pranesh, Numerical behavior of NVIDIA tensor cores, 2021): all errors of an addition to the
/// running sum then point to zero and add up with the number of groups; per_product = 2 / (products in
/// the smallest known group). fp8 with fast accumulation keeps 13 fraction bits while it accumulates
/// (DeepSeek-V3 technical report, 2024, section 3.5.2).
/// Compared with the usual worst case k * unit * sum |a||b| this bound is hundreds of times tighter at
/// k = 8192, which is what lets a single missing product be noticed.
struct GemmErrorModel {
  double unit;
  double per_product;
  double per_root;
  double output_unit;
  double output_smallest;
};

GemmErrorModel gemm_error_model(GemmType type);

/// Compares `output`, the sampled elements in the order rows-major over sample.rows x sample.columns,
/// with a reference summed in long double (fp64) or double (all others; exact for int8, whose bound is
/// zero). `error` is infinite where a bound of zero is missed or the output is not a number. The digest
/// is left to the caller.
Verification compare_gemm(const GemmProblem& problem, const GemmSample& sample,
                          const std::vector<double>& output);

}  // namespace cuparity
