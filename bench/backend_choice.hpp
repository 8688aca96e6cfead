// Which backend runs, and why.
#pragma once

#include <optional>
#include <stdexcept>
#include <string>

#include "kernels/workload.hpp"

namespace cuparity {

struct BackendChoice {
  Backend backend = Backend::cpu;
  std::string reason;  ///< one line, for people
};

/// The backend that was asked for can't be had.
struct BackendUnavailable : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// `request` empty: CUDA if it was built and the driver shows a GPU, else the CPU. A backend that is asked
/// for is never replaced by the other; with `list_only` it needs no GPU. Throws BackendUnavailable.
BackendChoice choose_backend(std::optional<Backend> request, bool list_only);

}  // namespace cuparity
