// What an access mode asks for, read from the engine's flags.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/access/access_mode.hpp"

namespace cuparity {

/// The value of --gpus: Docker's device request.
struct GpusFlag {
  std::string text;          ///< as given
  std::optional<int> count;  ///< -1: all
  std::vector<std::string> devices;
  std::vector<std::string> capabilities;
  std::string driver;
};

struct GpuRequest {
  std::optional<GpusFlag> gpus;
  std::vector<std::string> cdi_names;                ///< of --device
  std::vector<std::string> device_paths;             ///< of --device, as seen inside
  std::optional<std::string> nvidia_visible_devices;  ///< of --env
  std::optional<std::string> driver_capabilities;     ///< NVIDIA_DRIVER_CAPABILITIES of --env
  std::string runtime;
  std::vector<std::string> mounted;  ///< what --volume and --mount bring, as the host names it
  bool privileged = false;
  bool host_namespaces = false;  ///< --pid=host or --ipc=host
  std::vector<std::string> cgroup_rules;  ///< of --device-cgroup-rule
};

GpuRequest gpu_request(const AccessMode& mode);

/// Docker's own syntax: fields separated by commas, each key=value or a lone count; quotes keep commas together.
GpusFlag parse_gpus_flag(const std::string& text);

}  // namespace cuparity
