#include <algorithm>
#include <optional>

#include "harness/doctor/probe.hpp"
#include "harness/errors.hpp"

namespace cuparity {

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(PciGpu, address, device, driver)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(DeviceNode, path, mode, owner, group, opening)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(DriverLibrary, path, real_path, version, size)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(DriverFacts, pci_gpus, module_loaded, module_version,
                                                uvm_loaded, wsl, nodes, libraries, open_module, hmm_disabled,
                                                profiling_admin, vgpu_host, nvswitches, fabric_manager,
                                                persistenced, imex_channel, module_file, other_kernels)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(GpuFacts, index, name, uuid, pci_bus_id, memory_bytes,
                                                persistence_known, persistence, mig, compute_mode)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(NvmlFacts, outcome, failure, library_path, driver_version,
                                                cuda_version, gpus, result)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(CudaFacts, outcome, failure, library_path, result,
                                                driver_version, device_count)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(EngineFacts, name, path, client_version, server_version,
                                                answers, failure, permission_denied, timed_out, rootless,
                                                cgroup_version, cgroup_driver, operating_system, runtimes,
                                                cdi_folders, cdi_devices, real_path, context, default_runtime,
                                                security_options, host, stands_for_docker)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(ToolkitFacts, programs, version, library, config_file, config_failure, no_cgroups, mode,
                                                daemon_json, daemon_json_failure, nvidia_runtime, cdi_feature,
                                                runtime_version, library_version, ldconfig, ldconfig_missing,
                                                accept_volume_mounts, daemon_seen, hook_on_daemon_path,
                                                hook_newer_than_daemon, apt_sources)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(CdiSpec, path, failure, kind, version, devices, missing_nodes,
                                                missing_files, missing_hooks, driver_versions, unknown_fields,
                                                host_path_of_node, gl_libraries, newer_than_daemon)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(ImageFact, engine, image, present, id, variables)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(AccessFacts, mode, outcome, failure, uuids, gpu_count,
                                                seen_by)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(InsideFacts, container, injection_path, variables, shm_bytes,
                                                memlock_limit, nofile_limit, driver_library_mounts, security_label,
                                                seccomp, effective_capabilities, user_namespace, kubernetes,
                                                apptainer, cudnn_libraries, loader_cache)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(KernelFacts, selinux, apparmor, userns_restricted, ptrace_scope,
                                                bpf_jit_harden, iommu, suspends, tegra, cgroup_version, secure_boot)

namespace {

struct WrongMember {
  std::string path;
  std::string why;
};

/// The member at `path` or below it that is not of the type it has in `pattern`. None is found where it is deep in a list,
/// whose elements no pattern has.
std::optional<WrongMember> find_wrong(const nlohmann::json& pattern, const nlohmann::json& found, const std::string& path) {
  if (std::string(pattern.type_name()) != found.type_name()) {
    return WrongMember{path, std::string("expected ") + pattern.type_name() + ", found " + found.type_name()};
  }
  if (pattern.is_object()) {
    for (const auto& [key, member] : pattern.items()) {
      if (!found.contains(key)) continue;
      if (auto wrong = find_wrong(member, found[key], path + "." + key)) return wrong;
    }
  }
  return std::nullopt;
}

/// "[json.exception.type_error.302] type must be string" without the number.
std::string without_number(const std::string& message) {
  const std::size_t end = message.find("] ");
  return end == std::string::npos ? message : message.substr(end + 2);
}

/// Reads one member where it is there; a wrong type says which member it was.
template <typename Value>
void read(const nlohmann::json& json, const char* key, Value& value) {
  const auto found = json.find(key);
  if (found == json.end()) return;
  try {
    found->get_to(value);
  } catch (const nlohmann::json::exception& error) {
    const WrongMember wrong = find_wrong(nlohmann::json(Value{}), *found, key)
                                  .value_or(WrongMember{key, without_number(error.what())});
    throw UsageError("this probe can't be read: its '" + wrong.path + "' is not what cuparity doctor writes: " +
                     wrong.why);
  }
}

}  // namespace

nlohmann::json to_json(const Probe& probe) {
  return {{"schema_version", probe.schema_version},
          {"cuparity_version", probe.cuparity_version},
          {"os", probe.os},
          {"kernel", probe.kernel},
          {"cpu_model", probe.cpu_model},
          {"root", probe.root},
          {"inside", probe.inside},
          {"kernel_settings", probe.kernel_settings},
          {"driver", probe.driver},
          {"nvml", probe.nvml},
          {"cuda", probe.cuda},
          {"engines", probe.engines},
          {"toolkit", probe.toolkit},
          {"cdi", probe.cdi},
          {"images", probe.images},
          {"access", probe.access},
          {"not_looked", probe.not_looked}};
}

Probe probe_from_json(const nlohmann::json& json) {
  if (!json.is_object() || !json.contains("driver") || !json.contains("inside")) {
    throw UsageError("this is no probe of cuparity doctor: it has no 'driver' and 'inside'");
  }
  Probe probe;
  read(json, "schema_version", probe.schema_version);
  if (probe.schema_version > probe_schema_version) {
    throw UsageError("this probe has schema_version " + std::to_string(probe.schema_version) +
                     ", made by a newer cuparity than this one, which reads up to " +
                     std::to_string(probe_schema_version) + ": update cuparity");
  }
  read(json, "cuparity_version", probe.cuparity_version);
  read(json, "os", probe.os);
  read(json, "kernel", probe.kernel);
  read(json, "cpu_model", probe.cpu_model);
  read(json, "root", probe.root);
  read(json, "inside", probe.inside);
  read(json, "kernel_settings", probe.kernel_settings);
  read(json, "driver", probe.driver);
  read(json, "nvml", probe.nvml);
  read(json, "cuda", probe.cuda);
  read(json, "engines", probe.engines);
  read(json, "toolkit", probe.toolkit);
  read(json, "cdi", probe.cdi);
  read(json, "images", probe.images);
  read(json, "access", probe.access);
  read(json, "not_looked", probe.not_looked);
  return probe;
}

const EngineFacts* find_engine(const Probe& probe, const std::string& name) {
  const auto found = std::find_if(probe.engines.begin(), probe.engines.end(),
                                  [&](const EngineFacts& engine) { return engine.name == name; });
  return found == probe.engines.end() ? nullptr : &*found;
}

}  // namespace cuparity
