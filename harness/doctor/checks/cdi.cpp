// CDI specifications: there, readable, and still true?
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "harness/counted.hpp"
#include "harness/doctor/checks/checks.hpp"
#include "harness/doctor/knowledge/cdi_specs.hpp"
#include "harness/doctor/knowledge/known_problem.hpp"

namespace cuparity {
namespace {

void check_spec(const Probe& probe, const CdiSpec& spec, Findings& findings) {
  if (!spec.failure.empty()) {
    findings.push_back(
        {"cdi.unreadable", Severity::warning, fmt::format("{} is no usable CDI specification", spec.path),
         "An engine passes it over, and its devices are then unresolvable.", spec.failure, write_anew(spec)});
    return;
  }
  if (spec.kind != "nvidia.com/gpu") return;
  if (const std::string by = shadowed_by(probe, spec); !by.empty()) {
    findings.push_back({"cdi.shadowed", Severity::ok, fmt::format("{} is not used: {} wins over it", spec.path, by), "",
                        staleness(probe, spec), {}});
  } else if (const std::string stale = staleness(probe, spec); !stale.empty()) {
    findings.push_back(known_finding("cdi-stale-missing-lib", Severity::warning, stale, &probe));
    findings.back().summary = fmt::format("{} is out of date", spec.path);
    findings.back().fix = write_anew(spec);
  } else if (!spec.missing_hooks.empty()) {
    findings.push_back(
        known_finding("cdi-hook-missing", Severity::warning, listed(spec.missing_hooks, 4), &probe));
    findings.back().summary = fmt::format("{} calls a program that is not there", spec.path);
    findings.back().fix = bring_hook_back(spec);
  } else {
    findings.push_back({"cdi.ok",
                        Severity::ok,
                        fmt::format("{} offers {} of {}", spec.path, counted(spec.devices.size(), "device"), spec.kind),
                        "",
                        listed(spec.devices, 6),
                        {}});
  }
}

/// Whether this Docker reads CDI at all: opt-in from 25.0, on by default from 28.2.
void check_docker_feature(const Probe& probe, Findings& findings) {
  const EngineFacts* docker = find_engine(probe, "docker");
  if (!docker || !docker->answers) return;
  int major = 0, minor = 0;
  std::sscanf(docker->server_version.c_str(), "%d.%d", &major, &minor);
  const bool by_default = major > 28 || (major == 28 && minor >= 2);
  const std::string& feature = probe.toolkit.cdi_feature;
  if (major >= 25 && (by_default ? feature != "false" : feature == "true")) return;
  if (major >= 25 && !docker->cdi_folders.empty()) return;
  findings.push_back(known_finding("cdi-driver-not-enabled", Severity::info,
                                   fmt::format("docker version {}; daemon.json features.cdi: {}", docker->server_version,
                                               feature.empty() ? "not set" : feature),
                                   &probe));
}

}  // namespace

void check_cdi(const Probe& probe, Findings& findings) {
  if (in_container(probe)) return;
  for (const CdiSpec& spec : probe.cdi) check_spec(probe, spec, findings);
  if (!gpu_expected(probe)) return;
  const bool offered = std::any_of(probe.cdi.begin(), probe.cdi.end(), [](const CdiSpec& spec) {
    return spec.failure.empty() && spec.kind == "nvidia.com/gpu";
  });
  if (!offered && probe.toolkit.programs.contains("nvidia-ctk")) {
    findings.push_back({"cdi.none", Severity::info,
                        "There is no CDI specification for the GPUs: --device nvidia.com/gpu=… can't work",
                        "nvidia-ctk is installed, but has not written one.", "/etc/cdi, /var/run/cdi",
                        write_first(probe)});
  }
  if (offered) check_docker_feature(probe, findings);
}

}  // namespace cuparity
