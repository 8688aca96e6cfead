#include "validate/probe/look.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <optional>

#include "environment/container.hpp"
#include "environment/nvidia_driver.hpp"
#include "environment/text_file.hpp"
#include "validate/access/device_node.hpp"
#include "validate/probe/driver_process.hpp"
#include "validate/probe/look_confinement.hpp"
#include "validate/probe/look_devices.hpp"
#include "validate/probe/look_driver_files.hpp"

namespace cuparity::probe {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

/// More GPUs than a machine of one driver has in practice.
constexpr unsigned probed_minors = 16;

json shown_variables(const environment::Variables& variables) {
  json shown = json::object();
  for (const auto& [name, value] : variables) {
    if (name.rfind("NVIDIA_", 0) == 0 || name.rfind("CUDA_", 0) == 0 || name == "LD_LIBRARY_PATH")
      shown[name] = value;
  }
  return shown;
}

/// The GPUs whose nodes are not here, and what else was named.
std::vector<DeviceNumber> devices_to_make(const Options& options, const std::vector<std::string>& nodes) {
  std::vector<DeviceNumber> devices = options.devices;
  for (unsigned minor = 0; minor < probed_minors; ++minor) {
    if (std::count(nodes.begin(), nodes.end(), "/dev/nvidia" + std::to_string(minor)) == 0)
      devices.emplace_back(validate::nvidia_major, minor);
  }
  return devices;
}

json kernel_driver() {
  json gpus = json::array();
  for (const environment::KernelGpu& gpu : environment::kernel_driver_gpus("/"))
    gpus.push_back({{"uuid", gpu.uuid}, {"minor", gpu.minor}});
  return {{"version", environment::kernel_driver_version("/").value_or("")}, {"gpus", gpus}};
}

/// As any program here would find the libraries; where it finds none, in the folders that mounts bring.
json ask(DriverProcess process, const std::vector<std::string>& words) { return ask_where_found(process, words); }

}  // namespace

json look(const Options& options, const fs::path& folder) {
  const environment::Variables variables = environment::read_variables();
  const std::string container = environment::detect_container("/", variables);
  std::vector<std::string> nodes = environment::nvidia_device_nodes("/");
  // The capability nodes of MIG are readable by root alone, by design.
  std::erase_if(nodes, [](const std::string& path) { return path.rfind("/dev/nvidia-caps/", 0) == 0; });
  std::vector<std::string> paths = nodes;
  paths.insert(paths.end(), options.paths.begin(), options.paths.end());

  const DriverProcess driver = own_driver_process(folder, options.time_limit);
  std::vector<std::string> nvml_words = {"nvml"};
  std::vector<std::string> cuda_words = {"cuda"};
  for (const AskedGpu& gpu : options.gpus) {
    if (!gpu.uuid.empty()) nvml_words.push_back(gpu.uuid);
    if (!gpu.pci_bus_id.empty()) cuda_words.push_back(gpu.pci_bus_id);
  }
  // On the host there is nothing to isolate, and nothing is made there.
  const json made_nodes = container == "none" ? json::array()
                                              : look_at_made_nodes(devices_to_make(options, nodes),
                                                                   {"/dev", "/tmp", "/cuparity-out"});
  json seen = {{"schema_version", probe_schema_version},
          {"version", CUPARITY_VERSION},
          {"container", container},
          {"injection_path", environment::detect_injection_path("/", variables, container)},
          {"user", geteuid()},
          {"nodes", look_at_nodes(paths)},
          {"made_nodes", made_nodes},
          {"kernel_driver", kernel_driver()},
          {"driver_libraries", look_at_driver_libraries("/", variables, container != "none")},
          {"confinement", look_at_confinement("/")},
          {"variables", shown_variables(variables)},
          {"nvml", ask(driver, nvml_words)},
          {"cuda", ask(driver, cuda_words)}};
  std::vector<std::string> memory_words = {"open"};
  memory_words.insert(memory_words.end(), options.memory.begin(), options.memory.end());
  if (!options.memory.empty()) seen["ipc"] = ask(driver, memory_words);
  return seen;
}

}  // namespace cuparity::probe
