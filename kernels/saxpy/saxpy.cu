// SAXPY in CUDA. Bound: bytes, two arrays read and one written, the traffic of triad, by the same kernel
// (elementwise.cuh) with y as input and output.
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
