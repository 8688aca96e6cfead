#include "harness/doctor/look.hpp"

#include <dlfcn.h>
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "environment/nvidia_driver.hpp"
#include "environment/library_handle.hpp"
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
  const auto nvml = environment::Nvml::open(failure);
  if (!nvml) return {{"outcome", "failed"}, {"failure", failure}};
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

/// The driver API by name: its headers need no toolkit this way.
json look_at_cuda() {
  void* library = dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL);
  if (!library) return {{"outcome", "failed"}, {"failure", dlerror()}};
  json seen = {{"outcome", "failed"}, {"library_path", environment::path_of_library(library)}};
  const auto init = reinterpret_cast<int (*)(unsigned)>(dlsym(library, "cuInit"));
  const auto version = reinterpret_cast<int (*)(int*)>(dlsym(library, "cuDriverGetVersion"));
  const auto count = reinterpret_cast<int (*)(int*)>(dlsym(library, "cuDeviceGetCount"));
  if (!init || !version || !count) {
    seen["failure"] = "this libcuda.so.1 has no cuInit: a stub or a foreign library";
    return seen;
  }
  int driver_version = 0;
  if (version(&driver_version) == 0) seen["driver_version"] = driver_version;
  const int result = init(0);
  seen["result"] = result;
  if (result != 0) return seen;
  int devices = 0;
  const int counted = count(&devices);
  if (counted != 0) {
    seen["result"] = counted;
    return seen;
  }
  seen["outcome"] = "ok";
  seen["device_count"] = devices;
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
