// What the containers that were started really saw.
#include <fmt/format.h>

#include <algorithm>

#include "harness/doctor/checks/checks.hpp"

namespace cuparity {
namespace {

bool asks_for_none(const AccessFacts& access) { return access.mode.ends_with(":none"); }
bool asks_for_all(const AccessFacts& access) {
  return access.mode.ends_with("gpus=all") || access.mode.ends_with("gpu=all") ||
         access.mode.ends_with(":manual");
}

bool works(const AccessFacts& access) {
  return access.outcome == "ok" && (asks_for_none(access) ? access.gpu_count <= 0 : access.gpu_count > 0);
}

std::string seen(const AccessFacts& access) {
  if (access.gpu_count < 0) return access.failure;
  return fmt::format("{} GPU{} by {}{}", access.gpu_count, access.gpu_count == 1 ? "" : "s", access.seen_by,
                     access.failure.empty() ? "" : "; " + access.failure);
}

struct Explanation {
  const char* words;  ///< of the engine or its hook
  const char* id;
  const char* cause;
  const char* fix;
};

/// The first whose words were said. What else the doctor found tells causes with the same words apart.
constexpr Explanation explanations[] = {
    {"could not select device driver \"cdi\"", "access.cdi_off",
     "This Docker does not do CDI: it is older than 25.0, or the feature is off.",
     "ask with --gpus all; or in /etc/docker/daemon.json {\"features\": {\"cdi\": true}} and restart docker"},
    {"could not select device driver", "access.toolkit_missing",
     "The engine found no NVIDIA hook when it started: the toolkit is not installed, or was installed after.",
     "sudo apt-get install nvidia-container-toolkit && sudo systemctl restart docker"},
    {"nknown runtime specified", "access.runtime_unknown",
     "Docker does not know the runtime that was asked for.",
     "sudo nvidia-ctk runtime configure --runtime=docker && sudo systemctl restart docker"},
    {"unknown or invalid runtime name", "access.runtime_unknown",
     "Docker does not know the runtime that was asked for.",
     "sudo nvidia-ctk runtime configure --runtime=docker && sudo systemctl restart docker"},
    {"unresolvable CDI devices", "access.cdi_unresolvable",
     "No CDI specification that the engine reads defines this device.",
     "sudo nvidia-ctk cdi generate --output=/etc/cdi/nvidia.yaml"},
    {"stat nvidia.com/gpu", "access.cdi_unresolvable",
     "No CDI specification defines this device, or the engine does not know CDI and took the name for a "
     "file.",
     "sudo nvidia-ctk cdi generate --output=/etc/cdi/nvidia.yaml"},
    {"rror gathering device information", "access.cdi_unknown",
     "This engine does not know CDI and took the name for a file.",
     "ask with --gpus all, or update the engine"},
    {"version mismatch", "access.driver_mismatch",
     "The host's driver libraries are of another version than its loaded kernel module.", "sudo reboot"},
    {"unknown device", "access.unknown_device", "The request names a GPU that is not here.", "nvidia-smi -L"},
    {"requirement error", "access.requirement",
     "The image asks by NVIDIA_REQUIRE_CUDA for a newer driver than the host's.",
     "update the host's driver, or use an image with an older CUDA"},
    {"nvidia-cdi-hook", "access.hook_missing", "The CDI specification calls a program that is not there.",
     "sudo apt-get install nvidia-container-toolkit-base"}};

void explain(const AccessFacts& access, Finding& finding) {
  for (const Explanation& explanation : explanations) {
    if (access.failure.find(explanation.words) == std::string::npos) continue;
    finding.id = explanation.id;
    finding.cause = explanation.cause;
    finding.fix = {explanation.fix};
    return;
  }
  finding.fix = {"see the findings about driver, toolkit and CDI"};
  if (access.outcome == "hung") {
    finding.id = "access.hung";
    finding.cause = "The container, its start hook or the driver inside hangs.";
    finding.fix = {"sudo dmesg | grep -iE 'xid|nvrm'", "nvidia-smi (on the host)"};
  } else if (access.outcome == "ok") {
    finding.id = "access.no_gpu_inside";
    finding.cause = "The container started, but no GPU is visible inside.";
  } else {
    finding.cause = "The engine or its hook refused to start the container; its words are what was seen.";
  }
}

void check_mode(const Probe& probe, const AccessFacts& access, bool another_works, Findings& findings) {
  if (works(access)) {
    const int host = static_cast<int>(probe.nvml.gpus.size());
    if (probe.nvml.outcome == "ok" && asks_for_all(access) && access.gpu_count != host) {
      findings.push_back(
          {"access.fewer_gpus",
           Severity::warning,
           fmt::format("{} shows {} of the host's {} GPUs", access.mode, access.gpu_count, host),
           "The engine hands out fewer GPUs than were asked for, or the host's view has changed.",
           seen(access),
           {"nvidia-smi -L on the host and in the container"}});
      return;
    }
    findings.push_back({"access.ok",
                        Severity::ok,
                        asks_for_none(access)
                            ? fmt::format("A container without a GPU starts ({})", access.mode)
                            : fmt::format("{} gives a container {}", access.mode, seen(access)),
                        "",
                        listed(access.uuids, 8),
                        {}});
    return;
  }
  Finding finding{"access.failed",
                  another_works ? Severity::warning : Severity::error,
                  fmt::format("{} does not work here", access.mode),
                  "",
                  seen(access),
                  {}};
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
