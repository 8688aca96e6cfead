// The explicit table of every workload. A new one adds its folder and one line here; docs/architecture.md says what else.
#include "kernels/bandwidth/bandwidth.hpp"
#include "kernels/collectives/collectives.hpp"
#include "kernels/convolution/convolution.hpp"
#include "kernels/gemm/gemm.hpp"
#include "kernels/launch/launch.hpp"
#include "kernels/peer_to_peer/peer_to_peer.hpp"
#include "kernels/saxpy/saxpy.hpp"
#include "kernels/startup/startup.hpp"
#include "kernels/workload.hpp"

namespace cuparity {

const std::vector<Workload>& registry() {
  static const std::vector<Workload> workloads = {
      {"bandwidth", "Memory and host-device copies", bandwidth_bench_cases, bandwidth_validation_cases},
      {"saxpy", "y = a*x + y, own kernel and BLAS", saxpy_bench_cases, saxpy_validation_cases},
      {"gemm", "C = A*B, own kernels and BLAS", gemm_bench_cases, gemm_validation_cases},
      {"convolution", "ResNet-50's convolutions, forward and backward", convolution_bench_cases,
       convolution_validation_cases},
      {"launch", "Latencies of launches and allocations", launch_bench_cases, launch_validation_cases},
      {"startup", "Where the start of a process goes", startup_bench_cases, startup_validation_cases},
      {"peer_to_peer", "Copies between two GPUs", peer_to_peer_bench_cases, peer_to_peer_validation_cases},
      // Last: the communicators stay until the program ends.
      {"collectives", "NCCL's collectives over all GPUs", collectives_bench_cases,
       collectives_validation_cases},
  };
  return workloads;
}

}  // namespace cuparity
