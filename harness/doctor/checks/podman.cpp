// Does Podman work for this user?
#include <fmt/format.h>

#include <cstdlib>

#include "harness/doctor/checks/checks.hpp"

namespace cuparity {

void check_podman(const Probe& probe, Findings& findings) {
  const EngineFacts* podman = find_engine(probe, "podman");
  if (!podman) return;
  if (!podman->answers) {
    const EngineFacts* docker = find_engine(probe, "docker");
    findings.push_back({"engine.podman.failed",
                        docker && docker->answers ? Severity::warning : Severity::error,
                        "Podman is installed, but 'podman info' fails",
                        "Its storage, its runtime or the user's ID ranges are not set up.",
                        podman->failure,
                        {"podman info", "rootless: grep $USER /etc/subuid /etc/subgid"}});
    return;
  }
  findings.push_back(
      {"engine.podman.ok",
       Severity::ok,
       fmt::format("Podman {} works{}", podman->client_version, podman->rootless ? " (rootless)" : ""),
       "",
       fmt::format("cgroup v{} by {}", podman->cgroup_version, podman->cgroup_driver),
       {}});
  const int major = std::atoi(podman->client_version.c_str());
  if (major > 0 && major < 5 && gpu_expected(probe)) {
    findings.push_back({"podman-gpus-noop",
                        Severity::info,
                        fmt::format("Podman {} takes --gpus and does nothing", podman->client_version),
                        "Podman before 5.0 accepts the flag for Docker's sake alone.",
                        "podman version " + podman->client_version,
                        {"ask by CDI: podman run --device nvidia.com/gpu=all …"}});
  }
}

}  // namespace cuparity
