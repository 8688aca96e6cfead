// nvidia-container-cli, the legacy hook: what it says when it can't do what was asked.
#include <fmt/format.h>

#include "harness/doctor/checks/checks.hpp"
#include "harness/doctor/knowledge/cdi_specs.hpp"
#include "harness/doctor/knowledge/known_problem.hpp"
#include "harness/doctor/knowledge/questions.hpp"

namespace cuparity {
namespace {

Sign rootless_rules(const Probe& probe) {
  const EngineFacts* docker = working_docker(probe);
  if (!docker) return {};
  if (!docker->rootless && !probe.inside.user_namespace) return absent("Docker is not rootless");
  const std::string file = probe.toolkit.config_file.empty() ? "config.toml" : probe.toolkit.config_file;
  if (probe.toolkit.no_cgroups) return absent(file + " has no-cgroups = true");
  if (!probe.cdi.empty() || docker->cgroup_version != "2") return {};
  return present("docker info: rootless, cgroup v2; " + file + ": no-cgroups is not true");
}

/// The user's file alone counts where dockerd has XDG_CONFIG_HOME set, the one in /etc alone where it has not.
std::vector<std::string> without_cgroups() {
  const std::string set = "nvidia-ctk config --set nvidia-container-cli.no-cgroups=true";
  return {"or: sudo " + set + " --in-place  # for all of this machine: takes the GPU from a Docker that is not rootless",
          "or for this user: " + set + " --config=/etc/nvidia-container-runtime/config.toml "
              "--output=${XDG_CONFIG_HOME:-$HOME/.config}/nvidia-container-runtime/config.toml",
          "then: systemctl --user edit docker  # [Service] Environment=XDG_CONFIG_HOME=%h/.config, or what it is in the shell; else "
              "that file is not read",
          "then: systemctl --user restart docker"};
}

std::vector<std::string> by_cdi_or_without_cgroups(std::vector<std::string> steps) {
  steps.push_back("docker run --device nvidia.com/gpu=all …  # instead of --gpus all");
  return followed_by(std::move(steps), without_cgroups());
}

std::vector<std::string> rootless_steps(const Probe& probe) {
  return probe.cdi.empty() ? by_cdi_or_without_cgroups(write_first(probe)) : by_cdi_or_without_cgroups({});
}

Sign jit_harden(const Probe& probe) {
  return present_if(probe.kernel_settings.bpf_jit_harden > 0,
                    fmt::format("net.core.bpf_jit_harden = {}; libnvidia-container {}",
                                probe.kernel_settings.bpf_jit_harden, probe.toolkit.library_version));
}

Sign old_library(const Probe& probe) {
  const std::string& version = probe.toolkit.library_version;
  if (probe.kernel_settings.cgroup_version == "1") return absent("this machine has cgroup v1");
  if (version_at_least(version, 1, 8)) return absent("libnvidia-container is " + version);
  return present_if(version_below(version, 1, 8) && probe.kernel_settings.cgroup_version == "2",
                    "cgroup v2; libnvidia-container " + version);
}

Sign node_modes(const Probe& probe) {
  for (const DeviceNode& node : probe.driver.nodes) {
    if (node.path.find("caps") == std::string::npos && !node.mode.empty() && node.mode != "0666") {
      return present(fmt::format("{}: mode {}, group {}", node.path, node.mode, node.group));
    }
  }
  return probe.driver.nodes.empty() ? Sign{} : absent("the nodes have mode 0666");
}

Sign few_gpus(const Probe& probe) {
  if (probe.nvml.outcome != "ok") return {};
  return {Sign::Says::nothing, fmt::format("this machine has {} GPUs", probe.nvml.gpus.size())};
}

Sign bad_value(const Probe& probe) {
  for (const ImageFact& image : probe.images) {
    const auto found = image.variables.find("NVIDIA_VISIBLE_DEVICES");
    if (found == image.variables.end()) continue;
    const std::string& value = found->second;
    for (const char* odd : {"false", "true", "False", "True", "yes", "no", "FALSE", "TRUE"}) {
      if (value == odd) return present(image.image + ": NVIDIA_VISIBLE_DEVICES=" + value);
    }
  }
  return {};
}

Sign jetson(const Probe& probe) {
  if (probe.kernel_settings.tegra) return present("this is a Jetson (Tegra)");
  return probe.toolkit.mode == "csv" ? present("config.toml: mode = \"csv\"") : absent("this is no Jetson");
}

Sign mode_not_legacy(const Probe& probe) {
  const std::string& mode = probe.toolkit.mode;
  if (probe.kernel_settings.tegra || mode == "csv" || mode == "legacy") return absent("the toolkit's mode is " + mode);
  return present_if(!mode.empty() && mode != "auto", "config.toml: mode = \"" + mode + "\"");
}

Sign ldconfig(const Probe& probe) {
  if (probe.toolkit.ldconfig.empty()) return {};
  return probe.toolkit.ldconfig_missing
             ? present("config.toml: ldconfig = " + probe.toolkit.ldconfig + ", which is not there")
             : Sign{Sign::Says::nothing, "config.toml: ldconfig = " + probe.toolkit.ldconfig};
}

Sign require_cuda(const Probe& probe) {
  for (const ImageFact& image : probe.images) {
    if (const auto found = image.variables.find("NVIDIA_REQUIRE_CUDA"); found != image.variables.end()) {
      return {Sign::Says::nothing, fmt::format("{}: NVIDIA_REQUIRE_CUDA={}; the driver allows CUDA {}", image.image,
                                               found->second, probe.nvml.cuda_version)};
    }
  }
  return {};
}

Sign refused_capability(const Probe& probe) {
  const EngineFacts* docker = working_docker(probe);
  if (probe.inside.user_namespace) return present("/proc/self/uid_map: this is a user namespace");
  if (docker && docker->rootless) return present("docker info: rootless");
  return docker ? absent("no user namespace, and Docker is not rootless") : Sign{};
}

Sign wsl_blocked(const Probe& probe) {
  if (!probe.driver.wsl) return absent("/dev/dxg is not there: no WSL");
  if (probe.toolkit.no_cgroups) return present("WSL, and no-cgroups = true in the toolkit's config.toml");
  return present_if(probe.nvml.outcome == "failed", "WSL; NVML: " + probe.nvml.failure);
}

Sign wsl_without_adapter(const Probe& probe) {
  if (!probe.driver.wsl) return absent("/dev/dxg is not there: no WSL");
  return present_if(probe.nvml.outcome == "failed", "/dev/dxg is there; NVML: " + probe.nvml.failure);
}

}  // namespace

const KnownProblems& hook_problems() {
  static const KnownProblems table = {
      {.id = "rootless-bpf-not-permitted",
       .where = "engine-start",
       .unasked = Severity::warning,
       .summary = "A rootless or nested engine can't set device rules by the legacy hook",
       .cause = "The hook edits the device cgroup itself (v2: the kernel's filter, v1: devices.allow), for which an engine in a "
                "user namespace (rootless, LXC, nested) has no right.",
       .check = "docker info: rootless, or cat /proc/self/uid_map is not '0 0 4294967295': this",
       .fix = by_cdi_or_without_cgroups(write_somewhere()),
       .fix_here = rootless_steps,
       .texts = {{"bpf_prog_query*|bpf_cgroup_device*|bpf_prog_attach*", "operation not permitted|permission denied|eperm"},
                 {"failed to add device rules|device filters", "operation not permitted|permission denied",
                  "!invalid argument"},
                 {"devices.allow", "operation not permitted|permission denied"}},
       .sign = rootless_rules,
       .source = "NVIDIA/libnvidia-container#154; NVIDIA/nvidia-container-toolkit#678, #139, #290; moby/moby#38729"},
      {.id = "bpf-load-invalid-argument",
       .where = "engine-start",
       .summary = "The kernel refuses the legacy hook's device filter program",
       .cause = "The kernel's BPF hardening, or an old libnvidia-container: the rewritten program is not valid.",
       .check = "sysctl net.core.bpf_jit_harden: above 0 speaks for this; nvidia-container-cli -V: old versions too",
       .fix = {"update nvidia-container-toolkit", "or use CDI", "or: sudo sysctl net.core.bpf_jit_harden=0"},
       .texts = {{"device filter*program*|add device rules*load program*", "invalid argument"}},
       .sign = jit_harden,
       .source = "NVIDIA/libnvidia-container#176, #256"},
      {.id = "cgroupv2-old-lib",
       .where = "engine-start",
       .unasked = Severity::warning,
       .summary = "This libnvidia-container is too old for cgroup v2",
       .cause = "Versions below 1.8 know cgroup v1 only.",
       .check = "stat -fc %T /sys/fs/cgroup: cgroup2fs, and nvidia-container-cli -V below 1.8: this",
       .fix = {"sudo apt-get install --only-upgrade nvidia-container-toolkit libnvidia-container1"},
       .texts = {{"cgroup subsystem devices not found"}, {"nvidia-container-cli", "cgroup subsystem*not found"}},
       .sign = old_library,
       .source = "NVIDIA/nvidia-docker#1660"},
      {.id = "nvml-insufficient-permissions-start",
       .where = "engine-start",
       .summary = "The hook may not open the host's device nodes",
       .cause = "The nodes are 0660 for a group, or MIG's capability files or a user namespace keep the hook out.",
       .check = "ls -ln /dev/nvidia* on the host: mode 0660 means this; grep DeviceFile /proc/driver/nvidia/params",
       .fix = {"options nvidia NVreg_DeviceFileMode=0666 in /etc/modprobe.d, then reload the driver",
               "or set user = \"root:video\" in /etc/nvidia-container-runtime/config.toml"},
       .texts = {{"nvidia-container-cli*|initialization error*", "insufficient permission*"}},
       .sign = node_modes,
       .source = "NVIDIA/nvidia-docker#1523, #1547"},
      {.id = "unknown-device-id",
       .where = "engine-start",
       .summary = "The request names a GPU that is not here",
       .cause = "An index or UUID that does not exist. Docker turns --gpus N into the indices 0 to N-1.",
       .check = "nvidia-smi -L on the host: the number asked for must be one of these",
       .fix = {"nvidia-smi -L", "ask for an index or UUID of that list, or for all"},
       .texts = {{"unknown device id*"}, {"nvidia-container-cli*device error*", "unknown device", "!false*unknown device",
                                          "!true*unknown device", "!nvidia-container-devices*"}},
       .sign = few_gpus,
       .source = "NVIDIA/nvidia-docker#1264, #1217"},
      {.id = "unknown-device-new-text",
       .where = "engine-start",
       .summary = "NVIDIA_VISIBLE_DEVICES holds something that is no GPU",
       .cause = "It takes an index, a UUID, a MIG name, all, none or void; a YAML true or false, or a typing error, "
                "is none.",
       .check = "docker inspect --format '{{.Config.Env}}' CONTAINER: the value before 'unknown device' in the "
                "message is what was asked for",
       .fix = {"set NVIDIA_VISIBLE_DEVICES to all, an index or a UUID, quoted in YAML"},
       .texts = {{"device error*unknown device", "!unknown device id*", "!nvidia-container-devices*"}},
       .sign = bad_value,
       .source = "NVIDIA/nvidia-container-toolkit#29"},
      {.id = "require-cuda-unsatisfied",
       .where = "engine-start",
       .summary = "The image asks for a newer driver than the host's",
       .cause = "Its NVIDIA_REQUIRE_CUDA names a CUDA that the host's driver does not reach. Only the legacy path "
                "checks this.",
       .check = "nvidia-smi's 'CUDA Version' on the host against the number in the message",
       .fix = {"update the host's driver", "or use an image with an older CUDA",
               "only where cuda-compat covers it: -e NVIDIA_DISABLE_REQUIRE=true"},
       .texts = {{"unsatisfied condition"}, {"requirement error", "cuda*"}},
       .sign = require_cuda,
       .source = "MauriceNino/dashdot#1226; NVIDIA/nvidia-container-toolkit#152"},
      {.id = "csv-mode-hook-direct",
       .where = "engine-start",
       .summary = "On a Jetson --gpus does not work: the nvidia runtime must be used",
       .cause = "The toolkit's mode is csv there, not legacy: the hook that --gpus calls refuses to run.",
       .check = "cat /etc/nv_tegra_release, or mode in /etc/nvidia-container-runtime/config.toml: csv",
       .fix = {"docker run --runtime=nvidia -e NVIDIA_VISIBLE_DEVICES=all …  # without --gpus"},
       .texts = {{"auto-detected mode as csv|using requested mode csv"}},
       .hints = {"csv"},
       .sign = jetson,
       .source = "NVIDIA/TensorRT-LLM#799; dusty-nv/jetson-containers#1703"},
      {.id = "hook-mode-not-legacy",
       .where = "engine-start",
       .summary = "The toolkit's mode is not legacy: the hook that --gpus calls refuses to run",
       .cause = "mode in its config.toml is cdi, in which the nvidia runtime or the engine's own CDI inject the GPU; on a Jetson "
                "it is csv (see csv-mode-hook-direct).",
       .check = "the line before it in the message names the mode; grep 'mode =' /etc/nvidia-container-runtime/config.toml",
       .fix = {"docker run --device nvidia.com/gpu=all …  # mode cdi, Docker from 25.0 on",
               "or: docker run --runtime=nvidia -e NVIDIA_VISIBLE_DEVICES=all …  # without --gpus; mode cdi or csv",
               "or: sudo nvidia-ctk config --set nvidia-container-runtime.mode=auto --in-place"},
       .texts = {{"invoking the nvidia container runtime hook directly", "!mode as csv", "!mode csv"},
                 {"hook*directly*not supported", "nvidia*", "!mode as csv", "!mode csv"}},
       .sign = mode_not_legacy,
       .source = "dstackai/dstack#2306; NVIDIA/nvidia-container-toolkit, cmd/nvidia-container-runtime-hook/main.go"},
      {.id = "ldconfig-path",
       .where = "engine-start",
       .unasked = Severity::warning,
       .summary = "The hook could not run ldconfig for the container",
       .cause = "config.toml names an ldconfig that this distribution does not have, or it can't run on this root "
                "file system.",
       .check = "grep ldconfig /etc/nvidia-container-runtime/config.toml: that file must exist on the host "
                "(@/sbin/ldconfig.real on Ubuntu, @/sbin/ldconfig elsewhere)",
       .fix = {"sudo nvidia-ctk config --set nvidia-container-cli.ldconfig=@/sbin/ldconfig --in-place",
               "update nvidia-container-toolkit"},
       .texts = {{"ldcache error"}, {"ldconfig*", "failed with error code*|failed to run*|error running*", "nvidia*"}},
       .sign = ldconfig,
       .source = "NVIDIA/nvidia-container-toolkit#147; NVIDIA/nvidia-docker#587"},
      {.id = "wsl-no-adapter",
       .where = "engine-start",
       .unasked = Severity::error,
       .summary = "WSL sees no NVIDIA adapter",
       .cause = "/dev/dxg is there, but Windows offers no NVIDIA GPU: old Windows driver or WSL kernel, GPU "
                "disabled or gone.",
       .check = "/usr/lib/wsl/lib/nvidia-smi: fails means this",
       .fix = {"update the NVIDIA driver in Windows", "wsl --update; wsl --shutdown  # in Windows"},
       .texts = {{"wsl environment detected", "no adapter*"}, {"wsl*", "no adapters were found|no adapters found"}},
       .sign = wsl_without_adapter,
       .source = "NVIDIA/nvidia-container-toolkit#155; NVIDIA/nvidia-docker#1786"},
      {.id = "wsl-gpu-access-blocked",
       .where = "in-container-driver",
       .summary = "WSL: Windows does not give the GPU to this process",
       .cause = "In a container alone: no-cgroups = true, so that /dev/dxg may not be opened. In WSL itself: the GPU is in TCC "
                "mode (WSL needs WDDM), a Linux driver was installed in the distribution, or a kernel of one's own is used.",
       .check = "nvidia-smi in WSL, outside of a container: works means the first; nvidia-smi in Windows says TCC: the second; "
                "dpkg -l 'nvidia-utils-*' in WSL lists one: the third",
       .fix = {"sudo nvidia-ctk config --set nvidia-container-cli.no-cgroups=false --in-place",
               "in Windows: nvidia-smi -dm 0; wsl --shutdown  # or a driver with WDDM",
               "sudo apt-get purge 'nvidia-utils-*' 'libnvidia-compute-*'  # in WSL: Windows brings the driver"},
       .texts = {{"gpu access blocked by the operating system"}},
       .sign = wsl_blocked,
       .source = "microsoft/WSL#9962, #9938, #12835, #9166"},
      {.id = "hook-driver-service-failed",
       .where = "engine-start",
       .summary = "The hook's helper process could not load the driver's libraries, or ask the driver",
       .cause = "A library of the driver is missing or of another version, the driver is not loaded, the helper may not change "
                "its user (rootless), or on WSL Windows' driver is too old.",
       .check = "sudo nvidia-container-cli -k -d /dev/tty info: the line 'could not start driver service' says which",
       .fix = {"nvidia-smi  # must work on the host first", "sudo ldconfig", "on WSL: wsl --update; wsl --shutdown  # in Windows",
               "rootless: ask by CDI"},
       .texts = {{"driver error: failed to process request|driver rpc error: failed to process request"}},
       .source = "NVIDIA/nvidia-docker#1441, #1675; NVIDIA/libnvidia-container#104"},
      {.id = "hook-capability-refused",
       .where = "engine-start",
       .summary = "nvidia-container-cli may not set its own capabilities",
       .cause = "It was started in a user namespace or a nested container that lacks one of them (LXC, enroot, rootless), or "
                "SELinux forbids it.",
       .check = "cat /proc/self/uid_map is not '0 0 4294967295', or getenforce: Enforcing: this",
       .fix = {"ask by CDI: it changes no capabilities (--device nvidia.com/gpu=all)",
               "or: sudo nvidia-ctk config --set nvidia-container-cli.load-kmods=false --in-place  # needs CAP_SYS_MODULE no more",
               "sudo ausearch -m avc -ts recent  # where SELinux enforces"},
       .texts = {{"nvidia-container-cli*permission error", "operation not permitted|permission denied"}},
       .sign = refused_capability,
       .source = "NVIDIA/enroot#88; NVIDIA/libnvidia-container#23"},
      {.id = "unsupported-driver-capabilities",
       .where = "engine-start",
       .summary = "NVIDIA_DRIVER_CAPABILITIES asks for something that the toolkit does not know or allow",
       .cause = "The hook refuses a request with a misspelt capability, or with one that supported-driver-capabilities of its "
                "config.toml leaves out.",
       .check = "the message names what was asked for and what of it is allowed: the difference is to blame",
       .fix = {"-e NVIDIA_DRIVER_CAPABILITIES=compute,utility, or all (it also knows graphics, video, display, ngx, compat32)",
               "grep supported-driver-capabilities /etc/nvidia-container-runtime/config.toml"},
       .texts = {{"unsupported capabilities found in*"}},
       .source = "NVIDIA/nvidia-container-toolkit, cmd/nvidia-container-runtime-hook/container_config.go"},
      {.id = "persistenced-socket-in-the-way",
       .where = "engine-start",
       .summary = "The container already has nvidia-persistenced's socket where the hook wants to make it",
       .cause = "The host's /run or /var/run is mounted into the container, or the image's root file system is one of a "
                "running machine: the hook can't make a file at a socket.",
       .check = "docker inspect --format '{{.HostConfig.Binds}}' CONTAINER, or the command: a mount at /run or /var/run: this",
       .fix = {"mount the one file that is needed, e.g. -v /run/docker.sock:/run/docker.sock, not the whole folder",
               "or ask by CDI (--device nvidia.com/gpu=all)"},
       .texts = {{"nvidia-persistenced/socket*", "no such device or address"}},
       .source = "NVIDIA/nvidia-docker#885, #1690; NVIDIA/enroot#138"},
      {.id = "mig-config-permission",
       .where = "engine-start",
       .summary = "Managing or watching MIG from inside needs root and CAP_SYS_ADMIN",
       .cause = "NVIDIA_MIG_CONFIG_DEVICES or NVIDIA_MIG_MONITOR_DEVICES is set, and /proc/driver/nvidia/capabilities/mig is "
                "readable for root of the host only.",
       .check = "docker inspect --format '{{.Config.Env}}' CONTAINER: one of the two is set: this",
       .fix = {"leave NVIDIA_MIG_CONFIG_DEVICES and NVIDIA_MIG_MONITOR_DEVICES out: using a MIG device needs neither",
               "to manage MIG: docker run --cap-add SYS_ADMIN -e NVIDIA_MIG_CONFIG_DEVICES=all …  # as root, not rootless"},
       .texts = {{"capabilities/mig/config*|capabilities/mig/monitor*",
                  "permission denied|operation not permitted|insufficient permission*"},
                 {"cannot set mig_config_devices in non privileged container|cannot set mig_monitor_devices in non privileged "
                  "container"}},
       .source = "NVIDIA/nvidia-container-runtime, README; NVIDIA/gpu-operator#322"},
      {.id = "wsl-device-selection",
       .where = "in-container-driver",
       .severity = Severity::info,
       .summary = "WSL can't hand out single GPUs: a container sees all of them",
       .cause = "WSL has one /dev/dxg for all adapters.",
       .check = "ls /dev/dxg: there, and no /dev/nvidia0: this",
       .fix = {"CUDA_VISIBLE_DEVICES in the process (no isolation)"},
       .texts = {{"wsl*", "device=|--gpus|select*", "all*gpus|all of*gpu*|every gpu|both gpus|still*all|still*see*"}},
       .sign = [](const Probe& probe) {
         return probe.driver.wsl ? present("/dev/dxg is there") : absent("this is no WSL");
       },
       .source = "docker/for-win#12677; NVIDIA/nvidia-container-toolkit#21"},
  };
  return table;
}

}  // namespace cuparity
