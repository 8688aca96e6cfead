// References of the STREAM operations, computed on the host from (seed, index), and the comparison with
// them. T is float or double. The references are exact or rounded once in a wider type.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "kernels/bandwidth/stream_operation.hpp"
#include "kernels/host/comparison.hpp"
#include "kernels/workload.hpp"

namespace cuparity {

/// Compares the output array of an operation that has one: values[j] is element indices[j], or element j if
/// `indices` is null. Bounds: copy and write exact, scale and add one rounding, triad gamma_2 (|x| + |s y|),
/// which holds with and without a fused multiply-add. Fills error and detail, not the digest.
template <typename T>
Verification compare_stream_output(StreamOperation operation, const T* values, std::size_t count,
                                   const std::uint64_t* indices = nullptr);

/// Compares a dot product of the first `count` elements. `roundings` is the largest number of roundings that
/// a product goes through on its way into the result: the bound is gamma_roundings * sum |x_i y_i|.
template <typename T>
Verification compare_dot(T value, std::size_t count, double roundings);

/// The sum that read computes: of 32-bit words modulo 2^32 for float, of 64-bit words modulo 2^64 for double.
template <typename T>
std::uint64_t expected_checksum(std::size_t count);

/// Compares two checksums: the error is 0 or infinity.
Verification compare_checksum(std::uint64_t found, std::uint64_t expected);

/// Elements of an array of `count` > 2^20 elements to compare: 2^16 at random, the first and last 2^12, and
/// the two elements at each side of up to 2^12 multiples of `border`, the part that one block works on.
std::vector<std::uint64_t> sample_indices(std::size_t count, std::size_t border);

}  // namespace cuparity
