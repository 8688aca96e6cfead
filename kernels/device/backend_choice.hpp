// Which backend a program works on, and why. Builds without CUDA.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "kernels/workload.hpp"

namespace cuparity {

/// A chosen backend, ready to work.
struct BackendChoice {
  Backend backend = Backend::cpu;
  std::string reason;                        ///< one line, for people and for the record
  std::shared_ptr<device::Context> context;  ///< null on the CPU backend
};

/// `request` is "auto", "cuda" or "cpu". auto: CUDA if it is built and a device answers, else the CPU with
/// the reason why not CUDA. Throws std::invalid_argument for any other text, std::runtime_error where "cuda"
/// was asked for and is not to be had; each says what to do in one line.
BackendChoice choose_backend(std::string_view request);

/// For a program that only lists what it has: a backend that is asked for is not opened, so its context may be null.
BackendChoice choose_backend_to_list(std::string_view request);

}  // namespace cuparity
