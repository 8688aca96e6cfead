// What the NVIDIA kernel driver shows of itself in /dev and /proc.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace cuparity::environment {

/// Paths of the driver's device nodes as the process names them, e.g. "/dev/nvidia0", "/dev/nvidiactl",
/// "/dev/nvidia-caps/nvidia-cap1"; sorted, GPU 10 after GPU 9. `root` is the folder that stands for "/".
std::vector<std::string> nvidia_device_nodes(const std::filesystem::path& root);

/// Those of the nodes that are GPUs: /dev/nvidia followed by digits alone.
std::vector<std::string> gpu_device_nodes(const std::vector<std::string>& nodes);

/// The version of the loaded kernel module, e.g. "580.159.04", from /proc/driver/nvidia/version.
std::optional<std::string> kernel_driver_version(const std::filesystem::path& root);

/// A GPU as the kernel driver lists it in /proc/driver/nvidia/gpus/*/information.
struct KernelGpu {
  std::string uuid;  ///< empty for a GPU that was never opened
  int minor = -1;    ///< its node is /dev/nvidia<minor>; -1 where that is not said
};

/// Every GPU that this process is shown there, by minor; a container may be shown more than it was given.
std::vector<KernelGpu> kernel_driver_gpus(const std::filesystem::path& root);

/// What follows ".so." in a driver library's real name, e.g. "580.159.04"; empty where that is no version
/// of a driver (libcuda.so.1 is not).
std::string library_driver_version(const std::string& path);

}  // namespace cuparity::environment
