// SAXPY, y = y + a x on fp32: own kernel and BLAS.
//
// Every run overwrites y, its own input. So that repeated runs neither overflow nor drift, they alternate
// the sign of a: y + a x, then y - a x. Two runs lead back to y but for two roundings, at most 2^-22 a pair,
// so y stays near [-1.7, 1.7] for as long as anyone measures. verify() fills y anew and runs once with +a; an
// element that the run leaves out keeps its old y and is wrong: a x is far beyond the bound for nearly all x.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "kernels/workload.hpp"

namespace cuparity {

/// CUDA: saxpy/{own,cublas}/fp32/<elements>; CPU: saxpy/{own,openblas}/fp32/<elements>. Work.bytes is
/// 12 bytes an element: x and y read, y written.
std::vector<Case> saxpy_bench_cases(Backend backend);

/// Sizes 0, 1, odd, unaligned, and, with CUDA, above 2^31 bytes.
std::vector<Case> saxpy_validation_cases(Backend backend);

/// Whose code computes it. `blas` is cuBLAS on the CUDA backend and OpenBLAS on the CPU.
enum class SaxpyVariant { own, blas };

struct SaxpyProblem {
  SaxpyVariant variant = SaxpyVariant::own;
  std::size_t count = 0;
  /// By how many elements x and y are moved off their alignment.
  std::size_t x_offset = 0;
  std::size_t y_offset = 0;
  /// Compare every element; otherwise a random sample of a large output, and every element of a small one.
  bool compare_all = true;
};

/// a; not a power of two, so that products are rounded.
constexpr float saxpy_factor = 0.7f;

/// Compares y after one run with random_uniform(y_seed, i) + a random_uniform(x_seed, i): values[j] is
/// element indices[j], or element j if `indices` is null. The bound is gamma_2 (|y| + |a x|), which holds
/// with and without a fused multiply-add. Fills error and detail, not the digest.
Verification compare_saxpy(const float* values, std::size_t count, const std::uint64_t* indices = nullptr);

}  // namespace cuparity
