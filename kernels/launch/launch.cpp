#include "kernels/launch/launch.hpp"

#include <limits>
#include <utility>

#include "kernels/launch/launch_backends.hpp"

namespace cuparity {

Verification exact_verification(bool as_expected, std::uint64_t digest, std::string detail) {
  Verification verification;
  verification.error = as_expected ? 0 : std::numeric_limits<double>::infinity();
  verification.digest = digest;
  verification.detail = std::move(detail);
  return verification;
}

std::vector<Case> launch_bench_cases(Backend backend) {
  if (backend == Backend::cpu) return host_launch_bench_cases();
#ifdef CUPARITY_HAVE_CUDA
  return cuda_launch_bench_cases();
#else
  return {};
#endif
}

std::vector<Case> launch_validation_cases(Backend backend) {
  if (backend == Backend::cpu) return host_launch_validation_cases();
#ifdef CUPARITY_HAVE_CUDA
  return cuda_launch_validation_cases();
#else
  return {};
#endif
}

}  // namespace cuparity
