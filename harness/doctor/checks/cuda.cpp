// Can a CUDA program start? cuInit's code, explained.
#include <fmt/format.h>

#include "harness/counted.hpp"
#include "harness/doctor/checks/checks.hpp"
#include "harness/doctor/knowledge/known_problem.hpp"
#include "harness/doctor/knowledge/questions.hpp"

namespace cuparity {
namespace {

/// A CUresult of the CUDA driver API, and the known problem that it stands for.
struct KnownCode {
  int code;
  const char* id;
  const char* name;
};

constexpr KnownCode known_codes[] = {{3, "open-kmod-hmm", "CUDA_ERROR_NOT_INITIALIZED"},
                                     {34, "stub-libcuda", "CUDA_ERROR_STUB_LIBRARY"},
                                     {35, "driver-insufficient", "cudaErrorInsufficientDriver"},
                                     {46, "exclusive-process", "CUDA_ERROR_DEVICE_UNAVAILABLE"},
                                     {100, "mig-no-instance", "CUDA_ERROR_NO_DEVICE"},
                                     {100, "cuda-visible-devices-empty", "CUDA_ERROR_NO_DEVICE"},
                                     {101, "cuda-visible-devices-empty", "CUDA_ERROR_INVALID_DEVICE"},
                                     {304, "cuda-os-call-refused", "CUDA_ERROR_OPERATING_SYSTEM"},
                                     {500, "wsl-library-not-mapped", "CUDA_ERROR_NOT_FOUND"},
                                     {802, "fabric-manager", "CUDA_ERROR_SYSTEM_NOT_READY"},
                                     {803, "compat-803", "CUDA_ERROR_SYSTEM_DRIVER_MISMATCH"},
                                     {804, "compat-804", "CUDA_ERROR_COMPAT_NOT_SUPPORTED_ON_DEVICE"}};

/// Codes that alone settle nothing.
struct Explanation {
  int code;
  const char* id;
  const char* name;
  const char* cause;
  const char* fix;
};

constexpr Explanation explanations[] = {
    {3, "cuda.not_initialized", "CUDA_ERROR_NOT_INITIALIZED", "The driver could not set itself up.",
     "sudo dmesg | grep -i nvrm"},
    {46, "cuda.unavailable", "CUDA_ERROR_DEVICE_UNAVAILABLE",
     "The GPU takes no process, though its compute mode is Default: it waits for a reset, or MPS serves another user.",
     "nvidia-smi -q; sudo dmesg | grep -iE 'xid|nvrm'"},
    {100, "cuda.no_device", "CUDA_ERROR_NO_DEVICE",
     "The driver offers this process no GPU, though CUDA_VISIBLE_DEVICES is not set: the GPU's node was not given to this "
     "container, or its compute mode is prohibited.",
     "ls -l /dev/nvidia[0-9]*; nvidia-smi -q -d COMPUTE"},
    {101, "cuda.invalid_device", "CUDA_ERROR_INVALID_DEVICE",
     "The driver does not know the GPU that was asked for, though CUDA_VISIBLE_DEVICES is not set.",
     "nvidia-smi -L; sudo dmesg | grep -i nvrm"},
    {800, "cuda.not_permitted", "CUDA_ERROR_NOT_PERMITTED",
     "The system's policy refuses the GPU to this process.",
     "nvidia-smi -q  # look at MIG and compute mode, and at the container's device list"},
    {999, "cuda.unknown", "CUDA_ERROR_UNKNOWN",
     "Mostly /dev/nvidia-uvm: not loaded, not given to the container, or broken by suspend and resume.",
     "sudo nvidia-modprobe -u  # after a suspend: sudo rmmod nvidia_uvm && sudo modprobe nvidia_uvm"}};

std::string cuinit_evidence(const Probe& probe, const char* name) {
  std::string text = fmt::format("cuInit of {} returned {}{}{}{}", probe.cuda.library_path, probe.cuda.result,
                                 *name ? " (" : "", name, *name ? ")" : "");
  for (const char* variable : {"CUDA_VISIBLE_DEVICES", "LD_LIBRARY_PATH"}) {
    if (const auto found = probe.inside.variables.find(variable); found != probe.inside.variables.end())
      text += fmt::format("; {}={}", variable, found->second);
  }
  return text;
}

Finding failed(const Probe& probe) {
  for (const KnownCode& known : known_codes) {
    if (known.code != probe.cuda.result) continue;
    // Its sign knows what else must be so.
    const KnownProblem* problem = find_problem(known.id);
    if (problem && problem->sign(probe).says == Sign::Says::present)
      return known_finding(known.id, Severity::error, cuinit_evidence(probe, known.name), &probe);
  }
  Finding finding{"cuda.failed",
                  Severity::error,
                  fmt::format("cuInit failed with code {}", probe.cuda.result),
                  "The driver returned a code that has no explanation here.",
                  cuinit_evidence(probe, ""),
                  {"nvidia-smi; sudo dmesg | grep -i nvrm"}};
  for (const Explanation& explanation : explanations) {
    if (explanation.code != probe.cuda.result) continue;
    finding.id = explanation.id;
    finding.summary = fmt::format("CUDA does not start: {} ({})", explanation.name, explanation.code);
    finding.cause = explanation.cause;
    finding.evidence = cuinit_evidence(probe, explanation.name);
    finding.fix = {explanation.fix};
  }
  return finding;
}

}  // namespace

void check_cuda(const Probe& probe, Findings& findings) {
  if (const std::string evidence = driver_below_required_cuda(probe); !evidence.empty() && gpu_expected(probe))
    findings.push_back(known_finding("driver-insufficient", Severity::warning, evidence, &probe));
  const CudaFacts& cuda = probe.cuda;
  if (cuda.outcome == "ok") {
    const KnownProblem* no_instance = find_problem("mig-no-instance");
    if (no_instance->sign(probe).says == Sign::Says::present) return;  // check_known_problems tells it
    if (probe.nvml.outcome == "ok" && cuda.device_count != static_cast<int>(probe.nvml.gpus.size())) {
      findings.push_back({"cuda.fewer_devices",
                          Severity::warning,
                          fmt::format("CUDA sees {}, NVML {}", counted(cuda.device_count, "device"), probe.nvml.gpus.size()),
                          "CUDA_VISIBLE_DEVICES, MIG (one instance a process) or a GPU in prohibited mode.",
                          fmt::format("cuDeviceGetCount: {}", cuda.device_count),
                          {"echo $CUDA_VISIBLE_DEVICES; nvidia-smi -L"}});
      return;
    }
    findings.push_back({"cuda.ok",
                        Severity::ok,
                        "CUDA starts and sees " + counted(cuda.device_count, "device"),
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
