// The NVIDIA Container Toolkit: there, known to the engine, and asked for something that exists.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "harness/doctor/checks/checks.hpp"
#include "harness/doctor/knowledge/known_problem.hpp"
#include "harness/doctor/knowledge/questions.hpp"

namespace cuparity {
namespace {

bool has(const Probe& probe, const char* program) { return probe.toolkit.programs.contains(program); }

Sign toolkit_missing(const Probe& probe) {
  const ToolkitFacts& toolkit = probe.toolkit;
  if (in_container(probe) || !working_docker(probe)) return {};
  if (docker_hook(probe).empty()) {
    return present(has(probe, "nvidia-cdi-hook")
                       ? "nvidia-cdi-hook alone is in PATH, which Docker takes from 29.2 on"
                       : "neither nvidia-container-runtime-hook nor nvidia-cdi-hook is in PATH");
  }
  if (toolkit.hook_on_daemon_path == "no") return present("a hook is installed, but not on dockerd's own PATH");
  if (toolkit.hook_newer_than_daemon) return present("a hook was installed after dockerd was started");
  return toolkit.hook_on_daemon_path == "yes" ? absent("a hook is on dockerd's own PATH") : Sign{};
}

Sign hook_is_there(const Probe& probe) {
  const Sign missing = toolkit_missing(probe);
  if (missing.says == Sign::Says::nothing) return {};
  return missing.says == Sign::Says::present ? absent(missing.evidence) : present(missing.evidence);
}

/// One that is installed needs dockerd to look for it again, and nothing else.
std::vector<std::string> look_again(const Probe& probe) {
  if (in_container(probe)) return {};
  const std::string hook = docker_hook(probe);
  if (hook.empty()) {
    const EngineFacts* docker = working_docker(probe);
    const bool by_cdi = docker && std::any_of(docker->cdi_devices.begin(), docker->cdi_devices.end(),
                                              [](const std::string& name) { return name.starts_with("nvidia.com/gpu="); });
    const std::vector<std::string>& install = find_problem("toolkit-missing")->fix;
    return by_cdi ? followed_by({"docker run --device nvidia.com/gpu=all …  # by CDI, which is set up, instead of --gpus"}, install)
                  : std::vector<std::string>{};
  }
  if (probe.toolkit.hook_on_daemon_path == "no") {
    return {fmt::format("sudo systemctl edit docker  # [Service] Environment=PATH={}:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                        std::filesystem::path(hook).parent_path().string()),
            restart_docker(probe)};
  }
  return {restart_docker(probe)};
}

Sign runtime_unknown(const Probe& probe) {
  const EngineFacts* docker = working_docker(probe);
  if (!docker || docker->runtimes.empty()) return {};
  for (const std::string& runtime : docker->runtimes) {
    if (runtime == "nvidia") return absent("docker info lists the runtime nvidia");
  }
  if (is_snap(*docker)) return {};  // snap-docker-runtime
  return present("docker info: Runtimes: " + listed(docker->runtimes, 6));
}

/// A rootless dockerd reads the user's file; one that is told already has to read it again.
std::vector<std::string> name_the_runtime(const Probe& probe) {
  const EngineFacts* docker = working_docker(probe);
  if (!docker) return {};
  if (probe.toolkit.nvidia_runtime) return {restart_docker(probe)};
  const std::vector<std::string> of_user = {
      "nvidia-ctk runtime configure --runtime=docker --config=${XDG_CONFIG_HOME:-$HOME/.config}/docker/daemon.json",
      restart_docker(probe)};
  const std::vector<std::string> configure = docker->rootless ? of_user : find_problem("runtime-unknown")->fix;
  return has(probe, "nvidia-ctk") ? configure
                                  : followed_by({"sudo apt-get install nvidia-container-toolkit"}, configure);
}

Sign runtime_program_gone(const Probe& probe) {
  const EngineFacts* docker = working_docker(probe);
  if (in_container(probe) || !docker || is_snap(*docker)) return {};
  const bool registered = probe.toolkit.nvidia_runtime ||
                          std::count(docker->runtimes.begin(), docker->runtimes.end(), "nvidia") > 0;
  if (has(probe, "nvidia-container-runtime")) return absent("nvidia-container-runtime is in PATH");
  return registered ? present("Docker has the runtime nvidia; nvidia-container-runtime is not in PATH") : Sign{};
}

Sign hook_program_gone(const Probe& probe) {
  if (in_container(probe) || !working_docker(probe)) return {};
  if (has(probe, "nvidia-container-runtime-hook")) return absent("nvidia-container-runtime-hook is in PATH");
  return present("nvidia-container-runtime-hook is not in PATH");
}

Sign cli_without_library(const Probe& probe) {
  if (in_container(probe) || !working_docker(probe)) return {};
  if (!has(probe, "nvidia-container-cli")) return present("nvidia-container-cli is not in PATH");
  return probe.toolkit.library.empty() ? present("libnvidia-container.so.1 is not in the library folders")
                                       : absent(probe.toolkit.library + " is there");
}

Sign broken_config(const Probe& probe) {
  const ToolkitFacts& toolkit = probe.toolkit;
  if (in_container(probe) || toolkit.config_file.empty()) return {};
  return present_if(!toolkit.config_failure.empty(), toolkit.config_file + ": " + toolkit.config_failure);
}

bool docker_desktop(const EngineFacts& docker) {
  return docker.operating_system == "Docker Desktop" || docker.context == "desktop-linux";
}

Sign desktop(const Probe& probe) {
  const EngineFacts* docker = find_engine(probe, "docker");
  if (!docker || (docker->operating_system.empty() && docker->context.empty())) return {};
  if (docker_desktop(*docker) && !probe.driver.wsl) {
    return present(fmt::format("docker context: {}; docker info: OperatingSystem: {}", docker->context,
                               docker->operating_system));
  }
  return absent("docker talks to: " + docker->operating_system);
}

Sign snap(const Probe& probe) {
  const EngineFacts* docker = find_engine(probe, "docker");
  if (!docker) return {};
  return is_snap(*docker) ? present(docker->path + " -> " + docker->real_path) : absent("docker is no snap");
}

Sign cdi_hook_alone(const Probe& probe, bool feature_off) {
  const EngineFacts* docker = working_docker(probe);
  if (!docker) return {};
  const bool alone = has(probe, "nvidia-cdi-hook") && !has(probe, "nvidia-container-runtime-hook");
  if (!version_at_least(docker->server_version, 29, 2) || !alone) {
    return absent(fmt::format("Docker {}; nvidia-cdi-hook {}; nvidia-container-runtime-hook {}",
                              docker->server_version, has(probe, "nvidia-cdi-hook") ? "there" : "not there",
                              has(probe, "nvidia-container-runtime-hook") ? "there" : "not there"));
  }
  if (feature_off != (probe.toolkit.cdi_feature == "false")) return {};
  for (const std::string& device : docker->cdi_devices) {
    if (device.starts_with("nvidia.com/gpu")) return absent("docker info lists " + device);
  }
  return present(fmt::format("Docker {} with nvidia-cdi-hook alone{}", docker->server_version,
                             feature_off ? "; features.cdi is false" : ", and no nvidia.com/gpu among its CDI devices"));
}

Sign hook_without_spec(const Probe& probe) { return cdi_hook_alone(probe, false); }
Sign hook_without_feature(const Probe& probe) { return cdi_hook_alone(probe, true); }

}  // namespace

const KnownProblems& toolkit_problems() {
  const Signature no_gpu_driver = {"could not select device driver with capabilities: [[*gpu*]]",
                                   "!no cdi device driver registered"};
  const Signature no_runtime = {
      "unknown or invalid runtime name|unknown runtime specified|invalid runtime name|runtime nvidia not found|"
      "runtime*nvidia*is not found|unknown runtime"};
  const Signature no_nvml_for_hook = {"nvidia-container-cli*load library failed: libnvidia-ml.so.1|"
                                      "load library failed: libnvidia-ml.so*"};
  static const KnownProblems table = {
      {.id = "toolkit-missing",
       .where = "engine-start",
       .unasked = Severity::warning,
       .summary = "Docker knows no way to give a GPU: --gpus can't work",
       .cause = "dockerd found neither nvidia-container-runtime-hook nor nvidia-cdi-hook on its own PATH when it "
                "started: the toolkit is not installed, or was installed after.",
       .check = "command -v nvidia-container-runtime-hook: nothing means not installed; something means that "
                "dockerd must be restarted",
       .fix = {"sudo apt-get install nvidia-container-toolkit  # from NVIDIA's repository: "
               "https://docs.nvidia.com/datacenter/cloud-native/container-toolkit/latest/install-guide.html",
               "sudo systemctl restart docker"},
       .fix_here = look_again,
       // Docker 29 goes on to CDI's vendors, and says what it found of them; the second with a specification of NVIDIA's, too.
       .texts = {no_gpu_driver, {"failed to discover gpu vendor from cdi"}, {"amd cdi spec not found"}},
       .sign = toolkit_missing,
       .source = "NVIDIA/nvidia-docker#1034; moby/moby daemon/errors.go"},
      {.id = "compose-toolkit-missing",
       .where = "engine-start",
       .summary = "Compose asks for the driver nvidia, which this Docker does not have",
       .cause = "As toolkit-missing: dockerd found no NVIDIA hook when it started. The name in the message comes "
                "from driver: nvidia in the compose file.",
       .check = "docker compose config shows the devices block; command -v nvidia-container-runtime-hook: nothing "
                "means not installed; something means that dockerd must be restarted",
       .fix = {"sudo apt-get install nvidia-container-toolkit && sudo systemctl restart docker",
               "on a machine without a GPU: take the devices block out, or put the service under a profile"},
       .fix_here = look_again,
       .texts = {{"could not select device driver nvidia*"}},
       .sign = toolkit_missing,
       .source = "infiniflow/ragflow#9573"},
      {.id = "host-driver-missing",
       .where = "engine-start",
       .summary = "The hook finds no NVIDIA driver on the machine on which the engine runs",
       .cause = "The host's driver is not installed, or its libraries are not in the loader's cache.",
       .check = "nvidia-smi on that machine: fails means this; works: see docker-desktop-linux-context and "
                "snap-docker-nvml",
       .fix = {"install the driver, reboot, and check with nvidia-smi", "sudo ldconfig"},
       .texts = {no_nvml_for_hook},
       .sign = [](const Probe& probe) {
         if (in_container(probe)) return Sign{};
         return probe.driver.module_loaded ? absent("the kernel driver is loaded")
                                           : present("no NVIDIA kernel driver is loaded");
       },
       .source = "NVIDIA/nvidia-docker#1637"},
      {.id = "docker-desktop-linux-context",
       .where = "engine-start",
       .unasked = Severity::warning,
       .without_gpu = true,
       .summary = "docker talks to Docker Desktop, whose virtual machine has no GPU",
       .cause = "On Linux, Docker Desktop runs containers in a virtual machine without the host's GPU; the "
                "toolkit was set up for the host's own dockerd.",
       .check = "docker context show: desktop-linux, or docker info: Operating System: Docker Desktop, mean this",
       .fix = {"docker context use default", "unset DOCKER_HOST", "sudo systemctl start docker"},
       .texts = {no_gpu_driver, no_nvml_for_hook, {"desktop-linux|docker desktop", "gpu*|nvidia*"}},
       .hints = {"desktop-linux|docker desktop|linuxkit"},
       .sign = desktop,
       .source = "NVIDIA/nvidia-container-toolkit#814, #229"},
      {.id = "gpus-capability-unknown",
       .where = "engine-start",
       .summary = "Docker's GPU driver does not know one of the capabilities that were asked for",
       .cause = "capabilities= of --gpus, or capabilities of the compose file, has a misspelt name: the driver is there and is not "
                "taken.",
       .check = "the list in the message has another name than gpu, nvidia, compute, compat32, graphics, utility, video, display or "
                "ngx: this; none: see toolkit-missing",
       .fix = {"docker run --gpus 'all,\"capabilities=compute,utility\"' …"},
       .texts = {{"could not select device driver with capabilities: [[*gpu*]]|could not select device driver nvidia with "
                  "capabilities: [[*gpu*]]",
                  "!capabilities: [[gpu]]", "!no cdi device driver registered"}},
       .sign = hook_is_there,
       .source = "moby/moby daemon/devices_nvidia_linux.go; seen with Docker 29.7"},
      {.id = "docker29-cdi-disabled-cdi-hook-only",
       .where = "engine-start",
       .unasked = Severity::warning,
       .summary = "Docker 29 finds nvidia-cdi-hook alone, while its CDI feature is off",
       .cause = "From 29.2 on nvidia-cdi-hook makes --gpus go by CDI; with features.cdi = false nothing is left "
                "to inject with.",
       .check = "docker version from 29.2 on, and grep cdi /etc/docker/daemon.json: false, mean this",
       .fix = {"take \"cdi\": false out of features in /etc/docker/daemon.json, then: sudo systemctl restart docker",
               "or install the whole nvidia-container-toolkit"},
       .texts = {{"no cdi device driver registered"}},
       .sign = hook_without_feature,
       .source = "moby/moby daemon/devices_nvidia_linux.go"},
      {.id = "docker29-cdi-hook-only-no-spec",
       .where = "engine-start",
       .unasked = Severity::warning,
       .summary = "Docker 29 sends --gpus to CDI, and no CDI specification names the GPUs",
       .cause = "From 29.2 on nvidia-cdi-hook on dockerd's PATH makes --gpus go by CDI. With "
                "nvidia-container-toolkit-base alone there is no legacy hook to fall back on.",
       .check = "you asked with --gpus on Docker 29.2 or later, and command -v nvidia-container-runtime-hook finds "
                "nothing: this; you asked for a CDI name: see cdi-unresolvable-docker",
       .fix = {"sudo systemctl start nvidia-cdi-refresh.service",
               "or: sudo nvidia-ctk cdi generate --output=/var/run/cdi/nvidia.yaml"},
       .texts = {{"unresolvable cdi device*nvidia.com/gpu*", "cdi device injection failed|docker*|daemon",
                  "!runtime.nvidia.com", "!management.nvidia.com"}},
       .hints = {"--gpus", "29."},
       .sign = hook_without_spec,
       .source = "moby/moby daemon/devices_nvidia_linux.go, daemon/cdi.go"},
      {.id = "runtime-unknown",
       .where = "engine-start",
       .unasked = Severity::info,
       .summary = "Docker does not know the runtime nvidia (--runtime=nvidia fails; --gpus does not need it)",
       .cause = "daemon.json has no runtimes.nvidia, or dockerd was not restarted since.",
       .check = "docker info --format '{{json .Runtimes}}' lacks nvidia: this; readlink -f $(command -v docker) "
                "under /snap: see snap-docker-runtime",
       .fix = {"sudo nvidia-ctk runtime configure --runtime=docker", "sudo systemctl restart docker"},
       .fix_here = name_the_runtime,
       .texts = {no_runtime},
       .sign = runtime_unknown,
       .source = "NVIDIA/nvidia-container-toolkit#150"},
      {.id = "runtime-program-missing",
       .where = "engine-start",
       .summary = "Docker is told to use nvidia-container-runtime, which is not there",
       .cause = "The toolkit was removed, or daemon.json names another place; as the default runtime it keeps every container "
                "from starting.",
       .check = "command -v nvidia-container-runtime: nothing, and grep nvidia /etc/docker/daemon.json: a hit: this",
       .fix = {"sudo apt-get install nvidia-container-toolkit && sudo systemctl restart docker",
               "or take runtimes.nvidia and default-runtime out of /etc/docker/daemon.json, then: sudo systemctl restart docker"},
       .texts = {{"nvidia-container-runtime*", "executable file not found*|fork/exec*no such file*",
                  "!nvidia-container-runtime-hook"}},
       .sign = runtime_program_gone,
       .source = "NVIDIA/nvidia-container-runtime#98; NVIDIA/nvidia-docker#1190, #686"},
      {.id = "hook-program-missing",
       .where = "engine-start",
       .summary = "dockerd calls nvidia-container-runtime-hook, which is no longer there",
       .cause = "dockerd found it when it started, or the nvidia runtime looks for it; since then the toolkit was removed, renamed "
                "or upgraded in part (the package of its old name is nvidia-container-runtime).",
       .check = "command -v nvidia-container-runtime-hook on the machine of the engine: nothing means this",
       .fix = {"sudo apt-get install --reinstall nvidia-container-toolkit && sudo systemctl restart docker"},
       .texts = {{"nvidia-container-runtime-hook|nvidia-container-toolkit", "executable file not found*|fork/exec*no such file*"},
                 {"inject nvidia hook: stat*", "no such file or directory"}},
       .sign = hook_program_gone,
       .source = "NVIDIA/nvidia-docker#1337, #958, #875, #1017"},
      {.id = "hook-library-missing",
       .where = "engine-start",
       .summary = "The toolkit is installed in part: nvidia-container-cli or its library is not there",
       .cause = "The hook calls nvidia-container-cli (package libnvidia-container-tools), which needs libnvidia-container.so.1 "
                "(libnvidia-container1): one was removed, or is not in the loader's cache.",
       .check = "nvidia-container-cli -V on the machine of the engine: fails means this",
       .fix = {"sudo apt-get install --reinstall libnvidia-container1 libnvidia-container-tools nvidia-container-toolkit",
               "sudo ldconfig  # where the library is there"},
       .texts = {{"libnvidia-container.so*", "cannot open shared object*|error while loading shared libraries*"},
                 {"nvidia-container-cli", "executable file not found*"}},
       .sign = cli_without_library,
       .source = "NVIDIA/nvidia-docker#1017; seen with toolkit 1.19"},
      {.id = "toolkit-config-broken",
       .where = "engine-start",
       .unasked = Severity::error,
       .summary = "The toolkit's config.toml can't be read: its hook and its runtime refuse to start a container",
       .cause = "A bracket or a quote in it is wrong; true and false have no quotes.",
       .check = "nvidia-ctk config: an error with line and column means this",
       .fix = {"mend what is seen above, or write it anew: sudo nvidia-ctk config default "
               "--output=/etc/nvidia-container-runtime/config.toml"},
       .texts = {{"error getting hook config"}, {"error loading config:|failed to load config:|unable to create config:",
                                                 // with line and column, as the toolkit's reader of TOML has them
                                                 "): unexpected token*|failed to unmarshal config: (*"}},
       .sign = broken_config,
       .source = "seen with toolkit 1.19"},
      {.id = "snap-docker-runtime",
       .where = "engine-start",
       .unasked = Severity::warning,
       .without_gpu = true,
       .summary = "Docker is a snap: it reads neither /etc/docker/daemon.json nor the host's toolkit",
       .cause = "The snap has its own configuration (/var/snap/docker/current/config/daemon.json) and its own "
                "toolkit.",
       .check = "readlink -f $(command -v docker) under /snap, or snap list docker: this",
       .fix = {"sudo snap remove docker && sudo apt-get install docker.io  # or docker-ce",
               "sudo nvidia-ctk runtime configure --runtime=docker && sudo systemctl restart docker"},
       .texts = {no_runtime, no_gpu_driver, {"/var/snap/docker*|/snap/docker*|snap.docker*", "runtime|nvidia*"}},
       .hints = {"snap|/snap/*"},
       .sign = snap,
       .source = "canonical/docker-snap#180"},
      {.id = "snap-docker-nvml",
       .where = "engine-start",
       .summary = "Docker is a snap, and its confinement hides the host's driver from the hook",
       .cause = "The snap's nvidia-container-cli does not see the host's libnvidia-ml.so.1.",
       .check = "readlink -f $(command -v docker) under /snap while nvidia-smi works on the host: this",
       .fix = {"sudo snap remove docker && sudo apt-get install docker.io  # or docker-ce"},
       .texts = {no_nvml_for_hook},
       .hints = {"snap|/snap/*"},
       .sign = snap,
       .source = "canonical/docker-snap#148; NVIDIA/nvidia-docker#1637"},
      {.id = "debian-conflicting-signed-by",
       .where = "build",
       .unasked = Severity::warning,
       .without_gpu = true,
       .summary = "apt knows the toolkit's repository twice, with different keys",
       .cause = "An old list file (nvidia-docker.list) and the new one (nvidia-container-toolkit.list) name the "
                "same repository.",
       .check = "grep -l nvidia.github.io /etc/apt/sources.list.d/*: more than one file means this",
       .fix = {"sudo rm /etc/apt/sources.list.d/nvidia-docker.list  # the older one", "sudo apt-get update"},
       .texts = {{"conflicting values set for option signed-by"}},
       .sign = [](const Probe& probe) {
         return present_if(probe.toolkit.apt_sources.size() > 1, listed(probe.toolkit.apt_sources, 4));
       },
       .source = "cloud-native-docs, container-toolkit/troubleshooting.md"},
  };
  return table;
}

}  // namespace cuparity
