// SAXPY in CUDA. Bound: bytes, two arrays read and one written, the traffic of triad, by the same kernel
// (elementwise.cuh) with y as input and output.
// Reaches on an H200, 2^28 elements: 4.370 TB/s, 0.992 of triad (results/published/2026-11-23-h200-quick).
#include "kernels/bandwidth/elementwise.cuh"
#include "kernels/saxpy/saxpy_cuda.hpp"

namespace cuparity::device {
namespace {

struct Saxpy {
  static constexpr int inputs = 2;
  float a;
  __device__ float operator()(float x, float y, std::size_t) const { return fmaf(a, x, y); }
};

}  // namespace

void launch_saxpy(float a, const float* x, float* y, std::size_t count, int compute_capability,
                  cudaStream_t stream) {
  launch_elementwise(Saxpy{a}, x, y, y, count, compute_capability, stream);
}

}  // namespace cuparity::device
