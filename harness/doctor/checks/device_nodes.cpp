// The nodes in /dev: there, and may this user open them?
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "environment/text_file.hpp"
#include "harness/doctor/checks/checks.hpp"
#include "harness/doctor/knowledge/known_problem.hpp"

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
  const std::string seen = fmt::format("{} NVIDIA nodes in /dev; missing: {}", probe.driver.nodes.size(), listed(missing, 4));
  if (missing.size() == 1 && missing.front() == "/dev/nvidia-uvm")
    return known_finding("uvm-node-missing", Severity::error, seen, &probe);
  Finding finding{"nodes.missing",
                  Severity::error,
                  "Device nodes are missing: " + listed(missing, 4),
                  "The driver's nodes are made when root first uses the GPU, or by udev; a container sees "
                  "those it was given.",
                  seen,
                  {"sudo nvidia-modprobe -c 255 -c 0 && sudo nvidia-modprobe -u -c 0", "or once as root: nvidia-smi"}};
  if (in_container(probe)) {
    finding.fix = {
        "ask for the whole GPU: --gpus all, or --device /dev/nvidia0 --device /dev/nvidiactl --device "
        "/dev/nvidia-uvm"};
  }
  return finding;
}

/// errno's name and the node's mode tell who refused.
std::string who_refused(const Probe& probe, const DeviceNode& node) {
  if (node.opening == "EPERM") return in_container(probe) ? "nvml-unknown-error-daemon-reload" : "nodes.cgroup_denied";
  if (node.opening != "EACCES") return "nodes.refused";
  if (node.mode != "0666") return "nvml-permission-nonroot";
  return probe.kernel_settings.selinux == "enforcing" ? "selinux-denied" : "nodes.permission";
}

/// `nodes` are refused for one reason.
Finding refused_nodes(const Probe& probe, const std::string& id, const std::vector<const DeviceNode*>& nodes) {
  std::vector<std::string> paths, seen;
  for (const DeviceNode* node : nodes) {
    paths.push_back(node->path);
    seen.push_back(evidence(*node));
  }
  std::string all_seen = environment::join(seen, "; ");
  if (find_problem(id)) return known_finding(id, Severity::error, std::move(all_seen), &probe);
  Finding finding{id, Severity::error, listed(paths, 4) + " can't be opened", "", std::move(all_seen), {}};
  if (id == "nodes.cgroup_denied") {
    finding.cause = "The device cgroup of this session denies it.";
    finding.fix = {"systemctl status $$  # the unit of this session; systemctl show UNIT -p DeviceAllow",
                   "log in anew, outside of the unit or job that has no GPU"};
  } else if (id == "nodes.permission") {
    finding.cause = "A security module forbids it to this user: the node's mode allows everybody.";
    finding.fix = {"ls -lZ " + paths.front(), "sudo dmesg | grep -iE 'apparmor|avc|denied'"};
  } else {
    finding.cause = "The driver refuses to open the device: the GPU failed, or the node belongs to none.";
    finding.fix = {"nvidia-smi", "sudo dmesg | grep -iE 'xid|nvrm'"};
  }
  return finding;
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
  std::map<std::string, std::vector<const DeviceNode*>> by_reason;
  for (const DeviceNode& each : probe.driver.nodes) {
    if (!each.opening.empty() && each.opening != "ok") by_reason[who_refused(probe, each)].push_back(&each);
  }
  for (const auto& [id, nodes] : by_reason) findings.push_back(refused_nodes(probe, id, nodes));
  if (missing.empty() && by_reason.empty()) {
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
