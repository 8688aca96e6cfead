// The throwing CUDA check: every call says what was being done when it failed.
#pragma once

#include <cuda_runtime_api.h>

#include <stdexcept>
#include <string>

namespace cuparity::device {

/// A failed CUDA runtime call; `code()` is the cudaError_t.
class CudaError : public std::runtime_error {
 public:
  CudaError(cudaError_t code, const std::string& what_was_done)
      : std::runtime_error(what_was_done + ": " + cudaGetErrorName(code) + " (" +
                           std::to_string(static_cast<int>(code)) + "): " + cudaGetErrorString(code)),
        code_(code) {}
  cudaError_t code() const { return code_; }

 private:
  cudaError_t code_;
};

/// Throws CudaError unless `code` is cudaSuccess. `what_was_done` reads "allocating 4 GiB on the GPU".
inline void check(cudaError_t code, const std::string& what_was_done) {
  if (code != cudaSuccess) throw CudaError(code, what_was_done);
}

}  // namespace cuparity::device
