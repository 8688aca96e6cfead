// What the containers that were started really saw.
#include <fmt/format.h>

#include <algorithm>

#include "harness/doctor/checks/checks.hpp"

namespace cuparity {
namespace {

bool asks_for_none(const AccessFacts& access) { return access.mode.ends_with(":none"); }
bool asks_for_all(const AccessFacts& access) {
  return access.mode.ends_with("gpus=all") || access.mode.ends_with("gpu=all") || access.mode.ends_with(":manual");
}

bool works(const AccessFacts& access) {
  return access.outcome == "ok" && (asks_for_none(access) ? access.gpu_count <= 0 : access.gpu_count > 0);
}

std::string seen(const AccessFacts& access) {
  if (access.gpu_count < 0) return access.failure;
  return fmt::format("{} GPU{} by {}{}", access.gpu_count, access.gpu_count == 1 ? "" : "s", access.seen_by,
                     access.failure.empty() ? "" : "; " + access.failure);
}

/// The engines' own words tell the common causes apart.
void explain(const AccessFacts& access, Finding& finding) {
  const auto says = [&](const char* words) { return access.failure.find(words) != std::string::npos; };
  if (access.outcome == "hung") {
    finding.cause = "The container, its start hook or the driver inside hangs.";
    finding.fix = {"sudo dmesg | grep -iE 'xid|nvrm'", "nvidia-smi (on the host)"};
  } else if (says("could not select device driver")) {
    finding.cause = "The engine found no NVIDIA hook when it started: the toolkit is not installed, or was installed after.";
    finding.fix = {"sudo apt-get install nvidia-container-toolkit", "sudo systemctl restart docker"};
  } else if (says("unresolvable CDI devices") || says("unknown flag: --gpus")) {
    finding.cause = "No CDI specification that the engine reads defines this device.";
    finding.fix = {"sudo nvidia-ctk cdi generate --output=/etc/cdi/nvidia.yaml"};
  } else if (says("no such file or directory") && says("nvidia.com/gpu")) {
    finding.cause = "The engine does not know CDI and took the name for a file (Docker before 25.0).";
    finding.fix = {"ask with --gpus all, or update the engine"};
  } else if (access.outcome == "ok") {
    finding.cause = "The container started, but no GPU is visible inside.";
    finding.fix = {"see the findings about toolkit and CDI"};
  } else {
    finding.cause = "The engine or its hook refused to start the container; its words are the evidence.";
    finding.fix = {"see the findings about toolkit and CDI"};
  }
}

void check_mode(const Probe& probe, const AccessFacts& access, bool another_works, Findings& findings) {
  if (works(access)) {
    const int host = static_cast<int>(probe.nvml.gpus.size());
    if (probe.nvml.outcome == "ok" && asks_for_all(access) && access.gpu_count != host) {
      findings.push_back({"access.fewer_gpus", Severity::warning,
                          fmt::format("{} shows {} of the host's {} GPUs", access.mode, access.gpu_count, host),
                          "The engine hands out fewer GPUs than were asked for, or the host's view has changed.", seen(access),
                          {"nvidia-smi -L on the host and in the container"}});
      return;
    }
    findings.push_back({"access.ok", Severity::ok,
                        asks_for_none(access) ? fmt::format("A container without a GPU starts ({})", access.mode)
                                              : fmt::format("{} gives a container {}", access.mode, seen(access)), "",
                        listed(access.uuids, 8), {}});
    return;
  }
  Finding finding{"access.failed", another_works ? Severity::warning : Severity::error,
                  fmt::format("{} does not work here", access.mode), "", seen(access), {}};
  if (asks_for_none(access) && access.outcome == "ok") {
    finding.id = "access.unasked";
    finding.summary = fmt::format("{} shows a GPU that was not asked for", access.mode);
    finding.cause = "The default runtime injects GPUs, because the image sets NVIDIA_VISIBLE_DEVICES=all.";
    finding.fix = {"set NVIDIA_VISIBLE_DEVICES=void for containers that need no GPU"};
  } else {
    explain(access, finding);
  }
  findings.push_back(std::move(finding));
}

}  // namespace

void check_access(const Probe& probe, Findings& findings) {
  const bool another_works = std::any_of(probe.access.begin(), probe.access.end(), works);
  for (const AccessFacts& access : probe.access) {
    if (access.outcome != "not looked") check_mode(probe, access, another_works, findings);
  }
}

}  // namespace cuparity
