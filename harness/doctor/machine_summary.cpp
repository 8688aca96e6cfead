#include <algorithm>

#include "harness/doctor/diagnose.hpp"

namespace cuparity {
namespace {

using nlohmann::json;

json gpus(const Probe& probe) {
  json list = json::array();
  for (const GpuFacts& gpu : probe.nvml.gpus) {
    list.push_back({{"index", gpu.index},
                    {"name", gpu.name},
                    {"uuid", gpu.uuid},
                    {"memory_bytes", gpu.memory_bytes},
                    {"pci_bus_id", gpu.pci_bus_id}});
  }
  return list;
}

json engines(const Probe& probe) {
  json list = json::array();
  for (const EngineFacts& engine : probe.engines) {
    const bool runs_containers = engine.name == "docker" || engine.name == "podman";
    json entry = {{"name", engine.name},
                  {"version", engine.server_version.empty() ? engine.client_version : engine.server_version}};
    if (runs_containers) {
      entry["answers"] = engine.answers;
      entry["rootless"] = engine.rootless;
    }
    list.push_back(std::move(entry));
  }
  return list;
}

/// For virtual machines: no driver of this machine's will ever have them.
std::size_t passed_through(const Probe& probe) {
  return static_cast<std::size_t>(std::count_if(probe.driver.pci_gpus.begin(), probe.driver.pci_gpus.end(),
                                                [](const PciGpu& gpu) { return gpu.driver == "vfio-pci"; }));
}

/// "possible" is null where no container was started.
json container_access(const Probe& probe) {
  json working = json::array(), failing = json::array();
  for (const AccessFacts& access : probe.access) {
    if (access.outcome == "not looked" || access.mode.ends_with(":none")) continue;
    const bool works = access.outcome == "ok" && access.gpu_count > 0;
    if (works) working.push_back(access.mode);
    else
      failing.push_back(
          {{"mode", access.mode}, {"failure", access.failure.empty() ? "no GPU inside" : access.failure}});
  }
  json possible = nullptr;
  if (!working.empty() || !failing.empty()) possible = !working.empty();
  return {{"possible", possible}, {"modes", working}, {"failing", failing}};
}

}  // namespace

json machine_summary(const Probe& probe) {
  json toolkit = {{"installed", !probe.toolkit.programs.empty()}, {"version", probe.toolkit.version}};
  toolkit["programs"] = probe.toolkit.programs;
  json cdi = json::array();
  for (const CdiSpec& spec : probe.cdi) {
    for (const std::string& device : spec.devices) {
      const std::string name = spec.kind + "=" + device;  // several files may define it
      if (std::find(cdi.begin(), cdi.end(), name) == cdi.end()) cdi.push_back(name);
    }
  }
  toolkit["cdi_devices"] = cdi;
  json images = json::array();
  for (const ImageFact& image : probe.images) {
    images.push_back({{"engine", image.engine}, {"image", image.image}, {"present", image.present}});
  }
  return {{"os", probe.os},
          {"kernel", probe.kernel},
          {"cpu", probe.cpu_model},
          {"container", probe.inside.container},
          {"gpus", gpus(probe)},
          {"pci_gpus", probe.driver.pci_gpus.size()},
          {"passed_through_gpus", passed_through(probe)},
          {"driver_version",
           probe.nvml.driver_version.empty() ? probe.driver.module_version : probe.nvml.driver_version},
          {"cuda_driver_version", probe.nvml.cuda_version},
          {"cuda_devices", probe.cuda.device_count},
          {"engines", engines(probe)},
          {"toolkit", toolkit},
          {"images", images},
          {"container_access", container_access(probe)},
          {"not_looked", probe.not_looked}};
}

}  // namespace cuparity
