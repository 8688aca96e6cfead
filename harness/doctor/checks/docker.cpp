// Does Docker answer, to this user?
#include <fmt/format.h>

#include "harness/doctor/checks/checks.hpp"
#include "harness/doctor/knowledge/known_problem.hpp"
#include "harness/engine/container.hpp"

namespace cuparity {
namespace {

/// One engine that works is enough: the other is then no error.
Severity severity(const Probe& probe) {
  const EngineFacts* podman = find_engine(probe, "podman");
  return podman && podman->answers ? Severity::warning : Severity::error;
}

Finding silent(const Probe& probe, const EngineFacts& docker) {
  if (docker.failure == podman_as_docker) {
    return {"engine.docker.podman", Severity::info, "docker is Podman under Docker's name, as the package podman-docker makes it",
            "What Docker is asked for it takes as Podman does: modes are podman:… here.", "docker --version: podman",
            {"cuparity list modes  # those that can be tried here"}};
  }
  if (docker.permission_denied) return known_finding("docker-socket-permission", severity(probe), docker.failure, &probe);
  if (docker.timed_out) {
    return {"engine.docker.hung",
            severity(probe),
            "Docker's daemon takes longer than 5 s to answer",
            "dockerd or containerd hangs, or the machine is overloaded.",
            docker.failure,
            {"sudo systemctl restart docker", "sudo journalctl -u docker -n 50"}};
  }
  Finding finding = known_finding("docker-not-running", severity(probe), docker.failure, &probe);
  finding.fix.push_back("without systemd: ./scripts/start-engine docker");
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
    findings.push_back(known_finding("docker-desktop-linux-context", Severity::warning,
                                     "docker info: OperatingSystem: Docker Desktop", &probe));
  }
}

}  // namespace cuparity
