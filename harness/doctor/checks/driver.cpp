// Is there a GPU, and has the NVIDIA kernel module taken it?
#include <fmt/format.h>

#include <optional>

#include "harness/doctor/checks/checks.hpp"
#include "harness/doctor/knowledge/known_problem.hpp"

namespace cuparity {
namespace {

std::string pci_evidence(const Probe& probe) {
  std::vector<std::string> gpus;
  for (const PciGpu& gpu : probe.driver.pci_gpus) {
    gpus.push_back(fmt::format("{} (device {}, kernel driver: {})", gpu.address, gpu.device,
                               gpu.driver.empty() ? "none" : gpu.driver));
  }
  return "/sys/bus/pci: " + listed(gpus, 8);
}

bool bound_to(const Probe& probe, const std::string& driver) {
  for (const PciGpu& gpu : probe.driver.pci_gpus) {
    if (gpu.driver == driver) return true;
  }
  return false;
}

const std::vector<std::string> install_driver = {
    "Debian: sudo apt-get install nvidia-driver  # components contrib and non-free in apt's sources",
    "Ubuntu: sudo ubuntu-drivers install"};

/// What the files of this machine say of it, where they say it.
std::optional<Finding> known_reason(const Probe& probe) {
  for (const char* id : {"driver-module-not-signed", "driver-module-not-built"}) {
    const Sign sign = find_problem(id)->sign(probe);
    if (sign.says == Sign::Says::present)
      return known_finding(id, Severity::error, pci_evidence(probe) + "; " + sign.evidence, &probe);
  }
  return std::nullopt;
}

Finding not_loaded(const Probe& probe) {
  if (const auto known = known_reason(probe); known && !bound_to(probe, "vfio-pci")) return *known;
  Finding finding{
      "driver.not_loaded",
      Severity::error,
      "An NVIDIA GPU is here, but its driver is not loaded",
      "",
      pci_evidence(probe) + "; neither /proc/driver/nvidia/version nor /sys/module/nvidia is there",
      {}};
  if (bound_to(probe, "nouveau")) {
    finding.id = "driver.nouveau";
    finding.summary = "The GPU is driven by nouveau, which has no CUDA";
    finding.cause =
        "The free driver nouveau took the GPU before NVIDIA's could, or NVIDIA's is not installed.";
    finding.fix = followed_by(install_driver, {"sudo reboot", "nvidia-smi"});
  } else if (bound_to(probe, "vfio-pci")) {
    finding.id = "driver.passed_through";
    finding.summary = "The GPU is reserved for a virtual machine (vfio-pci)";
    finding.cause = "vfio-pci holds the GPU, so that this machine itself can't use it.";
    finding.fix = {"run cuparity inside the virtual machine that has the GPU, or unbind it from vfio-pci"};
  } else {
    finding.cause =
        "The NVIDIA kernel driver is not installed, was not built for this kernel, or failed to load.";
    finding.fix = followed_by({"sudo modprobe nvidia && nvidia-smi", "if that fails: sudo dmesg | grep -iE 'nvrm|nvidia'"},
                              followed_by(install_driver, {"sudo reboot"}));
  }
  return finding;
}

}  // namespace

void check_driver(const Probe& probe, Findings& findings) {
  if (probe.driver.module_loaded) {
    findings.push_back({"driver.loaded",
                        Severity::ok,
                        probe.driver.module_version.empty()
                            ? "NVIDIA kernel driver is loaded"
                            : fmt::format("NVIDIA kernel driver {} is loaded", probe.driver.module_version),
                        "",
                        "/proc/driver/nvidia/version, /sys/module/nvidia",
                        {}});
    return;
  }
  if (probe.driver.wsl) {
    findings.push_back(
        {"driver.wsl", Severity::ok, "Windows' driver is used through WSL", "", "/dev/dxg", {}});
    return;
  }
  if (in_container(probe)) return;  // check_container says what a container was given
  if (!probe.driver.pci_gpus.empty()) {
    findings.push_back(not_loaded(probe));
    return;
  }
  findings.push_back({"gpu.none",
                      Severity::info,
                      "There is no NVIDIA GPU in this machine: the CPU backend will be used",
                      "No PCI device of vendor 0x10de and no NVIDIA driver.",
                      "/sys/bus/pci/devices, /proc/driver/nvidia, /dev",
                      {}});
}

}  // namespace cuparity
