// Does the management library answer?
#include <fmt/format.h>

#include <algorithm>

#include "harness/counted.hpp"
#include "harness/doctor/checks/checks.hpp"
#include "harness/doctor/knowledge/known_problem.hpp"
#include "harness/doctor/knowledge/questions.hpp"

namespace cuparity {
namespace {

/// Without the capability the library is not there at all; one that is there fails for another reason.
std::string lacks_utility(const Probe& probe) {
  const bool there = std::any_of(
      probe.driver.libraries.begin(), probe.driver.libraries.end(),
      [](const DriverLibrary& library) { return library.path.find("libnvidia-ml.so") != std::string::npos; });
  return in_container(probe) && probe.nvml.result == 0 && !there ? lacks_driver_capability(probe, "utility") : "";
}

}  // namespace

void check_nvml(const Probe& probe, Findings& findings) {
  const NvmlFacts& nvml = probe.nvml;
  if (nvml.outcome == "ok") {
    findings.push_back({"nvml.ok",
                        Severity::ok,
                        "NVML sees " + counted(nvml.gpus.size(), "GPU"),
                        "",
                        nvml.library_path,
                        {}});
    for (const GpuFacts& gpu : nvml.gpus) {
      if (!gpu.persistence_known || gpu.persistence || in_container(probe)) continue;
      findings.push_back(known_finding("no-persistence-slow-start", Severity::info,
                                       fmt::format("GPU {} ({})", gpu.index, gpu.name), &probe));
      break;
    }
    return;
  }
  if (!gpu_expected(probe) || nvml.outcome == "not looked") return;
  if (nvml.outcome == "hung" || nvml.outcome == "crashed") {
    findings.push_back(
        {"nvml.hung",
         Severity::error,
         "NVML does not answer: the driver or a GPU hangs",
         "A GPU that failed (Xid in the kernel's log), or one that fell off the bus, blocks every call.",
         nvml.failure,
         {"sudo dmesg | grep -iE 'xid|nvrm'", "sudo reboot  # check power and cooling if it comes back"}});
    return;
  }
  if (const std::string lacking = lacks_utility(probe); !lacking.empty()) {
    findings.push_back({"nvml.failed",
                        Severity::error,
                        "NVML can't be used: this container was not given the capability utility",
                        "utility brings NVML and nvidia-smi; " + lacking + " leaves it out. CUDA itself needs compute alone.",
                        nvml.failure + "; " + lacking,
                        {"-e NVIDIA_DRIVER_CAPABILITIES=compute,utility",
                         "or: docker run --gpus 'all,\"capabilities=compute,utility\"' …"}});
    return;
  }
  // The library's mismatch with the module has a finding of its own, with the files as evidence.
  const bool mismatch = nvml.result == nvml_version_mismatch;
  findings.push_back(
      {"nvml.failed",
       Severity::error,
       "NVML can't be used: " + nvml.failure,
       mismatch
           ? "Driver library and kernel module have different versions."
           : "See the findings about driver, device nodes and libraries; NVML needs /dev/nvidiactl and the "
             "GPU's node.",
       nvml.failure,
       {mismatch ? "on the host: sudo reboot  # in a container: remove the driver's packages from the image"
                 : "nvidia-smi  # says the same in its own words"}});
}

}  // namespace cuparity
