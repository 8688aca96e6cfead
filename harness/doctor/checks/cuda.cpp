// Can a CUDA program start? cuInit's code, explained.
#include <fmt/format.h>

#include "harness/doctor/checks/checks.hpp"
#include "harness/doctor/knowledge/known_problem.hpp"
#include "harness/doctor/knowledge/questions.hpp"

namespace cuparity {
namespace {

struct Explanation {
  int code;
  const char* id;
  const char* name;
  const char* cause;
  const char* fix;
};

/// CUresult, CUDA driver API.
constexpr Explanation explanations[] = {
    {3, "open-kmod-hmm", "CUDA_ERROR_NOT_INITIALIZED", "The driver could not set itself up.",
     "sudo dmesg | grep -i nvrm"},
    {34, "stub-libcuda", "CUDA_ERROR_STUB_LIBRARY",
     "The link-time stub of libcuda (…/lib64/stubs) was found at run time.",
     "take the stubs folder out of LD_LIBRARY_PATH"},
    {35, "driver-insufficient", "cudaErrorInsufficientDriver",
     "The driver is older than the CUDA runtime needs, or there is no driver library.",
     "update the host's driver, or use an older CUDA image"},
    {46, "exclusive-process", "CUDA_ERROR_DEVICE_UNAVAILABLE",
     "Another process has the GPU for itself (compute mode EXCLUSIVE_PROCESS), or it is prohibited.",
     "nvidia-smi -q -d COMPUTE; sudo nvidia-smi -c DEFAULT"},
    {100, "cuda-visible-devices-empty", "CUDA_ERROR_NO_DEVICE",
     "No GPU is visible to CUDA: none was given to this container, or CUDA_VISIBLE_DEVICES hides them.",
     "unset CUDA_VISIBLE_DEVICES; start the container with --gpus all"},
    {101, "cuda-visible-devices-empty", "CUDA_ERROR_INVALID_DEVICE",
     "CUDA_VISIBLE_DEVICES names a GPU that is not here.",
     "unset CUDA_VISIBLE_DEVICES, or use the container's own numbers, which start at 0"},
    {800, "cuda.not_permitted", "CUDA_ERROR_NOT_PERMITTED",
     "The system's policy refuses the GPU to this process.",
     "check MIG and MPS settings and the container's device list"},
    {802, "fabric-manager", "CUDA_ERROR_SYSTEM_NOT_READY",
     "On machines with NVSwitch: nvidia-fabricmanager does not run, or is of another version than the "
     "driver.",
     "sudo systemctl status nvidia-fabricmanager; install the version of the driver"},
    {803, "compat-803", "CUDA_ERROR_SYSTEM_DRIVER_MISMATCH",
     "The libcuda found first belongs to another release than the kernel driver, often a cuda-compat "
     "package.",
     "take compat out of LD_LIBRARY_PATH and ld.so.conf.d, then: sudo ldconfig"},
    {804, "compat-804", "CUDA_ERROR_COMPAT_NOT_SUPPORTED_ON_DEVICE",
     "A cuda-compat libcuda was used on a GPU without forward compatibility (it exists for data centre GPUs "
     "alone).",
     "update the host's driver, or use an image whose CUDA is not newer than the driver"},
    {999, "cuda.unknown", "CUDA_ERROR_UNKNOWN",
     "Mostly /dev/nvidia-uvm: not loaded, not given to the container, or broken by suspend and resume.",
     "sudo nvidia-modprobe -u; after a suspend: sudo rmmod nvidia_uvm && sudo modprobe nvidia_uvm"}};

Finding failed(const Probe& probe) {
  const CudaFacts& cuda = probe.cuda;
  Finding finding{"cuda.failed",
                  Severity::error,
                  fmt::format("cuInit failed with code {}", cuda.result),
                  "The driver returned a code that has no explanation here.",
                  "",
                  {"nvidia-smi; sudo dmesg | grep -i nvrm"}};
  for (const Explanation& explanation : explanations) {
    if (explanation.code != cuda.result) continue;
    finding.id = explanation.id;
    finding.summary = fmt::format("CUDA does not start: {} ({})", explanation.name, cuda.result);
    finding.cause = explanation.cause;
    finding.fix = {explanation.fix};
  }
  finding.evidence = fmt::format("cuInit of {} returned {}", cuda.library_path, cuda.result);
  for (const char* name : {"CUDA_VISIBLE_DEVICES", "LD_LIBRARY_PATH"}) {
    if (const auto found = probe.inside.variables.find(name); found != probe.inside.variables.end()) {
      finding.evidence += fmt::format("; {}={}", name, found->second);
    }
  }
  return finding;
}

}  // namespace

void check_cuda(const Probe& probe, Findings& findings) {
  if (const std::string evidence = driver_below_required_cuda(probe); !evidence.empty() && gpu_expected(probe))
    findings.push_back(known_finding("driver-insufficient", Severity::warning, evidence, &probe));
  const CudaFacts& cuda = probe.cuda;
  if (cuda.outcome == "ok") {
    if (probe.nvml.outcome == "ok" && cuda.device_count != static_cast<int>(probe.nvml.gpus.size())) {
      findings.push_back({"cuda.fewer_devices",
                          Severity::warning,
                          fmt::format("CUDA sees {} device{}, NVML {}", cuda.device_count,
                                      cuda.device_count == 1 ? "" : "s", probe.nvml.gpus.size()),
                          "CUDA_VISIBLE_DEVICES, MIG (one instance a process) or a GPU in prohibited mode.",
                          fmt::format("cuDeviceGetCount: {}", cuda.device_count),
                          {"echo $CUDA_VISIBLE_DEVICES; nvidia-smi -L"}});
      return;
    }
    findings.push_back({"cuda.ok",
                        Severity::ok,
                        fmt::format("CUDA starts and sees {} device{}", cuda.device_count,
                                    cuda.device_count == 1 ? "" : "s"),
                        "",
                        "cuInit of " + cuda.library_path,
                        {}});
    return;
  }
  if (!gpu_expected(probe) || cuda.outcome == "not looked") return;
  if (cuda.outcome == "hung" || cuda.outcome == "crashed") {
    findings.push_back({"cuda.hung",
                        Severity::error,
                        cuda.outcome == "hung" ? "cuInit does not return" : "cuInit crashes the process",
                        "The driver or a GPU hangs, or the libcuda is damaged.",
                        cuda.failure,
                        {"sudo dmesg | grep -iE 'xid|nvrm'", "sudo reboot"}});
  } else if (cuda.result != 0) {
    findings.push_back(failed(probe));
  }  // no library: check_driver_libraries says so
}

}  // namespace cuparity
