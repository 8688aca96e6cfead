// The STREAM operations on the CPU, fp64, over all cores with OpenMP.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "kernels/bandwidth/stream_operation.hpp"
#include "kernels/host/memory.hpp"
#include "kernels/workload.hpp"

namespace cuparity::host {

/// write, copy, scale, add or triad of `count` elements. Inputs that the operation has not may be null; the
/// arrays do not overlap; any alignment of a double will do.
void stream_elementwise(StreamOperation operation, const double* x, const double* y, double* z,
                        std::size_t count);

/// The sum of the 64-bit words of x modulo 2^64.
std::uint64_t stream_read(const double* x, std::size_t count);

/// The dot product. Chunks are summed apart and added in their order, so the bits depend neither on the
/// number of threads nor on their timing. `chunk_sums` is scratch memory.
double stream_dot(const double* x, const double* y, std::size_t count, std::vector<double>& chunk_sums);

/// The largest number of roundings on a product's way through stream_dot: the multiplication, the additions
/// in one of 16 lanes, joining 8 packs of 2 lanes and up to 15 single elements, and adding up the chunks.
constexpr double stream_dot_roundings(std::size_t count) {
  return 1 + chunk_elements / 16 + 8 + 15 + static_cast<double>(chunks_of(count));
}

/// An Execution of `problem` on the CPU.
std::unique_ptr<Execution> prepare_stream(const StreamProblem& problem);

}  // namespace cuparity::host
