#include "environment/gpu_locality.hpp"

#include <algorithm>
#include <cstdlib>

#include "environment/text_file.hpp"

namespace cuparity::environment {
namespace {

std::string read_line(const std::filesystem::path& path) { return trim(read_text_file(path).value_or("")); }

/// PCI class 0x03: display controllers, data-centre GPUs ("3D controller") included.
bool is_nvidia_gpu(const std::filesystem::path& device) {
  return read_line(device / "vendor") == "0x10de" && read_line(device / "class").rfind("0x03", 0) == 0;
}

}  // namespace

std::vector<GpuLocality> gpu_locality(const std::filesystem::path& root) {
  std::vector<GpuLocality> gpus;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(root / "sys/bus/pci/devices", error), end;
       !error && entry != end; entry.increment(error)) {
    if (!is_nvidia_gpu(entry->path())) continue;
    GpuLocality& gpu = gpus.emplace_back();
    gpu.pci_bus_id = entry->path().filename().string();
    const std::string node = read_line(entry->path() / "numa_node");
    if (!node.empty()) gpu.numa_node = std::atoi(node.c_str());
    gpu.cpus = read_line(entry->path() / "local_cpulist");
  }
  std::sort(gpus.begin(), gpus.end(),
            [](const GpuLocality& a, const GpuLocality& b) { return a.pci_bus_id < b.pci_bus_id; });
  return gpus;
}

}  // namespace cuparity::environment
