// The one place that knows which engines there are.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "environment/container.hpp"
#include "harness/engine/engine.hpp"

namespace cuparity {

struct EngineOptions {
  std::string image;                     ///< containers only
  std::filesystem::path binary_folder;   ///< native only: folder of cuparity-bench and cuparity-validate
  std::function<bool()> stop_requested;  ///< true ends the running process; may be empty
};

std::unique_ptr<Engine> make_engine(EngineKind kind, const EngineOptions& options);

/// What stands in every `run` of this engine: the user's CUPARITY_DOCKER_FLAGS or CUPARITY_PODMAN_FLAGS in
/// `variables`, and for Podman the limits without which it can't start containers here (podman_limits.hpp).
std::vector<std::string> container_flags(EngineKind kind, const environment::Variables& variables);

/// With the variables of this process.
std::vector<std::string> container_flags(EngineKind kind);

/// "native", "docker", "podman".
std::string engine_name(EngineKind kind);

/// The image that ./scripts/build-image makes for this version.
std::string default_image();

}  // namespace cuparity
