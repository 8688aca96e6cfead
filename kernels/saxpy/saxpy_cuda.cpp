#include "kernels/saxpy/saxpy_cuda.hpp"

#ifdef CUPARITY_HAVE_CUBLAS
#include <cublas_v2.h>
#endif

#include <stdexcept>
#include <string>

#include "kernels/bandwidth/bandwidth_kernels.hpp"
#include "kernels/bandwidth/stream_operation.hpp"
#include "kernels/bandwidth/stream_reference.hpp"
#include "kernels/device/memory.hpp"

namespace cuparity {
namespace {

/// Outputs of more elements than this may be compared on a sample.
constexpr std::size_t compared_whole = std::size_t{1} << 20;

#ifdef CUPARITY_HAVE_CUBLAS
void check_cublas(cublasStatus_t status, const std::string& what_was_done) {
  if (status != CUBLAS_STATUS_SUCCESS)
    throw std::runtime_error(what_was_done + ": cuBLAS status " + std::to_string(static_cast<int>(status)) +
                             " (" + cublasGetStatusString(status) + ")");
}

/// cublasSaxpy on one stream.
class Cublas {
 public:
  explicit Cublas(cudaStream_t stream) {
    check_cublas(cublasCreate(&handle_), "creating a cuBLAS handle");
    check_cublas(cublasSetStream(handle_, stream), "giving cuBLAS its stream");
  }
  Cublas(const Cublas&) = delete;
  Cublas& operator=(const Cublas&) = delete;
  ~Cublas() { cublasDestroy(handle_); }

  void saxpy(float a, const float* x, float* y, std::size_t count) {
    check_cublas(cublasSaxpy(handle_, static_cast<int>(count), &a, x, 1, y, 1), "running cublasSaxpy");
  }

 private:
  cublasHandle_t handle_ = nullptr;
};
#else
class Cublas {
 public:
  explicit Cublas(cudaStream_t) {
    throw std::runtime_error("preparing cublasSaxpy: cuparity was built without cuBLAS");
  }
  void saxpy(float, const float*, float*, std::size_t) {}
};
#endif

class SaxpyExecution final : public Execution {
 public:
  SaxpyExecution(device::Context& context, const SaxpyProblem& problem)
      : context_(context),
        problem_(problem),
        x_storage_(problem.count + problem.x_offset),
        y_storage_(problem.count + problem.y_offset) {
    if (problem.variant == SaxpyVariant::blas) cublas_ = std::make_unique<Cublas>(context.stream());
    device::fill_random(x(), problem.count, x_seed, context.stream());
    device::fill_random(y(), problem.count, y_seed, context.stream());
    context.synchronize("filling the inputs of saxpy");
  }

  void run() override {
    if (cublas_ != nullptr) {
      cublas_->saxpy(next_factor_, x(), y(), problem_.count);
    } else {
      device::launch_saxpy(next_factor_, x(), y(), problem_.count, context_.compute_capability(),
                           context_.stream());
    }
    next_factor_ = -next_factor_;
  }

  Verification verify() override {
    device::fill_random(y(), problem_.count, y_seed, context_.stream());
    next_factor_ = saxpy_factor;
    run();
    context_.synchronize("running saxpy");
    Verification verification = compare();
    verification.digest = device::digest(y(), problem_.count * sizeof(float), context_.stream());
    return verification;
  }

 private:
  Verification compare() const {
    if (problem_.compare_all || problem_.count <= compared_whole) {
      const auto output = device::to_host(y(), problem_.count, context_.stream());
      return compare_saxpy(output.data(), output.size());
    }
    const auto indices = sample_indices(
        problem_.count,
        device::elementwise_block_elements(StreamOperation::triad, context_.compute_capability()));
    const auto sample = device::gather<float>(y(), indices, context_.stream());
    return compare_saxpy(sample.data(), sample.size(), indices.data());
  }

  float* x() const { return x_storage_.data() == nullptr ? nullptr : x_storage_.data() + problem_.x_offset; }
  float* y() const { return y_storage_.data() == nullptr ? nullptr : y_storage_.data() + problem_.y_offset; }

  device::Context& context_;
  SaxpyProblem problem_;
  device::Buffer<float> x_storage_;
  device::Buffer<float> y_storage_;
  std::unique_ptr<Cublas> cublas_;
  float next_factor_ = saxpy_factor;
};

}  // namespace

std::unique_ptr<Execution> prepare_saxpy(device::Context& context, const SaxpyProblem& problem) {
  return std::make_unique<SaxpyExecution>(context, problem);
}

}  // namespace cuparity
