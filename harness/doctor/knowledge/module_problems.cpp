// The kernel module of the driver: there for this kernel, let in, and able to start the GPU.
#include <fmt/format.h>

#include <algorithm>

#include "harness/doctor/checks/checks.hpp"
#include "harness/doctor/knowledge/known_problem.hpp"
#include "harness/doctor/knowledge/questions.hpp"

namespace cuparity {
namespace {

/// Not one that is given to a virtual machine.
bool has_gpu_for_itself(const Probe& probe) {
  return std::any_of(probe.driver.pci_gpus.begin(), probe.driver.pci_gpus.end(),
                     [](const PciGpu& gpu) { return gpu.driver != "vfio-pci"; });
}

bool module_expected(const Probe& probe) {
  return !in_container(probe) && !probe.driver.module_loaded && has_gpu_for_itself(probe);
}

Sign not_signed(const Probe& probe) {
  if (probe.kernel_settings.secure_boot == "off") return absent("Secure Boot is off");
  if (probe.driver.module_loaded) return absent("the module is loaded");
  return present_if(module_expected(probe) && probe.kernel_settings.secure_boot == "on" && !probe.driver.module_file.empty(),
                    probe.driver.module_file + " is there and not loaded; Secure Boot is on");
}

Sign not_built(const Probe& probe) {
  if (in_container(probe)) return {};
  if (probe.driver.module_loaded) return absent("the module is loaded");
  if (!probe.driver.module_file.empty()) return absent(probe.driver.module_file + " is there");
  return present_if(module_expected(probe) && !probe.driver.other_kernels.empty(),
                    fmt::format("kernel {} runs; nvidia.ko is there for {} alone", probe.kernel,
                                listed(probe.driver.other_kernels, 4)));
}

Sign not_initialised(const Probe& probe) {
  if (in_container(probe)) return {};
  return present_if(probe.driver.module_loaded && probe.nvml.outcome == "ok" && probe.nvml.gpus.empty() &&
                        has_gpu_for_itself(probe),
                    fmt::format("{} on the PCI bus, the driver is loaded, and NVML sees none", probe.driver.pci_gpus.size()));
}

}  // namespace

const KnownProblems& module_problems() {
  static const KnownProblems table = {
      {.id = "driver-module-not-signed",
       .where = "engine-start",
       .unasked = Severity::error,
       .summary = "Secure Boot keeps the driver's kernel module out: it is signed by no key that the firmware knows",
       .cause = "The module was built on this machine (DKMS, NVIDIA's installer), and its key was not enrolled, or the blue screen "
                "that asks for it at the next boot was passed over.",
       .check = "mokutil --sb-state: SecureBoot enabled, and sudo modprobe nvidia: 'Key was rejected by service': this",
       .fix = {"sudo modprobe nvidia  # without a word: it was not asked for, and this is not the cause",
               "sudo mokutil --import /var/lib/shim-signed/mok/MOK.der && sudo reboot  # Ubuntu; Debian: /var/lib/dkms/mok.pub. Then "
               "choose 'Enroll MOK' in the blue screen",
               "or switch Secure Boot off in the firmware"},
       .texts = {{"key was rejected by service", "nvidia*"}, {"required key not available", "nvidia*"},
                 // Not "module verification failed … tainting kernel": such a module is loaded.
                 {"loading of*module*is rejected", "nvidia*"}},
       .hints = {"secure boot|secureboot|mokutil"},
       .sign = not_signed,
       .source = "NVIDIA/gpu-driver-container#44; secureblue/secureblue#1043"},
      {.id = "driver-module-not-built",
       .where = "engine-start",
       .unasked = Severity::error,
       .summary = "The kernel that runs has no NVIDIA module: it was built for another kernel",
       .cause = "The kernel was updated and DKMS did not build the module for the new one, mostly for want of its headers.",
       .check = "dkms status: no nvidia line for $(uname -r): this; nothing at all: no driver is installed (see driver-not-loaded)",
       .fix = {"sudo apt-get install linux-headers-$(uname -r) && sudo dkms autoinstall && sudo modprobe nvidia",
               "or start the older kernel: sudo reboot  # and choose it in the boot menu"},
       .texts = {{"module nvidia* not found in directory*"}, {"module nvidia* not found"},
                 {"unable to find the kernel source tree*"}, {"kernel headers for target kernel*", "nvidia*"}},
       .hints = {"modprobe*", "dkms"},
       .sign = not_built,
       .source = "NVIDIA/nvidia-docker#1393"},
      {.id = "gpu-not-initialised",
       .where = "in-container-driver",
       .unasked = Severity::error,
       .summary = "The driver is loaded, but could start no GPU",
       .cause = "The kernel's log has RmInitAdapter: the proprietary module on a GPU that needs the open one (or the other way "
                "round), too old a driver, a missing power plug, or broken hardware. In a container: no GPU's node was given.",
       .check = "sudo dmesg | grep -iE 'RmInitAdapter|requires use of the|xid': a line says which; in a container: ls "
                "/dev/nvidia[0-9]*: nothing means that none was given",
       .fix = {"sudo dmesg | grep -i nvrm  # names the reason",
               "'requires use of the NVIDIA open kernel modules': sudo apt-get install nvidia-open  # Ubuntu's own: "
               "nvidia-driver-VERSION-open",
               "'not supported by open nvidia.ko': sudo apt-get install cuda-drivers  # Ubuntu's own: nvidia-driver-VERSION",
               "sudo reboot  # after any change of the driver"},
       .texts = {{"no devices were found"}, {"rminitadapter failed*|rm_init_adapter failed*"},
                 {"requires use of the nvidia open kernel modules"}, {"nvrm*", "not supported by open|not supported by the*driver release*"}},
       .hints = {"nvidia-smi", "nvrm"},
       .sign = not_initialised,
       .source = "NVIDIA/open-gpu-kernel-modules#789; microsoft/pai#4344; pytorch/pytorch#167118"},
  };
  return table;
}

}  // namespace cuparity
