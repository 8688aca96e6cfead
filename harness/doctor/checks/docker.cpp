// Does Docker answer, to this user?
#include <fmt/format.h>

#include "harness/doctor/checks/checks.hpp"

namespace cuparity {
namespace {

/// One engine that works is enough: the other is then no error.
Severity severity(const Probe& probe) {
  const EngineFacts* podman = find_engine(probe, "podman");
  return podman && podman->answers ? Severity::warning : Severity::error;
}

Finding silent(const Probe& probe, const EngineFacts& docker) {
  Finding finding{"docker-not-running",
                  severity(probe),
                  "Docker is installed, but its daemon does not answer",
                  "dockerd does not run, or DOCKER_HOST or the docker context point elsewhere.",
                  docker.failure,
                  {"sudo systemctl start docker", "without systemd: ./scripts/start-engine",
                   "docker context show; echo $DOCKER_HOST"}};
  if (docker.permission_denied) {
    finding.id = "docker-socket-permission";
    finding.summary = "Docker runs, but this user may not talk to it";
    finding.cause =
        "Its socket belongs to root and the group docker, of which this user is no member (a new membership "
        "counts from the next login on).";
    finding.fix = {"sudo usermod -aG docker $USER", "newgrp docker (or log in again)"};
  } else if (docker.timed_out) {
    finding.id = "engine.docker.hung";
    finding.summary = "Docker's daemon takes longer than 5 s to answer";
    finding.cause = "dockerd or containerd hangs, or the machine is overloaded.";
    finding.fix = {"sudo systemctl restart docker", "sudo journalctl -u docker -n 50"};
  }
  return finding;
}

}  // namespace

void check_docker(const Probe& probe, Findings& findings) {
  const EngineFacts* docker = find_engine(probe, "docker");
  if (!docker) return;
  if (!docker->answers) {
    findings.push_back(silent(probe, *docker));
    return;
  }
  findings.push_back(
      {"engine.docker.ok",
       Severity::ok,
       fmt::format("Docker {} answers{}", docker->server_version, docker->rootless ? " (rootless)" : ""),
       "",
       fmt::format("client {}, cgroup v{} by {}", docker->client_version, docker->cgroup_version,
                   docker->cgroup_driver),
       {}});
  if (docker->operating_system == "Docker Desktop" && !probe.driver.wsl) {
    findings.push_back(
        {"docker-desktop-linux-context",
         Severity::warning,
         "docker talks to Docker Desktop, whose machine has no GPU",
         "On Linux, Docker Desktop runs containers in a virtual machine without the host's GPU.",
         "docker info: OperatingSystem: Docker Desktop",
         {"docker context use default"}});
  }
  if (docker->rootless && gpu_expected(probe) && docker->cgroup_version == "2" && !probe.toolkit.no_cgroups &&
      probe.cdi.empty()) {
    findings.push_back(
        {"rootless-bpf-not-permitted",
         Severity::warning,
         "Rootless Docker can't set device rules by the legacy hook",
         "On cgroup v2 the hook would edit the device filter, for which a rootless engine has no right.",
         "docker info: rootless, cgroup v2; config.toml: no-cgroups is not true",
         {"use CDI: sudo nvidia-ctk cdi generate --output=/etc/cdi/nvidia.yaml",
          "or: nvidia-ctk config --set nvidia-container-cli.no-cgroups=true --in-place"}});
  }
}

}  // namespace cuparity
