// Flags of `docker run` in an access mode, as words of a command line.
#pragma once

#include <string>
#include <vector>

#include "harness/access/access_mode.hpp"

namespace cuparity {

/// The words without these flags and their values, whether written --flag=value or --flag value. Every flag
/// named must be one that takes a value.
std::vector<std::string> without_flags(const std::vector<std::string>& words,
                                       const std::vector<std::string>& flags);

/// Whether the mode asks its engine for a GPU (or, on a machine without, for any device).
bool asks_for_gpu(const AccessMode& mode);

/// The same container with the GPU not asked for: no --gpus, --device, --runtime or --annotation, no device
/// nodes or driver files mounted. Its text is for people, not for parse_access_mode().
AccessMode without_gpu_request(const AccessMode& mode);

}  // namespace cuparity
