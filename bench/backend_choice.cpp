#include "bench/backend_choice.hpp"

#ifdef CUPARITY_HAVE_CUDA
#include <cuda_runtime_api.h>
#endif

namespace cuparity {
namespace {

/// Why no GPU can be used, or an empty text and the number of GPUs.
std::string why_no_gpu(int& count) {
#ifdef CUPARITY_HAVE_CUDA
  const cudaError_t status = cudaGetDeviceCount(&count);
  if (status != cudaSuccess)
    return std::string("counting the GPUs: ") + cudaGetErrorName(status) + " (" +
           std::to_string(static_cast<int>(status)) + "): " + cudaGetErrorString(status);
  return count > 0 ? "" : "the driver shows no GPU";
#else
  count = 0;
  return "this program was built without the CUDA backend";
#endif
}

}  // namespace

BackendChoice choose_backend(std::optional<Backend> request, bool list_only) {
  if (request == Backend::cpu) return {Backend::cpu, "asked for with --backend=cpu"};
#ifdef CUPARITY_HAVE_CUDA
  if (request == Backend::cuda && list_only) return {Backend::cuda, "asked for with --backend=cuda"};
#else
  static_cast<void>(list_only);
#endif
  int count = 0;
  const std::string failure = why_no_gpu(count);
  if (request == Backend::cuda) {
    if (!failure.empty())
      throw BackendUnavailable("--backend=cuda: " + failure + "; `cuparity doctor` looks for the cause");
    return {Backend::cuda, "asked for with --backend=cuda"};
  }
  if (!failure.empty()) return {Backend::cpu, failure};
  return {Backend::cuda, "the driver shows " + std::to_string(count) + (count == 1 ? " GPU" : " GPUs")};
}

}  // namespace cuparity
