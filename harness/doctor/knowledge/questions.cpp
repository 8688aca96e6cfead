#include "harness/doctor/knowledge/questions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <map>

namespace cuparity {
namespace {

using Version = std::array<int, 3>;

/// False where the text has no "1.2".
bool read_version(const std::string& text, Version& version) {
  for (std::size_t at = 0; (at = text.find_first_of("0123456789", at)) != std::string::npos;) {
    version = {};
    if (std::sscanf(text.c_str() + at, "%9d.%9d.%9d", &version[0], &version[1], &version[2]) >= 2) return true;
    at = text.find_first_not_of("0123456789", at);
    if (at == std::string::npos) break;
  }
  return false;
}

}  // namespace

bool version_at_least(const std::string& text, int major, int minor, int patch) {
  Version version;
  return read_version(text, version) && version >= Version{major, minor, patch};
}

bool version_below(const std::string& text, int major, int minor, int patch) {
  Version version;
  return read_version(text, version) && version < Version{major, minor, patch};
}

bool capabilities_known(const Probe& probe) { return !probe.inside.effective_capabilities.empty(); }

bool has_capability(const Probe& probe, int bit) {
  return (std::strtoull(probe.inside.effective_capabilities.c_str(), nullptr, 16) >> bit & 1) != 0;
}

std::string inside_variable(const Probe& probe, const std::string& name) {
  const auto found = probe.inside.variables.find(name);
  return found == probe.inside.variables.end() ? "" : found->second;
}

std::string lacks_driver_capability(const Probe& probe, const std::string& capability) {
  if (probe.inside.injection_path == "cdi") return "";  // a specification is injected whole
  const std::string value = inside_variable(probe, "NVIDIA_DRIVER_CAPABILITIES");
  if (value.empty() || value.find(capability) != std::string::npos || value.find("all") != std::string::npos) return "";
  return "NVIDIA_DRIVER_CAPABILITIES=" + value;
}

const DeviceNode* refused_node(const Probe& probe, const std::string& error) {
  const auto found = std::find_if(probe.driver.nodes.begin(), probe.driver.nodes.end(),
                                  [&](const DeviceNode& node) { return node.opening == error; });
  return found == probe.driver.nodes.end() ? nullptr : &*found;
}

const EngineFacts* working_docker(const Probe& probe) {
  const EngineFacts* docker = find_engine(probe, "docker");
  return docker && docker->answers ? docker : nullptr;
}

std::string driver_below_required_cuda(const Probe& probe) {
  const int allowed = probe.cuda.driver_version > 0 ? probe.cuda.driver_version / 1000
                                                    : std::atoi(probe.nvml.cuda_version.c_str());
  std::map<std::string, std::string> requirements = {{"here", inside_variable(probe, "NVIDIA_REQUIRE_CUDA")}};
  for (const ImageFact& image : probe.images) {
    const auto found = image.variables.find("NVIDIA_REQUIRE_CUDA");
    if (found != image.variables.end()) requirements["image " + image.image] = found->second;
  }
  for (const auto& [where, requirement] : requirements) {
    if (!requirement.starts_with("cuda>=")) continue;
    if (const int wanted = std::atoi(requirement.c_str() + 6); allowed > 0 && wanted > allowed)
      return fmt::format("{}: NVIDIA_REQUIRE_CUDA={}; the driver allows CUDA {}", where,
                         requirement.substr(0, requirement.find(' ')), allowed);
  }
  return "";
}

std::string docker_hook(const Probe& probe) {
  const auto& programs = probe.toolkit.programs;
  if (const auto own = programs.find("nvidia-container-runtime-hook"); own != programs.end()) return own->second;
  const EngineFacts* docker = find_engine(probe, "docker");
  const auto of_cdi = programs.find("nvidia-cdi-hook");
  return of_cdi == programs.end() || (docker && version_below(docker->server_version, 29, 2)) ? "" : of_cdi->second;
}

std::string restart_docker(const Probe& probe) {
  const EngineFacts* docker = working_docker(probe);
  if (docker && docker->rootless) return "systemctl --user restart docker";
  return docker && is_snap(*docker) ? "sudo snap restart docker" : "sudo systemctl restart docker";
}

bool is_snap(const EngineFacts& engine) {
  return engine.path.starts_with("/snap/") || engine.real_path.starts_with("/snap/") ||
         engine.real_path == "/usr/bin/snap";
}

}  // namespace cuparity
