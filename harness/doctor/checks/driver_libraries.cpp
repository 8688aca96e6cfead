// libcuda and libnvidia-ml: there, real, and of the kernel module's version?
#include <fmt/format.h>

#include "harness/doctor/checks/checks.hpp"

namespace cuparity {
namespace {

Finding mismatch(const Probe& probe, const DriverLibrary& library) {
  Finding finding{in_container(probe) ? "driver-library-mismatch-inside" : "driver-library-mismatch-start",
                  Severity::error,
                  fmt::format("{} is of driver {}, the loaded kernel module is {}", library.path,
                              library.version, probe.driver.module_version),
                  "",
                  fmt::format("{} -> {}; /proc/driver/nvidia/version: {}", library.path, library.real_path,
                              probe.driver.module_version),
                  {}};
  if (in_container(probe)) {
    finding.cause = "The image brings driver libraries of its own, and they win over the injected ones.";
    finding.fix = {
        "remove nvidia-driver-*, nvidia-utils-* and libnvidia-compute-* from the image; an image needs no "
        "driver"};
  } else {
    finding.cause =
        "The driver's packages were upgraded (often by unattended-upgrades) while the old kernel module is "
        "still loaded.";
    finding.fix = {"sudo reboot",
                   "or stop everything that uses the GPU, then: sudo rmmod nvidia_uvm nvidia_drm "
                   "nvidia_modeset nvidia && sudo modprobe nvidia"};
  }
  return finding;
}

/// Forward compatibility packages are of another version by design.
bool is_compat(const DriverLibrary& library) {
  return library.real_path.find("/compat/") != std::string::npos;
}

}  // namespace

void check_driver_libraries(const Probe& probe, Findings& findings) {
  if (!gpu_expected(probe)) return;
  bool cuda = false, well = true;
  for (const DriverLibrary& library : probe.driver.libraries) {
    cuda = cuda || library.path.find("libcuda.so") != std::string::npos;
    if (library.size == 0) {
      well = false;
      findings.push_back(
          {"zero-length-libcuda",
           Severity::error,
           library.path + " is an empty file",
           "A mount point that an engine left behind was committed into the image.",
           library.real_path + ": 0 bytes",
           {"in the Dockerfile: RUN find / -xdev -name 'libcuda.so*' -size 0 -delete; find / -xdev -name "
            "'libnvidia-*.so*' -size 0 -delete"}});
    } else if (!library.version.empty() && !probe.driver.module_version.empty() && !is_compat(library) &&
               library.version != probe.driver.module_version) {
      well = false;
      findings.push_back(mismatch(probe, library));
    }
  }
  if (!cuda && probe.cuda.library_path.empty()) {
    well = false;
    findings.push_back(
        {"libcuda-missing", Severity::error, "libcuda.so.1 is not there",
         in_container(probe) ? "The engine gave this container device nodes but no driver libraries; images "
                               "never contain them."
                             : "The driver's user-space libraries are not installed (a headless or partial "
                               "driver package).",
         "searched: LD_LIBRARY_PATH and the system's library folders; dlopen: " + probe.cuda.failure,
         in_container(probe)
             ? std::vector<
                   std::string>{"ask for the GPU with --gpus all, and with NVIDIA_DRIVER_CAPABILITIES "
                                "that hold compute"}
             : std::vector<std::string>{
                   "sudo apt-get install libcuda1 libnvidia-ml1 (Debian), or libnvidia-compute-"
                   "<version> (Ubuntu)"}});
  } else if (cuda && probe.cuda.outcome == "failed" && probe.cuda.library_path.empty()) {
    well = false;
    findings.push_back({"ldcache-not-updated",
                        Severity::error,
                        "libcuda.so.1 is there, but the loader does not find it",
                        "Its folder is neither in the loader's cache nor in LD_LIBRARY_PATH.",
                        "dlopen: " + probe.cuda.failure,
                        {"sudo ldconfig", "or export LD_LIBRARY_PATH=<its folder>"}});
  }
  if (well) {
    findings.push_back({"driver.libraries",
                        Severity::ok,
                        "The driver's libraries fit the kernel module",
                        "",
                        probe.cuda.library_path.empty()
                            ? std::to_string(probe.driver.libraries.size()) + " libraries"
                            : probe.cuda.library_path,
                        {}});
  }
}

}  // namespace cuparity
