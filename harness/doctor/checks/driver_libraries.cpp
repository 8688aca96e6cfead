// libcuda and libnvidia-ml: there, real, and of the kernel module's version?
#include <fmt/format.h>

#include "harness/doctor/checks/checks.hpp"
#include "harness/doctor/knowledge/known_problem.hpp"
#include "harness/doctor/knowledge/questions.hpp"

namespace cuparity {
namespace {

Finding mismatch(const Probe& probe, const DriverLibrary& library) {
  return known_finding(in_container(probe) ? "driver-library-mismatch-inside" : "driver-library-mismatch-start",
                       Severity::error,
                       fmt::format("{} -> {} is of driver {}; /proc/driver/nvidia/version: {}", library.path,
                                   library.real_path, library.version, probe.driver.module_version),
                       &probe);
}

Finding no_libcuda(const Probe& probe) {
  const std::string lacking = lacks_driver_capability(probe, "compute");
  Finding finding = known_finding(
      "libcuda-missing", Severity::error,
      "searched: LD_LIBRARY_PATH and the system's library folders; dlopen: " + probe.cuda.failure +
          (lacking.empty() ? "" : "; " + lacking),
      &probe);
  if (in_container(probe)) return finding;
  finding.summary = "libcuda.so.1 is not there, though the machine has an NVIDIA GPU";
  finding.cause = "The driver's libraries are not installed, or only in part: the package with libcuda is missing.";
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
          known_finding("zero-length-libcuda", Severity::error, library.real_path + ": 0 bytes", &probe));
    } else if (!library.version.empty() && !probe.driver.module_version.empty() && !is_compat(library) &&
               library.version != probe.driver.module_version) {
      well = false;
      findings.push_back(mismatch(probe, library));
    }
  }
  if (!cuda && probe.cuda.library_path.empty()) {
    well = false;
    findings.push_back(no_libcuda(probe));
  } else if (cuda && probe.cuda.outcome == "failed" && probe.cuda.library_path.empty()) {
    well = false;
    findings.push_back(
        known_finding("ldcache-not-updated", Severity::error, "dlopen: " + probe.cuda.failure, &probe));
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
