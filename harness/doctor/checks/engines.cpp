// Is there any engine that cuparity can use, and which others are here?
#include <fmt/format.h>

#include "harness/doctor/checks/checks.hpp"

namespace cuparity {
namespace {

const char* what_differs(const std::string& name) {
  if (name == "docker compose") return "GPUs by deploy.resources.reservations.devices, or gpus: from 2.30 on";
  if (name == "docker-compose")
    return "version 1 knows GPUs by deploy.resources.reservations.devices from 1.28 on";
  if (name == "nerdctl") return "takes --gpus as Docker does; cuparity does not start containers with it";
  if (name == "apptainer" || name == "singularity")
    return "--nv binds the host's driver; every host GPU stays visible";
  if (name == "enroot") return "the image's own NVIDIA_* variables decide which GPUs it gets";
  return "";
}

}  // namespace

void check_engines(const Probe& probe, Findings& findings) {
  for (const EngineFacts& engine : probe.engines) {
    if (const std::string differs = what_differs(engine.name); !differs.empty()) {
      findings.push_back({"engine." + engine.name.substr(engine.name.find(' ') + 1),
                          Severity::ok,
                          fmt::format("{} {}: {}", engine.name, engine.client_version, differs),
                          "",
                          engine.path,
                          {}});
    }
  }
  if (in_container(probe) || find_engine(probe, "docker") || find_engine(probe, "podman")) return;
  findings.push_back(
      {"engine.none",
       Severity::error,
       "There is no container engine: neither docker nor podman",
       "Nothing to compare the host with can be started without one.",
       "searched in PATH",
       {"./scripts/quickstart  # installs and starts one", "or: sudo apt-get install docker.io  # or podman"}});
}

}  // namespace cuparity
