// The nodes in /dev: there, and may this user open them?
#include <fmt/format.h>

#include <algorithm>

#include "harness/doctor/checks/checks.hpp"

namespace cuparity {
namespace {

const DeviceNode* node(const Probe& probe, const std::string& path) {
  const auto found = std::find_if(probe.driver.nodes.begin(), probe.driver.nodes.end(),
                                  [&](const DeviceNode& n) { return n.path == path; });
  return found == probe.driver.nodes.end() ? nullptr : &*found;
}

std::string evidence(const DeviceNode& node) {
  return fmt::format("{}: mode {}, owner {}:{}, open read-write: {}", node.path, node.mode, node.owner,
                     node.group, node.opening.empty() ? "not tried" : node.opening);
}

Finding missing_nodes(const Probe& probe, const std::vector<std::string>& missing) {
  Finding finding{"nodes.missing",
                  Severity::error,
                  "Device nodes are missing: " + listed(missing, 4),
                  "The driver's nodes are made when root first uses the GPU, or by udev; a container sees "
                  "those it was given.",
                  fmt::format("{} NVIDIA nodes in /dev", probe.driver.nodes.size()),
                  {"sudo nvidia-modprobe -c 0 -u", "or once as root: nvidia-smi"}};
  if (missing.size() == 1 && missing.front() == "/dev/nvidia-uvm") {
    finding.id = "uvm-node-missing";
    finding.cause =
        "The nvidia-uvm module is not loaded, or its node was not made or not given to this container. NVML "
        "works "
        "without it, CUDA does not (cuInit says 999).";
  }
  if (in_container(probe)) {
    finding.fix = {
        "ask for the whole GPU: --gpus all, or --device /dev/nvidia0 --device /dev/nvidiactl --device "
        "/dev/nvidia-uvm"};
  }
  return finding;
}

/// errno's name tells who refused.
void explain_refusal(const Probe& probe, const DeviceNode& node, Findings& findings) {
  Finding finding{"nodes.refused", Severity::error, node.path + " can't be opened", "", evidence(node), {}};
  if (node.opening == "EPERM") {
    finding.id = in_container(probe) ? "nvml-unknown-error-daemon-reload" : "nodes.cgroup_denied";
    finding.cause =
        in_container(probe)
            ? "The device cgroup denies it: this container was not given the device, or lost it when systemd "
              "re-applied its rules (daemon-reload) or because of no-cgroups = true."
            : "The device cgroup of this session denies it.";
    finding.fix = {"start the container again with the GPU asked for, e.g. docker run --gpus all …",
                   "to keep it over a daemon-reload: ask by CDI (--device nvidia.com/gpu=all)"};
  } else if (node.opening == "EACCES") {
    finding.id = node.mode != "0666"                                  ? "nvml-permission-nonroot"
                 : probe.kernel_settings.selinux == "enforcing" ? "selinux-denied"
                                                                : "nodes.permission";
    finding.cause = "The node's mode or SELinux forbids it to this user.";
    finding.fix = {"ls -lZ " + node.path,
                   "add the user to the node's group, or set NVreg_DeviceFileMode=0666 for the driver"};
  } else {
    finding.cause = "The driver refuses to open the device: the GPU failed, or the node belongs to none.";
    finding.fix = {"nvidia-smi", "sudo dmesg | grep -iE 'xid|nvrm'"};
  }
  findings.push_back(std::move(finding));
}

}  // namespace

void check_device_nodes(const Probe& probe, Findings& findings) {
  if (!probe.driver.module_loaded || (in_container(probe) && probe.driver.nodes.empty())) return;
  std::vector<std::string> missing;
  for (const char* path : {"/dev/nvidiactl", "/dev/nvidia-uvm"}) {
    if (!node(probe, path)) missing.emplace_back(path);
  }
  const bool gpu_node = std::any_of(probe.driver.nodes.begin(), probe.driver.nodes.end(), is_gpu_node);
  if (!gpu_node) missing.insert(missing.begin(), "/dev/nvidia0");
  if (!missing.empty()) findings.push_back(missing_nodes(probe, missing));
  bool refused = false;
  for (const DeviceNode& each : probe.driver.nodes) {
    if (each.opening.empty() || each.opening == "ok") continue;
    refused = true;
    explain_refusal(probe, each, findings);
  }
  if (missing.empty() && !refused) {
    const bool tried = std::any_of(probe.driver.nodes.begin(), probe.driver.nodes.end(),
                                   [](const DeviceNode& n) { return n.opening == "ok"; });
    findings.push_back({"nodes.ok",
                        Severity::ok,
                        tried ? "The device nodes are there and can be opened" : "The device nodes are there",
                        "",
                        fmt::format("{} nodes in /dev", probe.driver.nodes.size()),
                        {}});
  }
}

}  // namespace cuparity
