// Looks at this machine and its engines, for expected.hpp. Changes nothing.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "harness/access/access_host.hpp"

namespace cuparity {

struct FoundEngine {
  AccessEngine engine;
  std::string failure;  ///< why it can't be used; empty: it answers
};

struct FoundCompose {
  std::vector<std::string> words;  ///< {"docker", "compose"} or {"docker-compose"}
  std::string version;             ///< empty: it is not here
};

/// The host's GPUs as cuparity-probe sees them. `stand_in`: empty takes a harmless device where there is no GPU.
/// Throws UsageError where the stand-in is no character device, EnvironmentError where the probe does not run.
AccessHost gather_access_host(const std::filesystem::path& probe_folder, const std::string& stand_in);

/// Docker and Podman, whether they answer or not.
std::vector<FoundEngine> gather_access_engines();

/// Both spellings of Compose, whether they are here or not.
std::vector<FoundCompose> gather_compose();

}  // namespace cuparity
