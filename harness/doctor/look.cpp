#include "harness/doctor/look.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "environment/cuda_driver.hpp"
#include "environment/nvidia_driver.hpp"
#include "environment/nvml.hpp"
#include "harness/errors.hpp"

namespace cuparity {
namespace {

using nlohmann::json;

/// Empty where the driver does not say.
std::string compute_mode(const environment::NvmlDevice& device) {
  switch (device.compute_mode.value_or(99)) {
    case 0: return "default";
    case 2: return "prohibited";
    case 1:
    case 3: return "exclusive process";
    default: return "";
  }
}

json look_at_nvml() {
  std::string failure;
  int result = 0;
  const auto nvml = environment::Nvml::open(failure, &result);
  if (!nvml) return {{"outcome", "failed"}, {"failure", failure}, {"result", result}};
  json gpus = json::array();
  for (const environment::NvmlDevice& device : nvml->devices()) {
    gpus.push_back({{"index", device.index},
                    {"name", device.name},
                    {"uuid", device.uuid},
                    {"pci_bus_id", device.pci_bus_id},
                    {"memory_bytes", device.memory_total_bytes},
                    {"persistence_known", device.persistence_mode.has_value()},
                    {"persistence", device.persistence_mode.value_or(false)},
                    {"mig", device.mig_enabled.value_or(false)},
                    {"compute_mode", compute_mode(device)}});
  }
  return {{"outcome", "ok"},
          {"library_path", nvml->library_path()},
          {"driver_version", nvml->driver_version()},
          {"cuda_version", nvml->cuda_driver_version()},
          {"gpus", gpus}};
}

json look_at_cuda() {
  std::string failure;
  const auto cuda = environment::CudaDriver::open(failure);
  if (!cuda) return {{"outcome", "failed"}, {"failure", failure}};
  json seen = {{"outcome", "failed"}, {"library_path", cuda->library_path()}};
  if (!cuda->fault().empty()) {
    seen["failure"] = cuda->fault();
    return seen;
  }
  if (const int version = cuda->version(); version > 0) seen["driver_version"] = version;
  const environment::CudaStart started = cuda->start();
  seen["result"] = started.code;
  if (started.code != 0) return seen;
  seen["outcome"] = "ok";
  seen["device_count"] = started.devices;
  return seen;
}

json look_at_nodes() {
  json opening = json::object();
  for (const std::string& path : environment::nvidia_device_nodes("/")) {
    // The capability nodes of MIG are readable by root alone, by design.
    if (path.find("nvidia-caps") != std::string::npos) continue;
    const int file = open(path.c_str(), O_RDWR | O_CLOEXEC);
    opening[path] = file >= 0 ? "ok" : strerrorname_np(errno);
    if (file >= 0) close(file);
  }
  return {{"outcome", "ok"}, {"opening", opening}};
}

}  // namespace

json look_at(const std::string& what) {
  if (what == "nvml") return look_at_nvml();
  if (what == "cuda") return look_at_cuda();
  if (what == "nodes") return look_at_nodes();
  throw UsageError("nothing called '" + what + "' to look at: nvml, cuda, nodes");
}

std::vector<std::string> things_to_look_at() { return {"nvml", "cuda", "nodes"}; }

}  // namespace cuparity
