// The device nodes: who took them away, who may not open them, which one is not there.
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "harness/doctor/checks/checks.hpp"
#include "harness/doctor/knowledge/known_problem.hpp"
#include "harness/doctor/knowledge/questions.hpp"
#include "harness/report/text.hpp"

namespace cuparity {
namespace {

std::string described(const DeviceNode& node) {
  return fmt::format("{}: mode {}, owner {}:{}, open read-write: {}", node.path, node.mode, node.owner,
                     node.group, node.opening.empty() ? "not tried" : node.opening);
}

bool has_node(const Probe& probe, const std::string& path) {
  return std::any_of(probe.driver.nodes.begin(), probe.driver.nodes.end(),
                     [&](const DeviceNode& node) { return node.path == path; });
}

Sign lost_by_reload(const Probe& probe) {
  if (const DeviceNode* node = refused_node(probe, "EPERM")) {
    if (probe.toolkit.no_cgroups) return absent("no-cgroups = true explains it");
    return present(described(*node));
  }
  const EngineFacts* docker = working_docker(probe);
  if (docker && !docker->cgroup_driver.empty() && docker->cgroup_driver != "systemd") {
    return absent("docker info: cgroup driver " + docker->cgroup_driver);
  }
  return {};
}

Sign no_cgroups(const Probe& probe) {
  const EngineFacts* docker = working_docker(probe);
  if (in_container(probe) || !docker) return {};
  if (probe.toolkit.no_cgroups && !docker->rootless)
    return present("no-cgroups = true in /etc/nvidia-container-runtime/config.toml; Docker is not rootless");
  return docker->rootless ? absent("Docker is rootless") : absent("config.toml has no no-cgroups = true");
}

Sign static_cpu_manager(const Probe& probe) {
  if (probe.inside.kubernetes) {
    const DeviceNode* node = refused_node(probe, "EPERM");
    return present_if(node != nullptr, node ? "in Kubernetes; " + described(*node) : "");
  }
  return in_container(probe) ? absent("this container is not Kubernetes'") : Sign{};
}

Sign not_in_group(const Probe& probe) {
  const DeviceNode* node = refused_node(probe, "EACCES");
  if (!node) return {};
  return node->mode == "0666" ? absent(described(*node)) : present(described(*node));
}

/// Who joins the node's group may open it; nobody is to join root's.
bool group_opens(const DeviceNode& node) {
  constexpr unsigned long read_write = 0060;
  return node.group > 0 && (std::strtoul(node.mode.c_str(), nullptr, 8) & read_write) == read_write;
}

/// On a host there is no container to give a group to.
std::vector<std::string> join_the_group(const Probe& probe) {
  const DeviceNode* node = refused_node(probe, "EACCES");
  if (in_container(probe) || !node) return {};
  const std::string for_everyone = "for everyone: options nvidia NVreg_DeviceFileMode=0666 in /etc/modprobe.d, then reload";
  if (!group_opens(*node)) return {for_everyone};
  return {fmt::format("sudo usermod -aG $(stat -c %G {}) $USER  # counts from the next login on", shell_quoted({node->path})),
          "or " + for_everyone};
}

Sign selinux(const Probe& probe) {
  const std::string& state = probe.kernel_settings.selinux;
  const DeviceNode* node = refused_node(probe, "EACCES");
  if (state == "enforcing" && node && node->mode == "0666") {
    return present(described(*node) + "; SELinux is enforcing, this process is " + probe.inside.security_label);
  }
  return state == "enforcing" ? Sign{} : absent("SELinux is not enforcing here");
}

Sign uvm_node(const Probe& probe) {
  const bool gpu_node = std::any_of(probe.driver.nodes.begin(), probe.driver.nodes.end(), is_gpu_node);
  if (!gpu_node) return {};
  if (has_node(probe, "/dev/nvidia-uvm")) return absent("/dev/nvidia-uvm is there");
  return present(fmt::format("a GPU's node is there, /dev/nvidia-uvm is not; cuInit: {}", probe.cuda.result));
}

Sign no_nodes(const Probe& probe) {
  if (in_container(probe)) return {};
  const bool gpu_node = std::any_of(probe.driver.nodes.begin(), probe.driver.nodes.end(), is_gpu_node);
  if (gpu_node && has_node(probe, "/dev/nvidiactl")) return absent("/dev/nvidia0 and /dev/nvidiactl are there");
  return present_if(probe.driver.module_loaded, "the driver is loaded; /dev has no node of a GPU, or no nvidiactl");
}

Sign suspended(const Probe& probe) {
  const bool broken = probe.cuda.result == 999 && has_node(probe, "/dev/nvidia-uvm");
  if (broken && probe.kernel_settings.suspends > 0) {
    return present(fmt::format("cuInit returned 999 with /dev/nvidia-uvm there, and this machine was suspended "
                               "{} times since its start",
                               probe.kernel_settings.suspends));
  }
  return probe.kernel_settings.suspends == 0 ? absent("this machine was not suspended since its start") : Sign{};
}

Sign libraries_without_nodes(const Probe& probe) {
  if (!in_container(probe) || probe.inside.driver_library_mounts.empty()) return {};
  return probe.driver.nodes.empty() ? present("driver libraries are mounted, /dev has no NVIDIA node")
                                    : absent("there are NVIDIA nodes in /dev");
}

}  // namespace

const KnownProblems& device_problems() {
  const Signature unknown_error = {"failed to initialize nvml: unknown error|nvml*unknown error|nvmlinit*999",
                                   "!unable to determine the device handle"};
  const Signature insufficient = {
      "failed to initialize nvml: insufficient permissions|nvml*insufficient permission*|nvml_error_no_permission|"
      "unable to determine the device handle*insufficient permission*",
      "!nvidia-container-cli"};
  static const KnownProblems table = {
      {.id = "nvml-unknown-error-daemon-reload",
       .where = "in-container-driver",
       .unasked = Severity::error,
       .summary = "The container lost the GPU: its nodes are there, but opening them is refused",
       .cause = "The legacy hook sets device rules that systemd does not know of. When systemd applies its own "
                "again (systemctl daemon-reload, docker update), they are gone.",
       .check = "it worked first and broke later: this; systemctl show docker-<id>.scope -p DeviceAllow without "
                "char-195: this; docker info: cgroup driver cgroupfs: not this",
       .fix = {"start the container again",
               "to keep it: ask by CDI (docker run --device nvidia.com/gpu=all …)",
               "or: sudo nvidia-ctk system create-dev-char-symlinks --create-all"},
       .texts = {unknown_error},
       .hints = {"daemon-reload", "systemctl", "after a while|suddenly|hours|later|stopped working", "systemd"},
       .sign = lost_by_reload,
       .source = "NVIDIA/nvidia-container-toolkit#48; NVIDIA/nvidia-docker#1730"},
      {.id = "nvml-unknown-error-no-cgroups",
       .where = "in-container-driver",
       .unasked = Severity::warning,
       .summary = "no-cgroups = true is set for an engine that is not rootless",
       .cause = "The legacy hook then sets no device rules: containers see the nodes and may not open them, "
                "from the first second on.",
       .check = "grep no-cgroups /etc/nvidia-container-runtime/config.toml: true, while docker info does not "
                "say rootless, means this",
       .fix = {"sudo nvidia-ctk config --set nvidia-container-cli.no-cgroups=false --in-place",
               "for a rootless engine beside it: a config.toml of the user's, which counts only where XDG_CONFIG_HOME is set "
               "for its dockerd (see rootless-bpf-not-permitted)"},
       .texts = {unknown_error, {"no-cgroups", "true", "nvml|unknown error|eperm|operation not permitted"}},
       .hints = {"no-cgroups", "immediately|at once|right away|from the start", "rootful|rootless"},
       .sign = no_cgroups,
       .source = "NVIDIA/nvidia-container-toolkit#381, #580"},
      {.id = "k8s-cpumanager-eperm",
       .where = "in-container-driver",
       .unasked = Severity::error,
       .summary = "Kubernetes' static CPU manager took the device rules away",
       .cause = "kubelet updates the container's cgroup every few seconds, and the hook's device rules are lost.",
       .check = "cpuManagerPolicy: static in kubelet's configuration, and the pod works for its first seconds: "
                "this; no Kubernetes: not this",
       .fix = {"device plugin with PASS_DEVICE_SPECS=true (compatWithCPUManager)", "or the CDI device strategy"},
       .texts = {unknown_error, {"cpumanager*|cpu manager|cpu_manager*", "nvml|nvidia*|gpu"}},
       .hints = {"kubelet", "kubernetes|k8s|kubectl|pod", "cpumanager*|cpu manager", "static"},
       .sign = static_cpu_manager,
       .source = "mattshma/bigdata#150"},
      {.id = "driver-libraries-without-nodes",
       .where = "in-container-driver",
       .unasked = Severity::error,
       .summary = "The container has the driver's libraries but none of its device nodes",
       .cause = "NVIDIA_VISIBLE_DEVICES=none gives libraries alone; a manual mapping may have left the nodes out.",
       .check = "ls /dev/nvidia* inside: nothing means this; nodes that can't be opened: see the causes above",
       .fix = {"ask for a GPU: --gpus all, or --device nvidia.com/gpu=all",
               "mapping by hand: --device /dev/nvidia0 --device /dev/nvidiactl --device /dev/nvidia-uvm"},
       .texts = {unknown_error},
       .sign = libraries_without_nodes,
       .source = "seen on an H200 with Docker 29"},
      {.id = "nvml-permission-nonroot",
       .where = "in-container-driver",
       .unasked = Severity::error,
       .summary = "This user may not open the device nodes",
       .cause = "The nodes are 0660 for a group (video), and the container's user, or its user namespace, is "
                "not in it.",
       .check = "ls -ln /dev/nvidia*: mode 0660 means this (group 65534: a user namespace); mode 0666: see "
                "selinux-denied",
       .fix = {"docker run --group-add $(stat -c %g /dev/nvidiactl) …; podman run --group-add keep-groups …",
               "or for everyone: options nvidia NVreg_DeviceFileMode=0666 in /etc/modprobe.d, then reload"},
       .fix_here = join_the_group,
       .texts = {insufficient},
       .hints = {"rootless|non-root|--user|userns", "video", "0660|crw-rw----"},
       .sign = not_in_group,
       .source = "NVIDIA/nvidia-container-toolkit#210, #268; NVIDIA/nvidia-docker#1608"},
      {.id = "selinux-denied",
       .where = "in-container-driver",
       .unasked = Severity::error,
       .summary = "SELinux forbids containers to open the device nodes",
       .cause = "A container's processes are container_t, which the policy does not let use xserver_misc_device_t.",
       .check = "getenforce: Enforcing, and sudo ausearch -m avc -ts recent shows nvidia: this; a container with "
                "--security-opt label=disable then works",
       .fix = {"sudo setsebool -P container_use_devices on", "or: --security-opt label=disable"},
       .texts = {insufficient, {"avc: denied*nvidia|avc:*denied*container_t*"},
                 {"selinux", "nvidia*", "denied|permission*|prevent*"}},
       .hints = {"selinux", "container_t", "fedora|rhel|centos|rocky|alma"},
       .sign = selinux,
       .source = "cloud-native-docs, container-toolkit/troubleshooting.md"},
      {.id = "uvm-node-missing",
       .where = "in-container-driver",
       .unasked = Severity::error,
       .summary = "/dev/nvidia-uvm is missing: NVML works without it, CUDA does not",
       .cause = "The nvidia-uvm module is not loaded on the host, or its node was not made or not given to this "
                "container (lists of --device often forget it).",
       .check = "ls -l /dev/nvidia-uvm inside and on the host: missing means this; there and cuInit still says "
                "999: see uvm-after-suspend",
       .fix = {"host: sudo nvidia-modprobe -c 0 -u",
               "container: --device /dev/nvidia-uvm --device /dev/nvidia-uvm-tools, or ask by --gpus or CDI"},
       .texts = {{"/dev/nvidia-uvm", "enoent|no such file*|not found|missing|does not exist|cannot stat*"},
                 {"cuda unknown error|cuda error 999|cuda error: unknown error|cuda_error_unknown|cudaerrorunknown|"
                  "error 999|cuinit*999|unknown error*999"}},
       .hints = {"nvidia-uvm", "enoent", "--device"},
       .sign = uvm_node,
       .source = "NVIDIA/nvidia-docker#471; pytorch/pytorch#49081"},
      {.id = "device-node-missing",
       .where = "engine-start",
       .summary = "The engine was given a device node by name that is not on its machine",
       .cause = "The driver's nodes are made when root first uses the GPU; a driver that is not loaded has none. Or the engine "
                "runs on another machine (DOCKER_HOST, a virtual machine, the host of this container).",
       .check = "ls -l /dev/nvidia* on the machine of the engine: missing means this; nvidia-smi fails there, too: see "
                "driver-not-loaded",
       .fix = {"sudo nvidia-modprobe -c 255 -c 0 && sudo nvidia-modprobe -u -c 0  # or once as root: nvidia-smi",
               "after each boot: sudo systemctl enable --now nvidia-persistenced"},
       .texts = {{"adding custom device|gathering device information|stat*", "/dev/nvidia*", "no such file or directory|not a device node",
                  "!cdi*", "!/dev/nvidia-uvm*", "!nvidia.com/*", "!nvidia-container-cli*"}},
       .sign = no_nodes,
       .source = "kersny/airsim_nvidia_docker#4; webanck/docker-wine-steam#15"},
      {.id = "uvm-after-suspend",
       .where = "in-container-driver",
       .unasked = Severity::error,
       .summary = "The nvidia_uvm module is broken since the machine slept",
       .cause = "nvidia_uvm does not survive suspend and resume without the driver's own services.",
       .check = "/dev/nvidia-uvm is there, nvidia-smi works, and journalctl -b | grep -i suspend shows a "
                "suspend: this",
       .fix = {"sudo rmmod nvidia_uvm && sudo modprobe nvidia_uvm",
               "for good: NVreg_PreserveVideoMemoryAllocations=1, and systemctl enable nvidia-suspend "
               "nvidia-resume"},
       .texts = {{"cuda unknown error|cuda error 999|cuda error: unknown error|cuda_error_unknown|"
                  "cudaerrorunknown|error 999|cuinit*999|unknown error*999"},
                 {"suspend*|resume|sleep|hibernat*", "cuda|nvidia*|gpu", "999|unknown error|fails|lost|broken"}},
       .hints = {"suspend*|resume|sleep|hibernat*|laptop|wake*"},
       .sign = suspended,
       .source = "ollama/ollama#1895, #2934"},
  };
  return table;
}

}  // namespace cuparity
