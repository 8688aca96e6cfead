#include "kernels/saxpy/saxpy.hpp"

#include <climits>
#include <optional>
#include <string>

#include "kernels/host/memory.hpp"
#include "kernels/saxpy/saxpy_host.hpp"
#ifdef CUPARITY_HAVE_CUDA
#include "kernels/device/memory.hpp"
#include "kernels/saxpy/saxpy_cuda.hpp"
#endif

namespace cuparity {
namespace {

std::string variant_name(Backend backend, SaxpyVariant variant) {
  if (variant == SaxpyVariant::own) return "own";
  return backend == Backend::cuda ? "cublas" : "openblas";
}

/// Why the BLAS cannot run this size, or nothing.
std::optional<std::string> blas_shortcoming([[maybe_unused]] Backend backend, std::size_t count) {
#ifndef CUPARITY_HAVE_CUBLAS
  if (backend == Backend::cuda) return "cuparity was built without cuBLAS";
#endif
#ifndef CUPARITY_HAVE_OPENBLAS
  if (backend == Backend::cpu) return "cuparity was built without OpenBLAS";
#endif
  if (count > INT_MAX) return "BLAS counts elements in 32 bits";
  return std::nullopt;
}

Case saxpy_case(Backend backend, const SaxpyProblem& problem, const std::string& size) {
  Case result;
  result.name = "saxpy/" + variant_name(backend, problem.variant) + "/fp32/" + size;
  result.backend = backend;
  result.work = {3.0 * sizeof(float) * static_cast<double>(problem.count), 2.0 * problem.count};
  const std::size_t bytes = 2 * sizeof(float) * problem.count;
  result.footprint_bytes = bytes;
  result.timing = backend == Backend::cuda ? Timing::device_events : Timing::host_clock;
  result.unsupported = [backend, problem, bytes](device::Context*) -> std::optional<std::string> {
    if (problem.variant == SaxpyVariant::blas)
      if (const auto shortcoming = blas_shortcoming(backend, problem.count)) return shortcoming;
#ifdef CUPARITY_HAVE_CUDA
    if (backend == Backend::cuda) return device::memory_shortage(bytes + (std::size_t{64} << 20));
#endif
    return host::memory_shortage(bytes);
  };
  result.prepare = [backend, problem](device::Context* context) -> std::unique_ptr<Execution> {
#ifdef CUPARITY_HAVE_CUDA
    if (backend == Backend::cuda) return prepare_saxpy(*context, problem);
#endif
    static_cast<void>(context);
    return host::prepare_saxpy(problem);
  };
  return result;
}

constexpr SaxpyVariant variants[] = {SaxpyVariant::own, SaxpyVariant::blas};

bool is_built([[maybe_unused]] Backend backend) {
#ifdef CUPARITY_HAVE_CUDA
  return true;
#else
  return backend == Backend::cpu;
#endif
}

}  // namespace

std::vector<Case> saxpy_bench_cases(Backend backend) {
  std::vector<Case> cases;
  if (!is_built(backend)) return cases;
  // 1 GiB an array on a GPU, 256 MiB on a CPU, as the bandwidth rows have.
  const std::size_t count = std::size_t{1} << (backend == Backend::cuda ? 28 : 26);
  const bool compare_all = backend == Backend::cpu;
  for (const SaxpyVariant variant : variants)
    cases.push_back(saxpy_case(backend, {variant, count, 0, 0, compare_all}, std::to_string(count)));
  return cases;
}

std::vector<Case> saxpy_validation_cases(Backend backend) {
  std::vector<Case> cases;
  if (!is_built(backend)) return cases;
  const std::size_t large = (std::size_t{1} << (backend == Backend::cuda ? 29 : 22)) + 3;
  const std::size_t counts[] = {0,    1,    2,     3,     5,     7,       8,    15,   64,
                                1000, 4095, 4097, 65535, 65536, 65537, 1000003};
  const struct {
    const char* suffix;
    std::size_t x_offset, y_offset;
  } alignments[] = {{"", 0, 0}, {"_unaligned", 1, 1}, {"_unlike_aligned", 0, 1}};
  for (const SaxpyVariant variant : variants) {
    for (const std::size_t count : counts)
      for (const auto& [suffix, x_offset, y_offset] : alignments)
        cases.push_back(
            saxpy_case(backend, {variant, count, x_offset, y_offset, true}, std::to_string(count) + suffix));
    cases.push_back(saxpy_case(backend, {variant, large, 0, 0, true}, std::to_string(large)));
  }
  return cases;
}

}  // namespace cuparity
