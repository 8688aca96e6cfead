// Does Docker answer, to this user?
#include <fmt/format.h>

#include "harness/doctor/checks/checks.hpp"
#include "harness/doctor/knowledge/known_problem.hpp"

namespace cuparity {
namespace {

Finding silent(const Probe& probe, const EngineFacts& docker) {
  const Severity severity = silence_severity(probe, "podman");
  const ToolkitFacts& toolkit = probe.toolkit;
  if (!toolkit.daemon_json_failure.empty() && !in_container(probe)) {
    return known_finding("daemon-json-broken", severity,
                         toolkit.daemon_json + ": " + toolkit.daemon_json_failure + "; docker: " + docker.failure, &probe);
  }
  if (docker.permission_denied) return known_finding("docker-socket-permission", severity, docker.failure, &probe);
  if (docker.timed_out) {
    return {"engine.docker.hung",
            severity,
            "Docker's daemon takes longer than 5 s to answer",
            "dockerd or containerd hangs, or the machine is overloaded.",
            docker.failure,
            {"sudo systemctl restart docker", "sudo journalctl -u docker -n 50"}};
  }
  Finding finding = known_finding("docker-not-running", severity, docker.failure, &probe);
  if (!in_container(probe)) finding.fix.push_back("without systemd: ./scripts/start-engine docker");
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
  if (!probe.toolkit.daemon_json_failure.empty()) {
    findings.push_back(known_finding("daemon-json-broken", Severity::warning,
                                     probe.toolkit.daemon_json + ": " + probe.toolkit.daemon_json_failure, &probe));
    findings.back().summary = "Docker runs, but will not start again: dockerd does not take its daemon.json";
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
