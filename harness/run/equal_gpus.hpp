// Both sides of a comparison must see the same GPUs; what can't be made equal is said.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace cuparity {

/// What a probe process saw under one mode: keys of cuparity-bench's JSON context.
using SeenEnvironment = std::map<std::string, std::string>;

struct EqualGpus {
  std::map<std::string, std::map<std::string, std::string>>
      variables;                   ///< mode -> environment variables to set
  std::vector<std::string> notes;  ///< for Run.notes
};

/// `seen`: mode -> its probe's context. Where one mode sees more GPUs than another, CUDA_VISIBLE_DEVICES
/// leaves it those that all see. Throws EnvironmentError where they have none in common. Without any
/// gpu_uuids (CPU backend) nothing is done.
EqualGpus make_gpus_equal(const std::map<std::string, SeenEnvironment>& seen);

}  // namespace cuparity
