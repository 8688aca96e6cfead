// What of this machine decides what a container must see: plain facts, no logic.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace cuparity {

struct HostGpu {
  int index = 0;  ///< NVML's order, which --gpus, NVIDIA_VISIBLE_DEVICES and CDI count in
  std::string uuid;
  std::string pci_bus_id;
  int minor = -1;  ///< its node is /dev/nvidia<minor>
  std::vector<std::string> mig_uuids;
};

struct AccessHost {
  std::vector<HostGpu> gpus;
  std::string driver_version;
  std::string effective_capabilities;  ///< hexadecimal, of cuparity itself on the host
  bool root = false;
  std::string driver_library;  ///< the real path of libcuda; empty where it was not found
  /// Words of `docker run` that mount the driver's libraries; empty where they were not found.
  std::vector<std::string> library_words;
  std::string stand_in;         ///< a harmless device for isolation checks without a GPU; may be empty
  std::string stand_in_number;  ///< "10:229"
};

/// An engine as far as it decides what a request gives.
struct AccessEngine {
  std::string name;     ///< "docker", "podman"
  std::string version;  ///< the engine's, not the client's
  bool legacy_hook = false;     ///< nvidia-container-runtime-hook is on the engine's PATH
  bool cdi_hook = false;        ///< nvidia-cdi-hook is
  bool cdi = false;             ///< it reads CDI specifications
  bool nvidia_runtime = false;  ///< it knows --runtime=nvidia
  std::set<std::string> cdi_names;  ///< "nvidia.com/gpu=0" … as the specifications spell them
  std::string toolkit_version;
  std::string runtime_mode;  ///< of nvidia-container-runtime in the toolkit's config.toml; empty: not said
};

}  // namespace cuparity
