// Does Podman work for this user?
#include <fmt/format.h>

#include "harness/doctor/checks/checks.hpp"
#include "harness/doctor/knowledge/known_problem.hpp"
#include "harness/doctor/knowledge/questions.hpp"

namespace cuparity {

namespace {

Finding failing(const Probe& probe, const EngineFacts& podman) {
  const EngineFacts* docker = find_engine(probe, "docker");
  Finding finding = {"engine.podman.failed",
                     docker && docker->answers ? Severity::warning : Severity::error,
                     "Podman is installed, but 'podman info' fails",
                     "Its storage, its runtime or the user's ID ranges are not set up.",
                     podman.failure,
                     {"podman info", "rootless: grep $USER /etc/subuid /etc/subgid"}};
  if (podman.failure.find("newuidmap") != std::string::npos || podman.failure.find("newgidmap") != std::string::npos) {
    finding.cause = "A user who is not root needs newuidmap and newgidmap, which are a package of their own.";
    finding.fix.insert(finding.fix.begin(), "sudo apt-get install uidmap");
  }
  return finding;
}

}  // namespace

void check_podman(const Probe& probe, Findings& findings) {
  const EngineFacts* podman = find_engine(probe, "podman");
  if (!podman) return;
  if (!podman->answers) {
    findings.push_back(failing(probe, *podman));
    return;
  }
  findings.push_back(
      {"engine.podman.ok",
       Severity::ok,
       fmt::format("Podman {} works{}", podman->client_version, podman->rootless ? " (rootless)" : ""),
       "",
       fmt::format("cgroup v{} by {}", podman->cgroup_version, podman->cgroup_driver),
       {}});
  if (version_at_least(podman->client_version, 3, 3) && version_below(podman->client_version, 5, 0) && gpu_expected(probe)) {
    findings.push_back(
        known_finding("podman-gpus-noop", Severity::info, "podman version " + podman->client_version, &probe));
  }
}

}  // namespace cuparity
