#include <algorithm>

#include "environment/nvidia_driver.hpp"
#include "harness/doctor/checks/checks.hpp"

namespace cuparity {

bool in_container(const Probe& probe) {
  return probe.inside.container != "none" && !probe.inside.container.empty();
}

Severity silence_severity(const Probe& probe, const std::string& other) {
  if (in_container(probe)) return Severity::info;
  const EngineFacts* engine = find_engine(probe, other);
  return engine && engine->answers ? Severity::warning : Severity::error;
}

bool is_gpu_node(const DeviceNode& node) { return !environment::gpu_device_nodes({node.path}).empty(); }

bool gpu_expected(const Probe& probe) {
  const bool node = std::any_of(probe.driver.nodes.begin(), probe.driver.nodes.end(), is_gpu_node);
  // A container sees the whole machine's PCI bus, given or not.
  return node || probe.driver.wsl || !probe.nvml.gpus.empty() ||
         (!in_container(probe) && !probe.driver.pci_gpus.empty());
}

std::string listed(const std::vector<std::string>& names, std::size_t limit) {
  std::string text;
  for (std::size_t i = 0; i < std::min(names.size(), limit); ++i) text += (i > 0 ? ", " : "") + names[i];
  if (names.size() > limit) text += " and " + std::to_string(names.size() - limit) + " more";
  return text;
}

std::vector<std::string> followed_by(std::vector<std::string> first, const std::vector<std::string>& then) {
  first.insert(first.end(), then.begin(), then.end());
  return first;
}

}  // namespace cuparity
