#include "kernels/gemm/gemm_reference.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>

#include "kernels/gemm/gemm_input.hpp"

namespace cuparity {
namespace {

constexpr std::size_t strata = 64;
constexpr std::size_t largest_complete_output = std::size_t{1} << 18;

double decode(std::uint64_t bits, int mantissa_bits, int exponent_bits) {
  const auto mantissa = static_cast<double>(bits & ((1ull << mantissa_bits) - 1));
  const int all_ones = (1 << exponent_bits) - 1;
  const int exponent = static_cast<int>(bits >> mantissa_bits) & all_ones;
  const bool negative = bits >> (mantissa_bits + exponent_bits) & 1;
  const int bias = all_ones >> 1;
  double magnitude;
  if (exponent == all_ones && exponent_bits != 4) {  // e4m3 has no infinity; its only NaN is not an input
    magnitude =
        mantissa == 0 ? std::numeric_limits<double>::infinity() : std::numeric_limits<double>::quiet_NaN();
  } else if (exponent == 0) {
    magnitude = std::ldexp(mantissa, 1 - bias - mantissa_bits);
  } else {
    magnitude = std::ldexp(mantissa + std::ldexp(1.0, mantissa_bits), exponent - bias - mantissa_bits);
  }
  return negative ? -magnitude : magnitude;
}

double decode_input(GemmType type, std::uint64_t bits) {
  if (type == GemmType::int8) return static_cast<std::int8_t>(bits);
  const GemmInputFormat format = gemm_input_format(type);
  return decode(bits, format.mantissa_bits, format.exponent_bits);
}

std::vector<std::size_t> sample_one_dimension(std::size_t size, std::uint64_t seed) {
  std::vector<std::size_t> chosen = {0, 1, 127, 128, 255, 256, size / 2, size - 2, size - 1};
  for (std::size_t s = 0; s < strata; ++s) {
    const std::size_t first = s * size / strata, last = (s + 1) * size / strata;
    if (last > first) chosen.push_back(first + random_bits(seed, s) % (last - first));
  }
  chosen.erase(std::remove_if(chosen.begin(), chosen.end(), [size](std::size_t i) { return i >= size; }),
               chosen.end());
  std::sort(chosen.begin(), chosen.end());
  chosen.erase(std::unique(chosen.begin(), chosen.end()), chosen.end());
  return chosen;
}

std::vector<std::size_t> all_of(std::size_t size) {
  std::vector<std::size_t> all(size);
  for (std::size_t i = 0; i < size; ++i)
    all[i] = i;
  return all;
}

/// Exact sums and root sums of squares of the products, for one row of A and every sampled column.
template <typename Real>
class RowReference {
 public:
  RowReference(const GemmProblem& problem, const GemmSample& sample) : problem_(problem) {
    const std::size_t columns = sample.columns.size();
    b_.resize(problem.k * columns);
#pragma omp parallel for
    for (std::size_t j = 0; j < columns; ++j)
      for (std::size_t p = 0; p < problem.k; ++p)
        b_[p * columns + j] = gemm_input_value(problem.type, gemm_seed_b, sample.columns[j], p, problem.k);
  }

  /// Both outputs have one element for each sampled column.
  void compute(std::size_t row, std::vector<Real>& sums, std::vector<double>& squares) const {
    std::fill(sums.begin(), sums.end(), Real{0});
    std::fill(squares.begin(), squares.end(), 0.0);
    for (std::size_t p = 0; p < problem_.k; ++p) {
      const double a = gemm_input_value(problem_.type, gemm_seed_a, row, p, problem_.k);
      const double* b = b_.data() + p * sums.size();
      for (std::size_t j = 0; j < sums.size(); ++j) {
        const double product = a * b[j];
        sums[j] += static_cast<Real>(a) * b[j];
        squares[j] += product * product;
      }
    }
  }

 private:
  const GemmProblem& problem_;
  std::vector<double> b_;  // k x columns
};

struct Deviation {
  double error = 0;
  std::size_t row = 0, column = 0;
  double found = 0, expected = 0, bound = 0;
};

double in_units_of(double bound, double difference) {
  if (difference == 0) return 0;
  if (!(difference <= std::numeric_limits<double>::max()) || bound == 0)
    return std::numeric_limits<double>::infinity();
  return difference / bound;
}

template <typename Real>
Deviation largest_deviation(const GemmProblem& problem, const GemmSample& sample,
                            const std::vector<double>& output) {
  const GemmErrorModel model = gemm_error_model(problem.type);
  const auto k = static_cast<double>(problem.k);
  const double growth = model.unit * (model.per_product * k + model.per_root * std::sqrt(k));
  const std::size_t columns = sample.columns.size();
  const RowReference<Real> reference(problem, sample);
  Deviation largest;
#pragma omp parallel
  {
    std::vector<Real> sums(columns);
    std::vector<double> squares(columns);
    Deviation own;
#pragma omp for
    for (std::size_t i = 0; i < sample.rows.size(); ++i) {
      reference.compute(sample.rows[i], sums, squares);
      for (std::size_t j = 0; j < columns; ++j) {
        const double found = output[i * columns + j];
        const auto expected = static_cast<double>(sums[j]);
        const double bound =
            growth * std::sqrt(squares[j]) + model.output_unit * std::fabs(expected) + model.output_smallest;
        const double error = in_units_of(bound, static_cast<double>(std::fabs(Real{found} - sums[j])));
        if (error > own.error) own = {error, sample.rows[i], sample.columns[j], found, expected, bound};
      }
    }
#pragma omp critical(cuparity_gemm_largest_deviation)
    if (own.error > largest.error) largest = own;
  }
  return largest;
}

}  // namespace

double gemm_input_value(GemmType type, std::uint64_t seed, std::size_t row, std::size_t column,
                        std::size_t columns) {
  return decode_input(type, gemm_input_bits(seed, row, column, columns, gemm_input_format(type)));
}

double gemm_output_value(GemmType type, std::uint64_t bits) {
  switch (type) {
    case GemmType::fp64: return decode(bits, 52, 11);
    case GemmType::fp32:
    case GemmType::tf32: return decode(bits, 23, 8);
    case GemmType::fp16: return decode(bits, 10, 5);
    case GemmType::bf16:
    case GemmType::fp8_e4m3: return decode(bits, 7, 8);
    case GemmType::int8: return static_cast<std::int32_t>(bits);
  }
  return std::numeric_limits<double>::quiet_NaN();
}

GemmSample gemm_sample(const GemmProblem& problem) {
  if (problem.m == 0 || problem.n == 0) return {};
  if (problem.m <= largest_complete_output / problem.n) return {all_of(problem.m), all_of(problem.n)};
  return {sample_one_dimension(problem.m, 0x726f77), sample_one_dimension(problem.n, 0x636f6c)};
}

GemmErrorModel gemm_error_model(GemmType type) {
  const double fp64_unit = std::ldexp(1.0, -53);
  const double fp32_unit = std::ldexp(1.0, -24);
  const double truncation = std::ldexp(1.0, -23);  // fp32 that is not rounded to nearest
  const double bf16_unit = std::ldexp(1.0, -8), fp16_unit = std::ldexp(1.0, -11);
  switch (type) {
    case GemmType::fp64: return {fp64_unit, 0, 16, 0, 0};
    case GemmType::fp32: return {fp32_unit, 0, 16, 0, 0};
    case GemmType::tf32: return {truncation, 2.0 / 4, 16, 0, 0};
    case GemmType::fp16: return {truncation, 2.0 / 4, 16, fp16_unit, std::ldexp(1.0, -25)};
    case GemmType::bf16: return {truncation, 2.0 / 4, 16, bf16_unit, 0};
    case GemmType::fp8_e4m3: return {std::ldexp(1.0, -13), 2.0 / 32, 4, bf16_unit, 0};
    case GemmType::int8: return {0, 0, 0, 0, 0};
  }
  return {0, 0, 0, 0, 0};
}

Verification compare_gemm(const GemmProblem& problem, const GemmSample& sample,
                          const std::vector<double>& output) {
  const Deviation largest = problem.type == GemmType::fp64
                                ? largest_deviation<long double>(problem, sample, output)
                                : largest_deviation<double>(problem, sample, output);
  Verification result;
  result.error = largest.error;
  char text[200];
  std::snprintf(
      text, sizeof text,
      "%zu elements compared, largest deviation at row %zu, column %zu: %.9g, expected %.9g +- %.3g",
      output.size(), largest.row, largest.column, largest.found, largest.expected, largest.bound);
  result.detail = output.empty() ? "no elements" : text;
  return result;
}

}  // namespace cuparity
