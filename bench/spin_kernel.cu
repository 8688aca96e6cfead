#include "bench/spin_kernel.hpp"

#include "kernels/device/check.hpp"

namespace cuparity {
namespace {

constexpr long long head_start_cycles = 50000;  // 25 us at 2 GHz, longer at lower clocks

__global__ void spin(long long cycles) {
  const long long begin = clock64();
  while (clock64() - begin < cycles) {
  }
}

}  // namespace

void enqueue_spin(cudaStream_t stream, long long cycles) {
  spin<<<1, 1, 0, stream>>>(cycles);
  device::check(cudaGetLastError(), "launching the kernel that spins");
}

void enqueue_head_start(cudaStream_t stream) { enqueue_spin(stream, head_start_cycles); }

}  // namespace cuparity
