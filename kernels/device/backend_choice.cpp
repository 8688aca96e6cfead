#include "kernels/device/backend_choice.hpp"

#include <stdexcept>

#ifdef CUPARITY_HAVE_CUDA
#include "kernels/device/context.hpp"
#endif

namespace cuparity {
namespace {

/// The first GPU, or why there is none in `failure`.
std::shared_ptr<device::Context> open_gpu([[maybe_unused]] std::string& failure) {
#ifdef CUPARITY_HAVE_CUDA
  try {
    int count = 0;
    device::check(cudaGetDeviceCount(&count), "looking for GPUs");
    if (count > 0) return std::make_shared<device::Context>(0);
    failure = "CUDA shows no GPU";
  } catch (const device::CudaError& error) {
    failure = error.what();
    // The same code whether the driver is missing on the host or was not given to the container.
    if (error.code() == cudaErrorInsufficientDriver || error.code() == cudaErrorNoDevice)
      failure += "; is the driver loaded, and was the container given a GPU?";
  }
#else
  failure = "this program was built without CUDA";
#endif
  return nullptr;
}

}  // namespace

BackendChoice choose_backend(std::string_view request) {
  if (request != "auto" && request != "cuda" && request != "cpu")
    throw std::invalid_argument("--backend=" + std::string(request) + ": use auto, cuda or cpu");
  BackendChoice choice;
  if (request == "cpu") {
    choice.reason = "--backend=cpu";
    return choice;
  }
  std::string failure;
  choice.context = open_gpu(failure);
  if (!choice.context) {
    if (request == "cuda")
      throw std::runtime_error("--backend=cuda: " + failure + " (--backend=cpu works without a GPU)");
    choice.reason = failure;
    return choice;
  }
  choice.backend = Backend::cuda;
#ifdef CUPARITY_HAVE_CUDA
  choice.reason = request == "cuda" ? "--backend=cuda" : choice.context->name() + " answers";
#endif
  return choice;
}

BackendChoice choose_backend_to_list(std::string_view request) {
#ifdef CUPARITY_HAVE_CUDA
  if (request == "cuda") return {Backend::cuda, "--backend=cuda", nullptr};
#endif
  return choose_backend(request);
}

}  // namespace cuparity
