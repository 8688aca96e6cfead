// Copy, add and triad with one element a thread and 1024 threads a block, as BabelStream's CUDA version has them.
#include <stdexcept>

#include "bench/peers/peer.hpp"
#include "kernels/bandwidth/bandwidth_cuda.hpp"
#include "kernels/device/check.hpp"

namespace cuparity {
namespace {

constexpr std::size_t block_threads = 1024;

__device__ std::size_t own_element() { return blockIdx.x * std::size_t{blockDim.x} + threadIdx.x; }

__global__ void copy_kernel(const float* x, float* z, std::size_t count) {
  const std::size_t i = own_element();
  if (i < count) z[i] = x[i];
}

__global__ void add_kernel(const float* x, const float* y, float* z, std::size_t count) {
  const std::size_t i = own_element();
  if (i < count) z[i] = x[i] + y[i];
}

__global__ void triad_kernel(const float* x, const float* y, float* z, float scalar, std::size_t count) {
  const std::size_t i = own_element();
  if (i < count) z[i] = x[i] + scalar * y[i];
}

void launch(StreamOperation operation, const float* x, const float* y, float* z, std::size_t count,
            cudaStream_t stream) {
  const auto blocks = static_cast<unsigned>((count + block_threads - 1) / block_threads);
  switch (operation) {
    case StreamOperation::copy: copy_kernel<<<blocks, block_threads, 0, stream>>>(x, z, count); break;
    case StreamOperation::add: add_kernel<<<blocks, block_threads, 0, stream>>>(x, y, z, count); break;
    case StreamOperation::triad:
      triad_kernel<<<blocks, block_threads, 0, stream>>>(x, y, z, stream_scalar<float>, count);
      break;
    default: throw std::logic_error("no plain kernel for this operation");
  }
  device::check(cudaGetLastError(), "launching a plain kernel");
}

}  // namespace

std::vector<Case> plain_kernel_cases(const std::vector<Case>& ours) {
  std::vector<Case> cases;
  for (const StreamOperation operation : {StreamOperation::copy, StreamOperation::add, StreamOperation::triad}) {
    const auto prepare = [operation](const Case& row, device::Context* context) {
      return prepare_elementwise(*context, stream_problem_of(row, operation),
                                 [operation](const float* x, const float* y, float* z, std::size_t count,
                                             cudaStream_t stream) { launch(operation, x, y, z, count, stream); });
    };
    for (Case& row : taken_over(ours, "bandwidth/" + std::string(to_string(operation)) + "/fp32/.*", prepare))
      cases.push_back(std::move(row));
  }
  return cases;
}

}  // namespace cuparity
