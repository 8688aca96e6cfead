// The double-precision reference of a convolution at chosen elements, and the bound on what a correct
// implementation may deviate from it.
//
// Each pass is a matrix product of implicit operands whose result, row by row, is the result tensor:
//   forward          rows (n,p,q)  columns k        depth (r,s,c)   x  * w
//   backward data    rows (n,h,w)  columns c        depth (r,s,k)   dy * w
//   backward filter  rows k        columns (r,s,c)  depth (n,p,q)   dy * x
// so element (row, column) of the result stands at row * columns + column of the tensor.
#pragma once

#include <cstdint>
#include <vector>

#include "kernels/convolution/convolution.hpp"

namespace cuparity {

struct ProductSize {
  std::int64_t rows = 0;
  std::int64_t columns = 0;
  std::int64_t depth = 0;  ///< products summed for one element, those on the padding included
};

ProductSize product_size(const ConvolutionProblem& problem);

/// Nothing is summed, so nothing is to be asked of a library: the result, if it has elements, is zero.
bool is_empty(const ConvolutionProblem& problem);

/// The rows and columns at whose crossings the result is compared.
struct SampleGrid {
  std::vector<std::int64_t> rows;
  std::vector<std::int64_t> columns;

  std::size_t size() const { return rows.size() * columns.size(); }
};

/// Every element if that costs at most 2^25 multiply-adds, else corners, borders and random ones: at
/// least 1024 (backward filter, whose depth is a whole batch of pixels: at least 49), chosen so that one
/// thread evaluates them in about 0.2 s.
SampleGrid sample_grid(const ConvolutionProblem& problem);

/// Indices into the result tensor of the elements of the grid, row by row.
std::vector<std::int64_t> element_indices(const ConvolutionProblem& problem, const SampleGrid& grid);

/// Exact to double rounding, from inputs made by random_element_bits().
struct Reference {
  std::vector<double> values;   ///< sum of the products
  std::vector<double> spreads;  ///< square root of the sum of the squared products
};

Reference evaluate_reference(const ConvolutionProblem& problem, const SampleGrid& grid);

/// The largest admissible deviation from `value`. With t the spread, k the depth and random operands of
/// zero mean, partial sums are random walks of size at most about t:
///  - fused multiply-adds round to nearest: errors add up like a random walk of k steps of u |partial
///    sum| (Higham and Mary, Sharper probabilistic backward error analysis, SIAM J. Sci. Comput. 42, 2020):
///    6 * 2^-24 * sqrt(k) * t, about twenty standard deviations where partial sums are of size t, for those
///    of the largest of many elements are several times that
///  - tensor cores truncate after each block of products (Fasi, Higham, Mikaitis, Pranesh, Numerical
///    behavior of NVIDIA tensor cores, PeerJ Comput. Sci. 7, 2021), which is biased, so errors add up
///    linearly: another 2^-23 * (k / block) * t, block = 8, for tf32 4
///  - tf32 operands lose 13 bits, each product up to 2 * 2^-10 relative, if they are truncated:
///    2^-10 * (|value| + 3.3 * t), the mean and eight standard deviations of the sum
///  - storing the result rounds to nearest: 2^-24, 2^-11 or 2^-8 relative, in fp16 at least 2^-25
double error_bound(ElementType type, std::int64_t depth, double value, double spread);

/// Compares results, given as stored bits in the order of element_indices(), with the reference.
/// Leaves the digest zero.
Verification compare_with_reference(const ConvolutionProblem& problem, const SampleGrid& grid,
                                    const Reference& reference, const std::vector<std::uint32_t>& results);

}  // namespace cuparity
