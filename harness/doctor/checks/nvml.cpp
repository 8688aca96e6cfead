// Does the management library answer?
#include <fmt/format.h>

#include <algorithm>
#include <iterator>

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

struct NvmlFailure {
  int result;
  const char* cause;
  const char* here;         ///< a step where NVML failed, or null
  const char* on_the_host;  ///< a step there, or null
};

constexpr NvmlFailure nvml_failures[] = {
    {nvml_no_permission, "This user may not open the driver's device nodes.",
     "ls -l /dev/nvidia*  # who may: join their group, or run as root", nullptr},
    {nvml_driver_not_loaded, "The kernel module nvidia is not loaded.", nullptr,
     "sudo modprobe nvidia  # where that fails: sudo dmesg | grep -i nvrm"},
    {nvml_library_not_found, "A library of the driver that NVML needs is not where the loader looks.",
     "ldconfig -p | grep -i nvidia  # what is missing there comes with the driver, in its version", nullptr},
    // The library's mismatch with the module has a finding of its own, with the files as evidence.
    {nvml_version_mismatch, "Driver library and kernel module have different versions.", nullptr,
     "sudo reboot  # in a container: remove the driver's packages from the image"},
    {nvml_unknown_error,
     "The driver gives no reason. Most often a device node is missing or may not be opened, or a GPU has failed.",
     "ls -l /dev/nvidia*", "sudo dmesg | grep -iE 'nvrm|xid' | tail"},
};

/// What NVML's code says, else where to look.
Finding nvml_failed(const Probe& probe) {
  const NvmlFacts& nvml = probe.nvml;
  const auto known = std::find_if(std::begin(nvml_failures), std::end(nvml_failures),
                                  [&](const NvmlFailure& one) { return one.result == nvml.result; });
  Finding finding{"nvml.failed", Severity::error, "NVML can't be used: " + nvml.failure,
                  "See the findings about driver, device nodes and libraries; NVML needs /dev/nvidiactl and the GPU's node.",
                  nvml.failure, {"nvidia-smi  # says the same in its own words"}};
  if (known == std::end(nvml_failures)) return finding;
  finding.cause = known->cause;
  finding.fix.clear();
  if (known->here) finding.fix.push_back(known->here);
  if (known->on_the_host) finding.fix.push_back((in_container(probe) ? "on the host: " : "") + std::string(known->on_the_host));
  return finding;
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
  findings.push_back(nvml_failed(probe));
}

}  // namespace cuparity
