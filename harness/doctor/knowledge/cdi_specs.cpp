#include "harness/doctor/knowledge/cdi_specs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "harness/doctor/checks/checks.hpp"
#include "harness/doctor/knowledge/questions.hpp"

namespace cuparity {
namespace {

std::filesystem::path folder_of(const CdiSpec& spec) { return std::filesystem::path(spec.path).parent_path(); }

bool defines(const CdiSpec& spec, const std::string& kind, const std::string& device) {
  return spec.failure.empty() && spec.kind == kind &&
         std::find(spec.devices.begin(), spec.devices.end(), device) != spec.devices.end();
}

/// /var/run is /run. What lies there is written anew at each boot.
bool made_at_boot(const CdiSpec& spec) {
  return spec.path.starts_with("/var/run/cdi/") || spec.path.starts_with("/run/cdi/");
}

constexpr const char* refresh = "sudo systemctl restart nvidia-cdi-refresh.service";

}  // namespace

std::string staleness(const Probe& probe, const CdiSpec& spec) {
  if (!spec.missing_files.empty()) return "these files are gone: " + listed(spec.missing_files, 4);
  if (!spec.missing_nodes.empty()) return "these device nodes are gone: " + listed(spec.missing_nodes, 4);
  for (const std::string& version : spec.driver_versions) {
    if (!probe.driver.module_version.empty() && version != probe.driver.module_version) {
      return fmt::format("it mounts libraries of driver {}, loaded is {}", version, probe.driver.module_version);
    }
  }
  return "";
}

std::string shadowed_by(const Probe& probe, const CdiSpec& spec) {
  // gather_cdi() reads the folders in the order of their priority, the lowest first (container-device-interface,
  // pkg/cdi: spec-dirs.go, cache.go).
  const auto last = std::find_if(probe.cdi.rbegin(), probe.cdi.rend(),
                                 [&](const CdiSpec& each) { return folder_of(each) == folder_of(spec); });
  if (last == probe.cdi.rend() || spec.devices.empty()) return "";
  std::string by;
  for (const std::string& device : spec.devices) {
    const auto above = std::find_if(last.base(), probe.cdi.end(),
                                    [&](const CdiSpec& each) { return defines(each, spec.kind, device); });
    if (above == probe.cdi.end()) return "";
    by = above->path;
  }
  return by;
}

std::vector<std::string> conflicting_devices(const Probe& probe) {
  std::map<std::pair<std::string, std::string>, std::vector<std::string>> paths;  // by folder and device
  for (const CdiSpec& spec : probe.cdi) {
    if (!spec.failure.empty()) continue;
    for (const std::string& device : spec.devices)
      paths[{folder_of(spec).string(), spec.kind + "=" + device}].push_back(spec.path);
  }
  std::vector<std::string> conflicts;
  for (const auto& [place, files] : paths) {
    if (files.size() > 1) conflicts.push_back(fmt::format("{} ({})", place.second, listed(files, 3)));
  }
  return conflicts;
}

bool is_for_gpus(const CdiSpec& spec) {
  if (spec.failure.empty()) return spec.kind == "nvidia.com/gpu";
  const std::string name = std::filesystem::path(spec.path).filename();
  return name == "nvidia.yaml" || name == "nvidia.json";
}

std::vector<std::string> write_anew(const CdiSpec& spec) {
  // nvidia-ctk would overwrite what another tool wrote.
  if (!is_for_gpus(spec) && !spec.failure.empty()) return {"mend or remove " + spec.path};
  if (!is_for_gpus(spec))
    return {fmt::format("have {} written anew by the tool that wrote it (kind {})", spec.path, spec.kind)};
  if (spec.failure == unreadable_by_this_user) return {"sudo chmod a+r " + spec.path, "nvidia-ctk cdi list"};
  const std::string command = "sudo nvidia-ctk cdi generate --output=" + spec.path;
  if (!made_at_boot(spec) || std::filesystem::path(spec.path).filename() != "nvidia.yaml")
    return {command, "nvidia-ctk cdi list"};
  return {std::string(refresh) + "  # from toolkit 1.18 on", "or: " + command, "nvidia-ctk cdi list"};
}

std::vector<std::string> bring_hook_back(const CdiSpec& spec) {
  if (!is_for_gpus(spec)) return write_anew(spec);
  return followed_by({"sudo apt-get install nvidia-container-toolkit-base"}, write_anew(spec));
}

std::vector<std::string> write_first(const Probe& probe) {
  if (!probe.toolkit.programs.contains("nvidia-ctk")) {
    return followed_by({"sudo apt-get install nvidia-container-toolkit-base  # nvidia-ctk; from NVIDIA's repository: "
                        "https://docs.nvidia.com/datacenter/cloud-native/container-toolkit/latest/install-guide.html"},
                       write_somewhere());
  }
  // From 1.18 on the toolkit's own service writes one, which must not stand beside another that is never written anew.
  if (version_at_least(probe.toolkit.version, 1, 18)) return {refresh, "nvidia-ctk cdi list"};
  return {"sudo nvidia-ctk cdi generate --output=/etc/cdi/nvidia.yaml", "nvidia-ctk cdi list"};
}

std::vector<std::string> write_somewhere() {
  return {std::string(refresh) + "  # from toolkit 1.18 on: it writes /var/run/cdi/nvidia.yaml",
          "before 1.18: sudo nvidia-ctk cdi generate --output=/etc/cdi/nvidia.yaml  # what is in /var/run/cdi wins over it"};
}

}  // namespace cuparity
