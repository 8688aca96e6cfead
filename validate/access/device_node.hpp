// Can the driver's device nodes be used, and can the GPUs that were not given be reached all the same?
#pragma once

#include <string>
#include <vector>

namespace cuparity::validate {

struct NodeAccess {
  std::string path;
  int error = 0;  ///< errno of opening it read-write; 0 where that worked
};

/// Opens each path read-write and closes it at once.
std::vector<NodeAccess> open_nodes(const std::vector<std::string>& paths);

/// The nodes that CUDA needs where these GPU nodes are there: they, /dev/nvidiactl and /dev/nvidia-uvm.
std::vector<std::string> needed_nodes(const std::vector<std::string>& gpu_nodes);

/// Who refuses by this errno, and what to do: "EPERM: the container's device cgroup refuses it; …".
std::string explain_open_error(int error);

/// The device number of NVIDIA's GPUs, in Documentation/admin-guide/devices.txt of the kernel.
inline constexpr unsigned nvidia_major = 195;

/// What making a character device and opening it read-write gave: errno, 0 where it worked.
struct MadeNode {
  int made = 0;
  int opened = 0;  ///< 0 too where it could not be made
};

/// Makes the node in `folder` and removes it again.
MadeNode make_and_open(unsigned major, unsigned minor, const std::string& folder);

/// What came of making a node for a GPU that this process was not given and opening it.
enum class Reach {
  refused,    ///< the device cgroup says no, as it should
  no_device,  ///< there is no such GPU
  reachable,  ///< it opened: no isolation
  not_probed  ///< nodes can't be made or used here, which isolates as well
};

/// Makes a character device 195:`minor` in `folder`, opens it read-write and removes it.
Reach probe_gpu(int minor, const std::string& folder);

}  // namespace cuparity::validate
