// GEMM on the CPU: our blocked kernel and OpenBLAS.
#include <cmath>
#include <limits>
#include <stdexcept>

#include "kernels/digest.hpp"
#include "kernels/gemm/gemm_blocked.hpp"
#include "kernels/gemm/gemm_input.hpp"
#include "kernels/gemm/gemm_reference.hpp"
#include "kernels/host/threads.hpp"

#ifdef CUPARITY_HAVE_OPENBLAS
#include <cblas.h>
#endif

namespace cuparity {
namespace {

#ifdef CUPARITY_HAVE_OPENBLAS

blasint to_blas(std::size_t size) {
  if (size > static_cast<std::size_t>(std::numeric_limits<blasint>::max()))
    throw std::runtime_error("calling OpenBLAS: size " + std::to_string(size) + " does not fit its integers");
  return static_cast<blasint>(size);
}

void call_gemm(blasint m, blasint n, blasint k, const float* a, blasint lda, const float* b, blasint ldb,
               float* c, blasint ldc) {
  cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, m, n, k, 1.0f, a, lda, b, ldb, 0.0f, c, ldc);
}

void call_gemm(blasint m, blasint n, blasint k, const double* a, blasint lda, const double* b, blasint ldb,
               double* c, blasint ldc) {
  cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, m, n, k, 1.0, a, lda, b, ldb, 0.0, c, ldc);
}

#endif

template <typename Real>
void multiply_with_openblas([[maybe_unused]] const GemmProblem& problem, [[maybe_unused]] const Real* a,
                            [[maybe_unused]] const Real* b, [[maybe_unused]] Real* c) {
#ifdef CUPARITY_HAVE_OPENBLAS
  if (problem.m == 0 || problem.n == 0) return;
  // With beta = 0 and k = 0 the output is zero; a leading dimension must be at least 1 even then.
  const auto leading = [](std::size_t size) { return to_blas(size == 0 ? 1 : size); };
  call_gemm(to_blas(problem.m), to_blas(problem.n), to_blas(problem.k), a + problem.offset,
            leading(problem.lda), b + problem.offset, leading(problem.ldb), c + problem.offset,
            leading(problem.ldc));
#else
  throw std::runtime_error("multiplying with OpenBLAS: built without it");
#endif
}

template <typename Real>
class HostGemm final : public Execution {
 public:
  HostGemm(GemmVariant variant, const GemmProblem& problem)
      : variant_(variant),
        problem_(problem),
        a_(problem.a_elements(), not_a_number),
        b_(problem.b_elements(), not_a_number),
        c_(problem.c_elements(), not_a_number) {
    fill(a_, gemm_seed_a, problem.m, problem.lda);
    fill(b_, gemm_seed_b, problem.n, problem.ldb);
  }

  void run() override {
    if (variant_ == GemmVariant::openblas) {
      multiply_with_openblas(problem_, a_.data(), b_.data(), c_.data());
    } else {
      gemm_blocked(problem_, a_.data(), b_.data(), c_.data());
    }
  }

  Verification verify() override {
    std::fill(c_.begin(), c_.end(), not_a_number);
    run();
    const GemmSample sample = gemm_sample(problem_);
    std::vector<double> output;
    output.reserve(sample.rows.size() * sample.columns.size());
    for (const std::size_t i : sample.rows)
      for (const std::size_t j : sample.columns)
        output.push_back(c_[problem_.offset + i * problem_.ldc + j]);
    Verification result = compare_gemm(problem_, sample, output);
    if (!gaps_untouched()) {
      result.error = std::numeric_limits<double>::infinity();
      result.detail = "wrote to the gap between rows of C";
    }
    result.digest = digest_bytes(c_.data(), c_.size() * sizeof(Real));
    return result;
  }

  std::string algorithm() const override {
    if (variant_ == GemmVariant::own) return gemm_blocked_vector_unit();
#ifdef CUPARITY_HAVE_OPENBLAS
    return with_threads(openblas_get_corename(), openblas_get_num_threads());
#else
    return {};
#endif
  }

 private:
  static constexpr Real not_a_number = std::numeric_limits<Real>::quiet_NaN();

  void fill(std::vector<Real>& matrix, std::uint64_t seed, std::size_t rows, std::size_t leading) const {
#pragma omp parallel for
    for (std::size_t i = 0; i < rows; ++i)
      for (std::size_t p = 0; p < problem_.k; ++p)
        matrix[problem_.offset + i * leading + p] =
            static_cast<Real>(gemm_input_value(problem_.type, seed, i, p, problem_.k));
  }

  bool gaps_untouched() const {
    for (std::size_t i = 0; i < problem_.offset; ++i)
      if (!std::isnan(c_[i])) return false;
    for (std::size_t i = 0; i < problem_.m; ++i)
      for (std::size_t j = problem_.n; j < problem_.ldc; ++j)
        if (!std::isnan(c_[problem_.offset + i * problem_.ldc + j])) return false;
    return true;
  }

  GemmVariant variant_;
  GemmProblem problem_;
  std::vector<Real> a_, b_, c_;
};

std::optional<std::string> unsupported_on_cpu(GemmVariant variant) {
#ifndef CUPARITY_HAVE_OPENBLAS
  if (variant == GemmVariant::openblas) return "built without OpenBLAS";
#endif
  (void)variant;
  return std::nullopt;
}

}  // namespace

void complete_host_gemm_case(Case& row, GemmVariant variant, const GemmProblem& problem) {
  row.unsupported = [variant](device::Context*) { return unsupported_on_cpu(variant); };
  row.prepare = [variant, problem](device::Context*) -> std::unique_ptr<Execution> {
    if (problem.type == GemmType::fp64) return std::make_unique<HostGemm<double>>(variant, problem);
    if (problem.type == GemmType::fp32) return std::make_unique<HostGemm<float>>(variant, problem);
    throw std::runtime_error("preparing a GEMM on the CPU: type " + std::string(to_string(problem.type)) +
                             " is not supported; fp32 and fp64 are");
  };
}

}  // namespace cuparity
