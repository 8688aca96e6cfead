// The NVIDIA Container Toolkit: what hands a GPU to a container (unless nodes and libraries are mapped by
// hand).
#include <fmt/format.h>

#include "harness/doctor/checks/checks.hpp"
#include "harness/doctor/knowledge/cdi_specs.hpp"
#include "harness/doctor/knowledge/known_problem.hpp"
#include "harness/doctor/knowledge/questions.hpp"

namespace cuparity {
namespace {

/// As for a toolkit that is not there at all.
std::vector<std::string> install_steps(const Probe& probe) {
  return known_finding("toolkit-missing", Severity::warning, "", &probe).fix;
}

/// The catalogue's words are those of a Docker that is asked for a GPU.
Finding toolkit_missing(const Probe& probe) {
  Finding finding = known_finding(
      "toolkit-missing", Severity::warning,
      "searched in PATH: nvidia-ctk, nvidia-container-runtime-hook, nvidia-cdi-hook. Modes 'manual' need none", &probe);
  if (find_engine(probe, "docker")) return finding;
  const bool podman = find_engine(probe, "podman") != nullptr;
  finding.summary = "The NVIDIA Container Toolkit is not installed: --device nvidia.com/gpu=… can't work";
  finding.cause = std::string(podman ? "Podman" : "An engine") + " gives a GPU by a CDI specification, which the toolkit writes.";
  finding.check = "command -v nvidia-ctk: nothing means not installed";
  std::erase_if(finding.fix, [](const std::string& step) { return step.find("restart docker") != std::string::npos; });
  finding.fix = followed_by(std::move(finding.fix), write_somewhere());
  return finding;
}

bool has(const Probe& probe, const char* program) { return probe.toolkit.programs.contains(program); }

void check_runtime(const Probe& probe, Findings& findings) {
  const ToolkitFacts& toolkit = probe.toolkit;
  const EngineFacts* docker = find_engine(probe, "docker");
  if (!docker || !docker->answers || !has(probe, "nvidia-container-runtime")) return;
  bool registered = toolkit.nvidia_runtime;
  for (const std::string& runtime : docker->runtimes) registered = registered || runtime == "nvidia";
  if (registered) return;
  findings.push_back(known_finding(
      "runtime-unknown", Severity::info,
      toolkit.daemon_json.empty() ? "/etc/docker/daemon.json: not there" : toolkit.daemon_json + " has no runtimes.nvidia",
      &probe));
}

}  // namespace

void check_toolkit(const Probe& probe, Findings& findings) {
  if (in_container(probe) || !gpu_expected(probe)) return;
  const ToolkitFacts& toolkit = probe.toolkit;
  std::vector<std::string> programs;
  for (const auto& [name, path] : toolkit.programs) programs.push_back(path);
  if (programs.empty()) {
    findings.push_back(toolkit_missing(probe));
    return;
  }
  if (find_engine(probe, "docker") && docker_hook(probe).empty()) {
    findings.push_back({"toolkit.hook_missing", Severity::warning,
                        "Docker's --gpus needs nvidia-container-runtime-hook, which is not there",
                        "The toolkit is installed in part.", listed(programs, 6), install_steps(probe)});
  } else {
    findings.push_back({"toolkit.ok",
                        Severity::ok,
                        toolkit.version.empty()
                            ? "NVIDIA Container Toolkit is installed"
                            : fmt::format("NVIDIA Container Toolkit {} is installed", toolkit.version),
                        "",
                        listed(programs, 6),
                        {}});
  }
  const EngineFacts* docker = find_engine(probe, "docker");
  if (toolkit.no_cgroups && docker && docker->answers && !docker->rootless) {
    findings.push_back(known_finding("nvml-unknown-error-no-cgroups", Severity::warning,
                                     "no-cgroups = true in /etc/nvidia-container-runtime/config.toml", &probe));
  }
  check_runtime(probe, findings);
}

}  // namespace cuparity
