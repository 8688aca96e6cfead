// Which modes to compare when the user named none.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "harness/access/access_mode.hpp"

namespace cuparity {

struct PickedMode {
  AccessMode mode;
  std::string reason;  ///< one line, for people
};

/// native and the first container mode that works. `gpu`: the CUDA backend is to be run. `failure_of` starts
/// the mode for real and says why it does not work, or nothing. Throws EnvironmentError where no container
/// mode works, with what to install.
std::vector<PickedMode> pick_modes(bool gpu, const std::function<std::string(const AccessMode&)>& failure_of);

}  // namespace cuparity
