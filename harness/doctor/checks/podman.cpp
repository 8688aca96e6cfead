// Does Podman work for this user?
#include <fmt/format.h>

#include "harness/doctor/checks/checks.hpp"
#include "harness/doctor/from_text.hpp"
#include "harness/doctor/knowledge/known_problem.hpp"
#include "harness/doctor/knowledge/questions.hpp"

namespace cuparity {
namespace {

Finding silent_podman(const Probe& probe, const EngineFacts& podman) {
  const Severity severity = silence_severity(probe, "docker");
  if (podman.timed_out) {
    return {"engine.podman.failed", severity, "Podman does not answer within 5 s",
            "It hangs: a lock that another podman holds, a file system that is gone, or an overloaded machine.", podman.failure,
            {"podman info --log-level=debug  # the last line is where it hangs"}};
  }
  if (const auto known = likeliest_cause(podman.failure, probe))
    return known_finding(known->id, severity, podman.failure, &probe);
  return {"engine.podman.failed", severity, "Podman is installed, but 'podman info' fails",
          "Its storage, its runtime or the user's ID ranges are not set up.", podman.failure,
          {"podman info", "rootless: grep $USER /etc/subuid /etc/subgid"}};
}

}  // namespace

void check_podman(const Probe& probe, Findings& findings) {
  const EngineFacts* podman = find_engine(probe, "podman");
  if (!podman) return;
  if (!podman->answers) {
    findings.push_back(silent_podman(probe, *podman));
    return;
  }
  findings.push_back(
      {"engine.podman.ok",
       Severity::ok,
       fmt::format("Podman {} works{}{}", podman->client_version, podman->rootless ? " (rootless)" : "",
                   podman->stands_for_docker ? "; the program docker is it, there is no Docker here" : ""),
       "",
       fmt::format("cgroup v{} by {}", podman->cgroup_version, podman->cgroup_driver),
       {}});
  if (version_at_least(podman->client_version, 3, 3) && version_below(podman->client_version, 5, 0) && gpu_expected(probe)) {
    findings.push_back(
        known_finding("podman-gpus-noop", podman->stands_for_docker ? Severity::warning : Severity::info,
                      "podman version " + podman->client_version, &probe));
  }
}

}  // namespace cuparity
