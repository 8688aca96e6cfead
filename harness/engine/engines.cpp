#include "harness/engine/engines.hpp"

#include <cstdlib>

#include "harness/engine/container.hpp"
#include "harness/engine/native.hpp"
#include "harness/engine/podman_limits.hpp"

namespace cuparity {
namespace {

std::vector<std::string> words_from_variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::vector<std::string>{} : split_shell_words(value);
}

}  // namespace

std::vector<std::string> container_flags(EngineKind kind, const environment::Variables& variables) {
  if (kind == EngineKind::native) return {};
  const auto given = variables.find(kind == EngineKind::podman ? "CUPARITY_PODMAN_FLAGS" : "CUPARITY_DOCKER_FLAGS");
  std::vector<std::string> flags;
  if (given != variables.end()) flags = split_shell_words(given->second);
  if (kind == EngineKind::podman) {
    for (std::string& flag : podman_limit_flags(limit_facts(), flags)) flags.push_back(std::move(flag));
  }
  return flags;
}

std::vector<std::string> container_flags(EngineKind kind) {
  return container_flags(kind, environment::read_variables());
}

std::unique_ptr<Engine> make_engine(EngineKind kind, const EngineOptions& options) {
  switch (kind) {
    case EngineKind::native:
      return std::make_unique<NativeEngine>(
          options.binary_folder, words_from_variable("CUPARITY_NATIVE_LAUNCHER"), options.stop_requested);
    case EngineKind::docker:
      return std::make_unique<ContainerEngine>(docker_cli(), options.image, container_flags(kind),
                                               options.stop_requested);
    case EngineKind::podman:
      return std::make_unique<ContainerEngine>(podman_cli(), options.image, container_flags(kind),
                                               options.stop_requested);
  }
  return nullptr;
}

std::string engine_name(EngineKind kind) {
  switch (kind) {
    case EngineKind::native:
      return "native";
    case EngineKind::docker:
      return "docker";
    case EngineKind::podman:
      return "podman";
  }
  return "";
}

std::string default_image() { return "cuparity:" CUPARITY_VERSION; }

}  // namespace cuparity
