// Copies between two GPUs as nvbandwidth has them: 16 cudaMemcpyAsync between two events, or a kernel of one block of
// 512 threads a multiprocessor, in which each thread loads 12 vectors before it stores the first and which does all copies.
#include <stdexcept>

#include "bench/peers/peer.hpp"
#include "kernels/device/context.hpp"
#include "kernels/peer_to_peer/peer_to_peer_cuda.hpp"

namespace cuparity {
namespace {

using device::check;

constexpr int copies_a_measurement = 16;  // nvbandwidth's default number of copies between its events
constexpr int threads_a_block = 512;
constexpr int vectors_a_thread = 12;

__global__ void striding_copy(float4* target, const float4* source, std::size_t vectors, int copies) {
  const std::size_t stride = std::size_t{gridDim.x} * blockDim.x;
  for (int copy = 0; copy < copies; ++copy) {
    std::size_t i = blockIdx.x * std::size_t{blockDim.x} + threadIdx.x;
    for (; i + (vectors_a_thread - 1) * stride < vectors; i += vectors_a_thread * stride) {
      float4 held[vectors_a_thread];
#pragma unroll
      for (int v = 0; v < vectors_a_thread; ++v) held[v] = source[i + v * stride];
#pragma unroll
      for (int v = 0; v < vectors_a_thread; ++v) target[i + v * stride] = held[v];
    }
    for (; i < vectors; i += stride) target[i] = source[i];
  }
}

void copy_by_engine(const PeerMemory& target, const PeerMemory& source, std::size_t count, int copies, int,
                    cudaStream_t stream) {
  for (int copy = 0; copy < copies; ++copy)
    check(cudaMemcpyAsync(target.data, source.data, count * sizeof(float), cudaMemcpyDefault, stream),
          "copying between two GPUs");
}

void copy_by_kernel(const PeerMemory& target, const PeerMemory& source, std::size_t count, int copies, int on,
                    cudaStream_t stream) {
  int multiprocessors = 0;
  check(cudaDeviceGetAttribute(&multiprocessors, cudaDevAttrMultiProcessorCount, on),
        "asking for the number of multiprocessors");
  striding_copy<<<multiprocessors, threads_a_block, 0, stream>>>(
      reinterpret_cast<float4*>(target.data), reinterpret_cast<const float4*>(source.data), count / 4, copies);
  check(cudaGetLastError(), "launching a copy between two GPUs");
}

PeerDirection direction_of(const Case& row) {
  for (const PeerDirection direction : all_peer_directions)
    if (row.name.find("/" + std::string(to_string(direction)) + "_") != std::string::npos) return direction;
  throw std::logic_error(row.name + " is no copy between GPUs");
}

}  // namespace

std::vector<Case> peer_copy_cases(const std::vector<Case>& ours) {
  return taken_over(ours, "peer_to_peer/.*", [](const Case& row, device::Context* context) {
    PeerCopyProblem problem;
    problem.direction = direction_of(row);
    problem.count = static_cast<std::size_t>(row.work.bytes) / (sizeof(float) * directions_of(problem.direction));
    const bool by_engine = row.name.find("_ce/") != std::string::npos;
    problem.engine = by_engine ? CopiedBy::copy_engine : CopiedBy::multiprocessors;
    return prepare_peer_copy(*context, problem, copies_a_measurement, by_engine ? copy_by_engine : copy_by_kernel);
  });
}

}  // namespace cuparity
