// To which NUMA node and CPUs the machine's NVIDIA GPUs are near, from sysfs: no driver is needed.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace cuparity::environment {

struct GpuLocality {
  std::string pci_bus_id;  ///< e.g. "0000:c1:00.0"
  int numa_node = -1;      ///< -1: the machine does not say
  std::string cpus;        ///< list, e.g. "0-47,96-143"; empty if unknown
};

/// Every NVIDIA display controller on the PCI bus, sorted; a container sees those that it was not given as
/// well. `root` is the folder that stands for "/".
std::vector<GpuLocality> gpu_locality(const std::filesystem::path& root);

}  // namespace cuparity::environment
