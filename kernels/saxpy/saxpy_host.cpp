// SAXPY on the CPU. The bound is bytes: y is read anyway, so an ordinary store moves nothing that is not
// counted, and the compiler's vectors are faster than memory. Huge pages come from host::Array.
#include "kernels/saxpy/saxpy_host.hpp"

#ifdef CUPARITY_HAVE_OPENBLAS
#include <cblas.h>
#endif

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>

#include "kernels/bandwidth/stream_operation.hpp"
#include "kernels/host/comparison.hpp"
#include "kernels/host/memory.hpp"
#include "kernels/random_input.hpp"

namespace cuparity {
namespace {

host::Expected<float> expected_element(std::uint64_t index) {
  const double product = static_cast<double>(saxpy_factor) * random_uniform(x_seed, index);
  const double y = random_uniform(y_seed, index);
  return {y + product, host::rounding_bound<float>(2) * (std::fabs(y) + std::fabs(product))};
}

}  // namespace

Verification compare_saxpy(const float* values, std::size_t count, const std::uint64_t* indices) {
  const host::Deviation worst = host::largest_deviation(values, count, indices, expected_element);
  if (worst.error == 0) return {};
  const std::size_t position =
      indices == nullptr ? worst.index : std::find(indices, indices + count, worst.index) - indices;
  return {worst.error, 0, host::describe(worst.index, values[position], expected_element(worst.index).value)};
}

namespace host {
namespace {

void blas_saxpy([[maybe_unused]] float a, [[maybe_unused]] const float* x, [[maybe_unused]] float* y,
                [[maybe_unused]] std::size_t count) {
#ifdef CUPARITY_HAVE_OPENBLAS
  cblas_saxpy(static_cast<int>(count), a, x, 1, y, 1);
#else
  throw std::runtime_error("running saxpy with OpenBLAS: cuparity was built without OpenBLAS");
#endif
}

class SaxpyExecution final : public Execution {
 public:
  explicit SaxpyExecution(const SaxpyProblem& problem)
      : problem_(problem), x_(problem.count + problem.x_offset), y_(problem.count + problem.y_offset) {
    fill_random(x_.data() + problem.x_offset, problem.count, x_seed);
    fill_random(y(), problem.count, y_seed);
  }

  void run() override {
    const float* x = x_.data() + problem_.x_offset;
    if (problem_.variant == SaxpyVariant::own) saxpy(next_factor_, x, y(), problem_.count);
    else blas_saxpy(next_factor_, x, y(), problem_.count);
    next_factor_ = -next_factor_;
  }

  Verification verify() override {
    fill_random(y(), problem_.count, y_seed);
    next_factor_ = saxpy_factor;
    run();
    Verification verification = compare_saxpy(y(), problem_.count);
    verification.digest = digest(y(), problem_.count * sizeof(float));
    return verification;
  }

  /// OpenBLAS takes a kernel for the processor or as OPENBLAS_CORETYPE says; some round the product, others do not.
  std::string algorithm() const override {
#ifdef CUPARITY_HAVE_OPENBLAS
    if (problem_.variant != SaxpyVariant::own) return openblas_get_corename();
#endif
    return {};
  }

 private:
  float* y() const { return y_.data() + problem_.y_offset; }

  SaxpyProblem problem_;
  Array<float> x_;
  Array<float> y_;
  float next_factor_ = saxpy_factor;
};

}  // namespace

void saxpy(float a, const float* __restrict x, float* __restrict y, std::size_t count) {
#pragma omp parallel for schedule(static) if (count > chunk_elements)
  for (std::size_t chunk = 0; chunk < chunks_of(count); ++chunk) {
    const std::size_t end = std::min(count, (chunk + 1) * chunk_elements);
#pragma omp simd
    for (std::size_t i = chunk * chunk_elements; i < end; ++i) y[i] += a * x[i];
  }
}

std::unique_ptr<Execution> prepare_saxpy(const SaxpyProblem& problem) {
  return std::make_unique<SaxpyExecution>(problem);
}

}  // namespace host
}  // namespace cuparity
