// Launchers of the CUDA kernels of this folder. All enqueue on `stream` and throw device::CudaError when the
// launch fails. `compute_capability` is 10 * major + minor and chooses the tile. Arrays of floats in device
// memory, of any alignment that a float may have. C++17, no CUDA compiler needed.
#pragma once

#include <cuda_runtime_api.h>

#include <cstddef>
#include <cstdint>

#include "kernels/bandwidth/stream_operation.hpp"

namespace cuparity::device {

/// write, copy, scale, add or triad of `count` elements; the arrays do not overlap. Inputs that the
/// operation has not may be null.
void launch_stream_elementwise(StreamOperation operation, const float* x, const float* y, float* z,
                               std::size_t count, int compute_capability, cudaStream_t stream);

/// z = x, `copies` times in one launch: the next copy begins while the last blocks of the one before are at work.
void launch_stream_copies(const float* x, float* z, std::size_t count, int copies, int compute_capability,
                          cudaStream_t stream);

/// Elements that one block of an elementwise operation works on.
std::size_t elementwise_block_elements(StreamOperation operation, int compute_capability);

/// Words that launch_read() spreads its sum over, so that blocks seldom wait for each other.
constexpr std::size_t read_slots = 4096;

/// Adds the 32-bit words of x to the `read_slots` words at `slots`: their total modulo 2^32 grows by the sum
/// of the words of x. The slots are not cleared, which would be a second launch in every timed run.
void launch_read(const float* x, std::size_t count, std::uint32_t* slots, int compute_capability,
                 cudaStream_t stream);

/// Scratch memory of launch_dot(): `partials` has dot_partials(count) floats aligned to 16 bytes, `finished`
/// one counter. Both are zero before the first launch, and launches leave them ready for the next one of
/// the same count.
struct DotScratch {
  float* partials = nullptr;
  unsigned* finished = nullptr;
};

/// Floats of scratch memory that a dot product of `count` elements needs.
std::size_t dot_partials(std::size_t count);

/// *result = sum of x[i] y[i]. The order of the additions is fixed: equal inputs give equal bits.
void launch_dot(const float* x, const float* y, std::size_t count, const DotScratch& scratch, float* result,
                int compute_capability, cudaStream_t stream);

/// The largest number of roundings on a product's way through launch_dot().
double dot_roundings(int compute_capability);

}  // namespace cuparity::device
