// Inside a container: what was this one given?
#include <fmt/format.h>

#include "harness/doctor/checks/checks.hpp"
#include "harness/doctor/knowledge/known_problem.hpp"
#include "harness/report/numbers.hpp"

namespace cuparity {
namespace {

std::string variable(const Probe& probe, const std::string& name) {
  const auto found = probe.inside.variables.find(name);
  return found == probe.inside.variables.end() ? "" : found->second;
}

void check_request(const Probe& probe, Findings& findings) {
  const std::string visible = variable(probe, "NVIDIA_VISIBLE_DEVICES");
  const std::string evidence = visible.empty()
                                   ? "NVIDIA_VISIBLE_DEVICES is not set; no nvidia nodes in /dev"
                                   : "NVIDIA_VISIBLE_DEVICES=" + visible + "; no nvidia nodes in /dev";
  const bool asked = !visible.empty() && visible != "void" && visible != "none";
  findings.push_back({"container.no_gpu",
                      asked ? Severity::warning : Severity::info,
                      "This container has no GPU: the CPU backend will be used",
                      asked ? "The image or the command sets NVIDIA_VISIBLE_DEVICES, but that alone gives "
                              "nothing: no hook, runtime or "
                              "CDI put a GPU in."
                            : "None was asked for.",
                      evidence,
                      {"docker run --gpus all …", "podman run --device nvidia.com/gpu=all …"}});
}

void check_limits(const Probe& probe, Findings& findings) {
  const InsideFacts& inside = probe.inside;
  constexpr std::uint64_t docker_default = 64ull << 20;
  if (inside.shm_bytes > 0 && inside.shm_bytes <= docker_default && probe.nvml.gpus.size() > 1) {
    findings.push_back(known_finding(
        "nccl-shm-too-small", Severity::warning,
        fmt::format("/dev/shm has {}, for {} GPUs", format_bytes(static_cast<double>(inside.shm_bytes)), probe.nvml.gpus.size()),
        &probe));
  }
  if (!inside.memlock_limit.empty() && inside.memlock_limit != "unlimited") {
    findings.push_back(known_finding(
        "memlock-limit", Severity::info,
        "RLIMIT_MEMLOCK is " + format_bytes(std::strtod(inside.memlock_limit.c_str(), nullptr)), &probe));
  }
}

}  // namespace

void check_container(const Probe& probe, Findings& findings) {
  if (!in_container(probe)) return;
  findings.push_back(
      {"container.inside",
       Severity::info,
       fmt::format(
           "This is the inside of a {} container{}",
           probe.inside.container == "other" ? "" : probe.inside.container,
           probe.inside.injection_path == "none" ? "" : "; its GPU came by: " + probe.inside.injection_path),
       "",
       "marks of the engine in / and /proc",
       {}});
  if (!gpu_expected(probe)) {
    check_request(probe, findings);
    return;
  }
  if (probe.inside.driver_library_mounts.empty() && !probe.driver.libraries.empty()) {
    findings.push_back(known_finding("image-ships-driver-libs-file-exists", Severity::warning,
                                     probe.driver.libraries.front().real_path +
                                         " is no mount: it is part of the image, and breaks with the host's next driver",
                                     &probe));
  }
  check_limits(probe, findings);
}

}  // namespace cuparity
