// One verification of several outputs.
#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

#include "kernels/digest.hpp"
#include "kernels/workload.hpp"

namespace cuparity {

/// The worst of the parts, and a digest of their digests in their order.
inline Verification combined(const std::vector<Verification>& parts) {
  Verification all;
  std::vector<std::uint64_t> digests;
  for (const Verification& part : parts) {
    digests.push_back(part.digest);
    if (part.error <= all.error || std::isnan(all.error)) continue;  // NaN is the worst
    all.error = part.error;
    all.detail = part.detail;
  }
  all.digest = digest_bytes(digests.data(), digests.size() * sizeof(std::uint64_t));
  return all;
}

}  // namespace cuparity
