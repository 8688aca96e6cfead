// Before a container starts: what was installed, written or typed wrongly on the way to it.
#include <fmt/format.h>

#include <algorithm>

#include "harness/doctor/checks/checks.hpp"
#include "harness/doctor/knowledge/known_problem.hpp"
#include "harness/doctor/knowledge/questions.hpp"

namespace cuparity {
namespace {

Sign broken_daemon_json(const Probe& probe) {
  const ToolkitFacts& toolkit = probe.toolkit;
  if (in_container(probe) || toolkit.daemon_json.empty()) return {};
  return toolkit.daemon_json_failure.empty() ? Sign{} : present(toolkit.daemon_json + ": " + toolkit.daemon_json_failure);
}

/// A new file with the nvidia runtime is what most edits were for.
std::vector<std::string> put_it_aside(const Probe& probe) {
  const std::string& file = probe.toolkit.daemon_json;
  if (in_container(probe) || file.empty()) return {};
  const EngineFacts* docker = find_engine(probe, "docker");
  const bool of_user = file.starts_with("$");
  const std::string root = of_user ? "" : "sudo ";
  const bool snap = docker && is_snap(*docker);  // does not see the host's toolkit
  const std::string configure = probe.toolkit.programs.contains("nvidia-ctk") && !snap
                                    ? " && " + root + "nvidia-ctk runtime configure --runtime=docker --config=" + file
                                    : "";
  const std::string control = of_user ? "systemctl --user " : "sudo systemctl ";
  const std::string start =
      snap ? "sudo snap restart docker" : control + "reset-failed docker; " + control + "restart docker";
  return {"mend what is seen above, then: " + start,
          fmt::format("or put it aside: {0}mv {1} {1}.broken{2}; {3}", root, file, configure, start)};
}

Sign docker_elsewhere(const Probe& probe) {
  const EngineFacts* docker = find_engine(probe, "docker");
  if (!docker) return {};
  const std::string& host = docker->host;
  if (host.empty() || host.starts_with("unix://") || host.ends_with("this machine")) {
    return docker->context == "default" ? absent("DOCKER_HOST names no other machine, and the context is default") : Sign{};
  }
  return present(fmt::format("DOCKER_HOST is set, to a daemon by {}", host));
}

Sign no_toolkit_programs(const Probe& probe) {
  if (in_container(probe)) return {};
  return probe.toolkit.programs.empty() ? present("none of the toolkit's programs is in PATH") : Sign{};
}

Sign foreign_program(const Probe& probe) {
  for (const AccessFacts& access : probe.access) {
    if (access.failure.find("exec format error") != std::string::npos) return present(access.mode + ": " + access.failure);
  }
  return {};
}

}  // namespace

const KnownProblems& setup_problems() {
  static const KnownProblems table = {
      {.id = "daemon-json-broken",
       .where = "engine-start",
       .summary = "dockerd does not take its daemon.json, and does not start with it",
       .cause = "A comma, a brace or a name in it is wrong, mostly since the nvidia runtime was put in by hand; or an option is "
                "both there and in dockerd's command line (hosts).",
       .check = "sudo dockerd --validate --config-file /etc/docker/daemon.json (from Docker 23 on), or sudo journalctl -u docker "
                "-n 20: names daemon.json: this; something else there is the cause then",
       .fix = {"sudo journalctl -u docker -n 20  # names another cause than daemon.json: go by that one",
               "python3 -m json.tool /etc/docker/daemon.json  # says where",
               "or put it aside: sudo mv /etc/docker/daemon.json /etc/docker/daemon.json.broken && sudo nvidia-ctk runtime "
               "configure --runtime=docker; sudo systemctl reset-failed docker; sudo systemctl restart docker"},
       .fix_here = put_it_aside,
       .texts = {{"unable to configure the docker daemon with file*"},
                 {"job for docker.service failed*", "!timeout was exceeded", "!failed to start daemon*"},
                 {"docker.service*", "start request repeated too quickly", "!failed to start daemon*"}},
       .hints = {"daemon.json"},
       .sign = broken_daemon_json,
       .source = "NVIDIA/nvidia-docker#542, #749; rnanosaur/nanosaur#47"},
      {.id = "docker-host-elsewhere",
       .where = "engine-start",
       .unasked = Severity::warning,
       .summary = "docker talks to the daemon of another machine: this one's GPU and toolkit do not count there",
       .cause = "DOCKER_HOST, or the docker context, names a daemon by tcp or ssh. What the doctor says of this machine's driver, "
                "toolkit and CDI is not that machine's.",
       .check = "docker context ls, and echo $DOCKER_HOST: tcp:// or ssh:// of another machine: this",
       .fix = {"unset DOCKER_HOST DOCKER_CONTEXT; docker context use default", "or run the doctor on that machine"},
       .texts = {{"error during connect", "!pipe/docker*", "!.sock*", "!default daemon configuration*"}, {"unable to resolve docker endpoint"},
                 {"cannot connect to the docker daemon at tcp*|cannot connect to the docker daemon at ssh*|failed to connect to the "
                  "docker api at tcp*"}},
       .sign = docker_elsewhere,
       .source = "docs.docker.com/engine/manage-resources/contexts"},
      {.id = "gpus-flag-value",
       .where = "engine-start",
       .summary = "The value of --gpus can't be read",
       .cause = "It is read as comma-separated fields: all, a number, device=…, capabilities=…, driver=…. A list within one field "
                "needs double quotes that the shell leaves in place, or a name is misspelt.",
       .check = "the message quotes what docker was given: compare it with the forms below",
       .fix = {"docker run --gpus all …  # or --gpus device=0",
               "docker run --gpus '\"device=0,1\"' …  # in cmd.exe: --gpus \"\\\"device=0,1\\\"\"",
               "docker run --gpus 'all,\"capabilities=compute,utility\"' …"},
       .texts = {{"for --gpus flag*", "invalid argument*"}, {"flag needs an argument: --gpus"}},
       .source = "docker/cli opts/gpus.go; radiasoft/sirepo#6560; TsinghuaAI/CPM-1-Generate#31"},
      {.id = "compose-devices-misspelt",
       .where = "engine-start",
       .summary = "The compose file's devices block is not written as Compose reads it",
       .cause = "devices is a list; each entry needs capabilities, a list as well; device_ids are strings; count is a number or "
                "all. gpus: is all, or a list of such entries.",
       .check = "docker compose config -q says which of them it is",
       .fix = {"under the service: deploy: {resources: {reservations: {devices: [{driver: nvidia, count: all, capabilities: "
               "[gpu]}]}}}",
               "or from Compose 2.30 on, under the service: gpus: all"},
       .texts = {{"reservations.devices*", "missing property capabilities|capabilities is required|must be a array|must be a string|"
                                           "must be an array|must be a list|contains an invalid type*|only value allowed is*"},
                 {"services.*gpus must be a string|services.*gpus must be a list|services.*gpus must be a array"},
                 {"resources.limits*", "devices*not allowed|devices*does not match any*"}},
       .source = "seen with docker-compose 1.29 and 2.40; docs.docker.com/compose/how-tos/gpu-support"},
      {.id = "compose-runtime-key",
       .where = "engine-start",
       .summary = "This Compose does not know runtime: in a file of this version",
       .cause = "Before 1.27 only files of version 2.3 and 2.4 have runtime:, files of version 3 do not.",
       .check = "docker-compose version: below 1.27, and version: '3…' in the file: this",
       .fix = {"use Compose 2: docker compose  # package docker-compose-plugin or docker-compose-v2",
               "or in the file: version: '2.3'"},
       .texts = {{"unsupported config option*runtime"}, {"additional propert*runtime*not allowed"}},
       .source = "docker/compose#6436, #6691; blakeblackshear/frigate#767"},
      {.id = "toolkit-not-in-apt",
       .where = "build",
       .summary = "The package manager does not know the NVIDIA Container Toolkit",
       .cause = "It is in NVIDIA's own repository, which has to be added first; nvidia-docker2 and nvidia-container-runtime are its "
                "old names.",
       .check = "apt-cache policy nvidia-container-toolkit (dnf info nvidia-container-toolkit): no candidate means this",
       .fix = {"printf 'deb [signed-by=/etc/apt/keyrings/nvidia.asc] https://nvidia.github.io/libnvidia-container/stable/deb/%s /\\n' "
               "\"$(dpkg --print-architecture)\" | sudo tee /etc/apt/sources.list.d/nvidia-container-toolkit.list && sudo curl -fsSL "
               "--create-dirs -o /etc/apt/keyrings/nvidia.asc https://nvidia.github.io/libnvidia-container/gpgkey && sudo apt-get "
               "update && sudo apt-get install nvidia-container-toolkit",
               "where apt-get update fails by an old list of the same repository: sudo rm "
               "/etc/apt/sources.list.d/nvidia-docker.list",
               "other distributions: https://docs.nvidia.com/datacenter/cloud-native/container-toolkit/latest/install-guide.html"},
       .texts = {{"unable to locate package*|no match for argument*|no package*available|has no installation candidate*",
                  "nvidia-container-toolkit*|nvidia-docker2|nvidia-container-runtime|libnvidia-container*"},
                 {"nvidia-docker2|nvidia-container-toolkit*", "has no installation candidate|is not available, but is referred to*"},
                 {"nvidia.github.io/*", "does not have a release file|unsupported distribution*|404 not found"}},
       .source = "NVIDIA/nvidia-docker#1238, #1752; NVIDIA/nvidia-container-toolkit#97, #640"},
      {.id = "nvidia-docker-gone",
       .where = "engine-start",
       .summary = "nvidia-docker, or nvidia-ctk, is not installed",
       .cause = "nvidia-docker is obsolete: Docker asks for GPUs itself since 19.03. nvidia-ctk is a part of the NVIDIA Container "
                "Toolkit (package nvidia-container-toolkit-base).",
       .check = "command -v nvidia-ctk nvidia-container-runtime-hook: nothing means that the toolkit is not installed",
       .fix = {"docker run --gpus all …  # instead of nvidia-docker run",
               "sudo apt-get install nvidia-container-toolkit && sudo systemctl restart docker  # from NVIDIA's repository: "
               "https://docs.nvidia.com/datacenter/cloud-native/container-toolkit/latest/install-guide.html"},
       .texts = {{"nvidia-docker: command not found|nvidia-docker: not found|nvidia-ctk: command not found|nvidia-ctk: not found"},
                 {"unit nvidia-docker.service*not*found"}},
       .sign = no_toolkit_programs,
       .source = "NVIDIA/nvidia-docker, README"},
      {.id = "cuda-image-tag-gone",
       .where = "engine-start",
       .severity = Severity::warning,
       .summary = "There is no image nvidia/cuda with this tag",
       .cause = "NVIDIA removed the tag latest and those of old versions; the others name all three numbers (11.0.3, not 11.0).",
       .check = "the tag in the message is not in the list of hub.docker.com/r/nvidia/cuda/tags: this. Driver and toolkit are not "
                "to blame",
       .fix = {"docker run --rm --gpus all ubuntu nvidia-smi  # any image shows whether the GPU comes in",
               "or take a tag of https://hub.docker.com/r/nvidia/cuda/tags"},
       .texts = {{"nvidia/cuda*", "manifest unknown*|manifest*not found|not found: manifest*"},
                 {"nvidia/cuda*", "failed to resolve source metadata*|failed to resolve reference*", "not found"}},
       .source = "NVIDIA/nvidia-docker#1454, #1735, #1768"},
      {.id = "image-other-architecture",
       .where = "engine-start",
       .unasked = {},
       .summary = "The image is built for another processor than this machine's",
       .cause = "An x86-64 image on Arm (Jetson, Grace, Apple) or the other way round; the GPU has nothing to do with it. Where they "
                "agree: the program is a script without a first line such as #!/bin/sh.",
       .check = "docker image inspect --format '{{.Architecture}}' IMAGE against uname -m: amd64 is x86_64, arm64 is aarch64",
       .fix = {"docker pull --platform linux/$(uname -m | sed s/x86_64/amd64/\\;s/aarch64/arm64/) IMAGE  # where the image has it",
               "or build it on this machine"},
       .texts = {{"exec format error", "!errno 8*", "!could not insert*"}, {"does not match the detected host platform*"}, {"no matching manifest for linux/*"}},
       .sign = foreign_program,
       .source = "NVIDIA/nvidia-docker#1116; NVIDIA/nvidia-container-toolkit#303; dusty-nv/jetson-containers#52"},
  };
  return table;
}

}  // namespace cuparity
