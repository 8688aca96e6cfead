// The engine itself: what it refuses before any NVIDIA program runs.
#include <fmt/format.h>

#include <cstdlib>

#include "harness/doctor/checks/checks.hpp"
#include "harness/doctor/knowledge/known_problem.hpp"
#include "harness/doctor/knowledge/questions.hpp"

namespace cuparity {
namespace {

Sign old_compose(const Probe& probe) {
  const EngineFacts* compose = find_engine(probe, "docker-compose");
  if (!compose) return {};
  const std::string found = "docker-compose " + compose->client_version;
  if (version_below(compose->client_version, 1, 28)) return present(found);
  // Too old for one of the two spellings alone; which one was used, the probe does not show.
  return version_below(compose->client_version, 2, 30) ? Sign{Sign::Says::nothing, found} : absent(found);
}

Sign no_gpus_flag(const Probe& probe) {
  const EngineFacts* docker = find_engine(probe, "docker");
  const EngineFacts* podman = find_engine(probe, "podman");
  if (docker && version_below(docker->client_version, 19, 3)) return present("docker version " + docker->client_version);
  if (podman && version_below(podman->client_version, 3, 3)) return present("podman version " + podman->client_version);
  return docker ? absent("docker version " + docker->client_version) : Sign{};
}

Sign old_podman(const Probe& probe) {
  const EngineFacts* podman = find_engine(probe, "podman");
  if (!podman) return absent("there is no Podman here");
  if (version_below(podman->client_version, 3, 3)) return absent("podman version " + podman->client_version);
  return version_below(podman->client_version, 5, 0) ? present("podman version " + podman->client_version)
                                                     : absent("podman version " + podman->client_version);
}

Sign apparmor(const Probe& probe) {
  return probe.kernel_settings.apparmor ? Sign{} : absent("AppArmor is off here");
}

Sign restricted_userns(const Probe& probe) {
  const int restricted = probe.kernel_settings.userns_restricted;
  if (restricted < 0) return {};
  return restricted == 1 ? present("kernel.apparmor_restrict_unprivileged_userns = 1")
                         : absent("kernel.apparmor_restrict_unprivileged_userns = 0");
}

/// DOCKER_HOST or a context of one's own comes before the daemon of this machine.
std::vector<std::string> look_here_first(const Probe& probe) {
  const EngineFacts* docker = find_engine(probe, "docker");
  if (!docker) return {};
  if (in_container(probe))
    return {"docker run -v /var/run/docker.sock:/var/run/docker.sock …  # where this container is to use its host's engine"};
  const bool rootless = docker->context == "rootless" || docker->host.starts_with("unix:///run/user/");
  const std::string start = rootless ? "systemctl --user start docker" : "sudo systemctl start docker";
  if (!docker->host.empty() && !rootless) return {"unset DOCKER_HOST  # it is set here", start};
  if (docker->context != "default" && !docker->context.empty() && !rootless)
    return {"unset DOCKER_CONTEXT; docker context use default  # it is " + docker->context + " here", start};
  return rootless ? std::vector<std::string>{start} : std::vector<std::string>{};
}

Sign podman_limits(const Probe& probe) {
  constexpr int cap_sys_resource = 24;
  for (const AccessFacts& access : probe.access) {
    if (access.mode.starts_with("podman") && access.failure.find("rlimit") != std::string::npos)
      return present(access.failure);
  }
  const EngineFacts* podman = find_engine(probe, "podman");
  if (!podman || !podman->answers || !capabilities_known(probe)) return {};
  return probe.root && !has_capability(probe, cap_sys_resource)
             ? present("podman is here, and this user lacks CAP_SYS_RESOURCE: raising a limit is refused")
             : Sign{};
}

}  // namespace

const KnownProblems& engine_problems() {
  static const KnownProblems table = {
      {.id = "count-and-device-ids",
       .where = "engine-start",
       .summary = "The request has both a count and device IDs",
       .cause = "--gpus is read as comma-separated fields: device=0,1 becomes device=0 and count=1. In a compose "
                "file: count and device_ids together.",
       .check = "look at the command: a comma in device=… without inner double quotes means this",
       .fix = {"docker run --gpus '\"device=0,1\"' …", "compose: device_ids: [\"0\", \"1\"], and no count"},
       .texts = {{"cannot set both count and deviceids"}, {"count and device_ids are exclusive|count*device_ids*exclusive|device_ids*count*exclusive"},
                 {"both count and device*ids"}},
       .source = "NVIDIA/nvidia-docker#1026, #1257; docker/cli opts/gpus.go"},
      {.id = "compose-schema-too-old",
       .where = "engine-start",
       .unasked = Severity::info,
       .summary = "This Compose does not know the way in which the GPU is asked for",
       .cause = "docker-compose (Python, version 1) knows deploy.resources.reservations.devices from 1.28 on; gpus: came "
                "with Compose 2.30.",
       .check = "docker-compose version (docker compose version): below 1.28, or below 2.30 where the file says gpus:, "
                "means this; otherwise look for a typing error in the devices block",
       .fix = {"use Compose 2: docker compose  # package docker-compose-plugin or docker-compose-v2"},
       .texts = {{"reservations*", "devices*was unexpected|devices*not allowed|devices*does not match|unsupported config option*devices*"},
                 {"additional propert*not allowed", "devices*", "resources|reservations*|deploy*"},
                 {"unsupported config option*:gpus|additional property gpus is not allowed|additional properties gpus not "
                  "allowed"}},
       .sign = old_compose,
       .source = "docker/compose#8142, #9190"},
      {.id = "podman-gpus-noop",
       .where = "in-container-driver",
       .summary = "This Podman takes --gpus and does nothing",
       .cause = "Podman from 3.3 on and before 5.0 accepts the flag for Docker's sake alone.",
       .check = "podman version: from 3.3 on and below 5.0, and the command has --gpus: this",
       .fix = {"ask by CDI: podman run --device nvidia.com/gpu=all …", "or update to Podman 5"},
       .texts = {{"crun*executable file nvidia-smi* not found*"}, {"podman*", "--gpus", "nvidia-smi*|no gpu*|no device*|ignored|nothing|no effect"},
                 {"podman*|crun*", "nvidia-smi", "not found*"}},
       .hints = {"--gpus", "podman"},
       .sign = old_podman,
       .source = "NVIDIA/nvidia-container-runtime#190"},
      {.id = "gpus-flag-unknown",
       .where = "engine-start",
       .unasked = Severity::info,
       .summary = "This program does not know --gpus",
       .cause = "docker has it from 19.03 on, podman from 3.3 (and heeds it from 5.0), nerdctl from 0.9; only run and create "
                "take it, not build, exec or compose.",
       .check = "docker --version: an older one, or 'podman' (the package podman-docker); otherwise look which command it was",
       .fix = {"update Docker", "podman run --device nvidia.com/gpu=all …  # by CDI, from Podman 3.2 on",
               "a build: see build-nvidia-smi"},
       .texts = {{"unknown flag: --gpus"},
                 {"unknown option*--gpus|unrecognized option*--gpus|flag provided but not defined: -gpus"}},
       .sign = no_gpus_flag,
       .source = "podman RELEASE_NOTES.md, 3.3.0; containerd/nerdctl#251; podman#10420"},
      {.id = "podman-rlimit-not-permitted",
       .where = "engine-start",
       .unasked = Severity::warning,
       .without_gpu = true,
       .summary = "Podman may not raise a limit: a plain podman run fails",
       .cause = "Podman asks for higher limits (open files, processes) than its own, and without CAP_SYS_RESOURCE, "
                "as in a nested machine, the kernel refuses. cuparity adds the flags below by itself.",
       .check = "podman run --ulimit nofile=1024:1024 --ulimit nproc=1024:1024 … starts: this",
       .fix = {"podman run --ulimit nofile=1024:1024 --ulimit nproc=1024:1024 …",
               "or for good, in containers.conf: [containers] default_ulimits = [\"nofile=1024:1024\", "
               "\"nproc=1024:1024\"]"},
       .texts = {{"rlimit*", "operation not permitted|eperm|permission denied"}},
       .sign = podman_limits,
       .source = "seen with Podman 4.3 and 4.9 in nested machines"},
      {.id = "podman-rootless-ids",
       .where = "engine-start",
       .summary = "Rootless Podman has no user and group IDs to give to its containers",
       .cause = "/etc/subuid and /etc/subgid have no range for this user, the programs newuidmap and newgidmap (package uidmap) are "
                "missing, or this is a nested machine that may not map IDs.",
       .check = "grep $USER /etc/subuid /etc/subgid: nothing means this; command -v newuidmap: nothing means the second",
       .fix = {"sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 $USER && podman system migrate",
               "sudo apt-get install uidmap  # where newuidmap is missing"},
       .texts = {{"newuidmap*|newgidmap*", "operation not permitted|not found*|failed*"}, {"no subuid ranges found*|no subgid ranges found*"},
                 {"insufficient uids or gids available*"}},
       .source = "podman troubleshooting.md"},
      {.id = "podman-no-session",
       .where = "engine-start",
       .summary = "Rootless Podman has no runtime folder: this is no login session",
       .cause = "After su or sudo, in cron or a service, systemd has made no /run/user/UID, and XDG_RUNTIME_DIR is not set or names "
                "another user's.",
       .check = "ls -ld $XDG_RUNTIME_DIR: not there, or another user's, means this",
       .fix = {"sudo loginctl enable-linger $USER  # makes /run/user/UID without a login",
               "export XDG_RUNTIME_DIR=/run/user/$(id -u)"},
       .texts = {{"failed to get rootless runtime dir*"}, {"xdg_runtime_dir*", "not owned by the current user"},
                 {"xdg_runtime_dir*", "not set|no such file*|permission denied", "podman*|rootless*"},
                 {"/run/user/*", "podman*|error creating tmpdir*|rootless*", "permission denied|no such file or directory"},
                 {"no systemd user session available"}},
       .source = "podman troubleshooting.md"},
      {.id = "apparmor-profile",
       .where = "engine-start",
       .summary = "The engine can't apply its AppArmor profile",
       .cause = "The profile docker-default is not loaded, or this is a nested machine that may not change "
                "profiles; leftovers of a snap do this too.",
       .check = "sudo aa-status | grep docker-default: nothing means this; docker info: Security Options: apparmor",
       .fix = {"sudo systemctl restart apparmor docker", "sudo snap remove docker  # where one is left",
               "to see that it is this, for once: --security-opt apparmor=unconfined"},
       .texts = {{"unable to apply apparmor profile"}, {"apparmor*profile*", "failed*|unable*|cannot*|could not*|error*", "!user namespace*|userns"}},
       .sign = apparmor,
       .source = "AbdBarho/stable-diffusion-webui-docker#682"},
      {.id = "apparmor-userns-enroot",
       .where = "engine-start",
       .unasked = Severity::info,
       .without_gpu = true,
       .summary = "AppArmor keeps ordinary users from making user namespaces",
       .cause = "Ubuntu from 23.10 on restricts them; enroot and rootless Docker or Podman need one.",
       .check = "sysctl kernel.apparmor_restrict_unprivileged_userns: 1, and unshare -U true fails: this",
       .fix = {"install an AppArmor profile with 'userns,' for the program",
               "or: sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0"},
       .texts = {{"create user namespace|create*user namespace|clone_newuser|unshare*", "permission denied|operation not permitted|eperm"},
                 {"apparmor_restrict_unprivileged_userns"}, {"rootlesskit*", "permission denied|operation not permitted"}},
       .sign = restricted_userns,
       .source = "NVIDIA/deepops#1392; rootless-containers/rootlesskit#421"},
      {.id = "docker-socket-permission",
       .where = "engine-start",
       .summary = "Docker runs, but this user may not talk to it",
       .cause = "Its socket belongs to root and the group docker (a new membership counts from the next login on).",
       .check = "id -nG: docker is not among the groups: this",
       .fix = {"sudo usermod -aG docker $USER", "newgrp docker  # or log in again"},
       .texts = {{"permission denied", "docker daemon socket|docker api at|docker.sock"}},
       .source = "docs.docker.com/engine/install/linux-postinstall"},
      {.id = "docker-not-running",
       .where = "engine-start",
       .summary = "Docker's daemon does not answer",
       .cause = "dockerd does not run, or DOCKER_HOST or the docker context point elsewhere.",
       .check = "systemctl is-active docker; docker context show",
       .fix = {"sudo systemctl start docker", "docker context use default; unset DOCKER_HOST", "in Windows: start Docker Desktop"},
       .fix_here = look_here_first,
       .texts = {{"cannot connect to the docker daemon|is the docker daemon running|failed to connect to the docker api|couldnt "
                  "connect to docker daemon"},
                 {"error during connect", "pipe/docker*"}},
       .source = "docs.docker.com/engine/daemon/troubleshoot"},
      {.id = "build-nvidia-smi",
       .where = "build",
       .summary = "A build step has no GPU",
       .cause = "BuildKit's RUN steps get none: --gpus does not apply, and the daemon's default runtime is passed "
                "over.",
       .check = "the message comes from a RUN step of docker build: this; from a container: see nvidia-smi-not-found",
       .fix = {"build without one: set CMAKE_CUDA_ARCHITECTURES, TORCH_CUDA_ARCH_LIST",
               "or by CDI: RUN --device=nvidia.com/gpu=all (Docker 27, buildx 0.22, BuildKit 0.20 or newer)",
               "or: DOCKER_BUILDKIT=0 docker build …  # with default-runtime nvidia"},
       .texts = {{"sh: 1: nvidia-smi: not found|nvidia-smi: not found|nvidia-smi: command not found"},
                 {"nvidia-smi|libcuda.so*|no cuda-capable*|nvidia driver", "docker build|buildkit|buildx|run step|dockerfile:*|failed to solve*|did not complete successfully|returned a non-zero code",
                  "!could not select*"}},
       .hints = {"docker build|buildkit|buildx|run step|dockerfile*|failed to solve*|did not complete successfully|returned a non-zero code", "/bin/sh: 1"},
       .source = "NVIDIA/nvidia-docker#225; docs.docker.com/build/building/cdi"},
  };
  return table;
}

}  // namespace cuparity
