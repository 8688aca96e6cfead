#include "bench/peers/peer.hpp"

#include <regex>
#include <utility>

namespace cuparity {

const std::vector<Peer>& peers(Backend backend) {
  static const std::vector<Peer> cpu = {
      {"stream", "plain OpenMP loops over static arrays, as STREAM has them", stream_loops_cases},
      {"own_triad", "our triad, for SAXPY: the same bytes", own_triad_cases},
#ifdef CUPARITY_HAVE_OPENBLAS
      {"cblas", "a bare loop of cblas_sgemm and cblas_dgemm", direct_cblas_cases},
#endif
  };
  static const std::vector<Peer> cuda = {
#ifdef CUPARITY_HAVE_CUDA
      {"memory_peak", "memory clock times bus width; computed, not measured", memory_peak_cases},
      {"memcpy_d2d", "cudaMemcpyAsync from device to device", driver_copy_cases},
      {"plain_kernels", "one element a thread, 1024 threads a block, as BabelStream has them; fp32",
       plain_kernel_cases},
      {"own_triad", "our triad, for SAXPY: the same bytes", own_triad_cases},
      {"repeated_transfer", "16 pinned copies between two events, as nvbandwidth has them",
       repeated_transfer_cases},
      {"bare_launch", "a bare loop of cudaLaunchKernel", bare_launch_cases},
      {"peer_copies", "16 copies between two GPUs between two events, as nvbandwidth has them", peer_copy_cases},
#ifdef CUPARITY_HAVE_NCCL
      {"collective_loop", "20 collectives between two readings of the clock, as nccl-tests has them",
       collective_loop_cases},
#endif
#ifdef CUPARITY_HAVE_CUDNN
      {"cudnn_find", "cuDNN's older interface, best algorithm of cudnnFindConvolution...AlgorithmEx", cudnn_find_cases},
#endif
#ifdef CUPARITY_HAVE_CUBLAS
      {"cublas_vector", "cublasSaxpy and cublasSdot", cublas_vector_cases},
      {"cublas_gemmex", "cublasGemmEx, default algorithm", cublas_gemmex_cases},
      {"cublaslt", "cuBLASLt, fastest of up to 64 algorithms of its heuristic", cublaslt_cases},
#endif
#endif
  };
  return backend == Backend::cuda ? cuda : cpu;
}

std::vector<Case> taken_over(const std::vector<Case>& ours, const std::string& pattern,
                             const PeerPreparation& prepare) {
  const std::regex rows(pattern);
  std::vector<Case> taken;
  for (const Case& own : ours) {
    if (!std::regex_match(own.name, rows)) continue;
    Case row = own;
    row.prepare = [own, prepare](device::Context* context) { return prepare(own, context); };
    taken.push_back(std::move(row));
  }
  return taken;
}

StreamProblem stream_problem_of(const Case& row, StreamOperation operation) {
  StreamProblem problem;
  problem.operation = operation;
  problem.count = row.footprint_bytes / (sizeof(float) * arrays_moved(operation));
  problem.compare_all = false;
  return problem;
}

std::vector<Case> own_triad_cases(const std::vector<Case>& ours) {
  std::vector<Case> taken;
  for (const Case& triad : ours) {
    if (!std::regex_match(triad.name, std::regex("bandwidth/triad/.*"))) continue;
    for (const Case& saxpy : ours) {
      if (!std::regex_match(saxpy.name, std::regex("saxpy/own/.*")) || saxpy.work.bytes != triad.work.bytes) continue;
      Case row = triad;
      row.name = saxpy.name;
      taken.push_back(std::move(row));
    }
  }
  return taken;
}

}  // namespace cuparity
