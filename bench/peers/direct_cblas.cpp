// cblas_sgemm and cblas_dgemm with nothing around them.
#include <cblas.h>

#include <string>
#include <vector>

#include "bench/peers/peer.hpp"
#include "kernels/digest.hpp"
#include "kernels/gemm/gemm.hpp"
#include "kernels/gemm/gemm_input.hpp"
#include "kernels/gemm/gemm_reference.hpp"

namespace cuparity {
namespace {

void multiply(int n, const float* a, const float* b, float* c) {
  cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, n, n, n, 1.0f, a, n, b, n, 0.0f, c, n);
}
void multiply(int n, const double* a, const double* b, double* c) {
  cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, n, n, n, 1.0, a, n, b, n, 0.0, c, n);
}

template <typename Real>
class DirectCblas final : public Execution {
 public:
  DirectCblas(GemmType type, std::size_t n)
      : problem_(GemmProblem::make(type, n, n, n, GemmLayout::dense)), a_(n * n), b_(n * n), c_(n * n) {
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = 0; j < n; ++j) {
        a_[i * n + j] = static_cast<Real>(gemm_input_value(type, gemm_seed_a, i, j, n));
        b_[i * n + j] = static_cast<Real>(gemm_input_value(type, gemm_seed_b, i, j, n));
      }
  }

  void run() override { multiply(static_cast<int>(problem_.n), a_.data(), b_.data(), c_.data()); }

  Verification verify() override {
    c_.assign(c_.size(), Real(-1e30));
    run();
    const GemmSample sample = gemm_sample(problem_);
    std::vector<double> output;
    for (const std::size_t i : sample.rows)
      for (const std::size_t j : sample.columns) output.push_back(c_[i * problem_.n + j]);
    Verification verification = compare_gemm(problem_, sample, output);
    verification.digest = digest_bytes(c_.data(), c_.size() * sizeof(Real));
    return verification;
  }

 private:
  GemmProblem problem_;
  std::vector<Real> a_, b_, c_;
};

std::unique_ptr<Execution> prepare_direct(const Case& row, device::Context*) {
  const std::size_t n = std::stoul(row.name.substr(row.name.rfind('/') + 1));
  if (row.name.find("/fp32/") != std::string::npos) return std::make_unique<DirectCblas<float>>(GemmType::fp32, n);
  return std::make_unique<DirectCblas<double>>(GemmType::fp64, n);
}

}  // namespace

std::vector<Case> direct_cblas_cases(const std::vector<Case>& ours) {
  return taken_over(ours, "gemm/openblas/fp(32|64)/[0-9]+", prepare_direct);
}

}  // namespace cuparity
