#include "environment/process_environment.hpp"

#include <dlfcn.h>
#include <gnu/libc-version.h>
#include <link.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <optional>
#include <regex>
#include <vector>

#include "environment/cgroup.hpp"
#include "environment/container.hpp"
#include "environment/cuda_cache.hpp"
#include "environment/gpu_locality.hpp"
#include "environment/kernel_mitigations.hpp"
#include "environment/library_file.hpp"
#include "environment/mounts.hpp"
#include "environment/nvidia_driver.hpp"
#include "environment/process_environment_sources.hpp"
#include "environment/secret_name.hpp"
#include "environment/text_file.hpp"

namespace cuparity::environment {
namespace {

namespace fs = std::filesystem;
using Facts = std::map<std::string, std::string>;

void put(Facts& facts, const std::string& key, const std::optional<std::string>& value) {
  if (value && !value->empty()) facts[key] = *value;
}

std::string limit_text(int resource) {
  rlimit limit{};
  if (getrlimit(static_cast<__rlimit_resource_t>(resource), &limit) != 0) return {};
  return limit.rlim_cur == RLIM_INFINITY ? "unlimited" : std::to_string(limit.rlim_cur);
}

void put_limits(Facts& facts, const fs::path& root) {
  const CgroupLimits limits = read_cgroup_limits(root);
  if (limits.cpu_quota_cores) {
    char text[32];
    std::snprintf(text, sizeof text, "%g", *limits.cpu_quota_cores);
    facts["cpu_quota"] = text;
  } else if (limits.cpu_known) {
    facts["cpu_quota"] = "none";
  }
  if (limits.memory_limit_bytes)
    facts["memory_limit_bytes"] = std::to_string(*limits.memory_limit_bytes);
  else if (limits.memory_known)
    facts["memory_limit_bytes"] = "none";
  put(facts, "memlock_limit", limit_text(RLIMIT_MEMLOCK));
  put(facts, "nofile_limit", limit_text(RLIMIT_NOFILE));
  struct statvfs shm {};
  if (statvfs((root / "dev/shm").c_str(), &shm) == 0)
    facts["shm_bytes"] = std::to_string(static_cast<unsigned long long>(shm.f_blocks) * shm.f_frsize);
}

void put_machine(Facts& facts, const fs::path& root) {
  const std::string cpuinfo = read_text_file(root / "proc/cpuinfo").value_or("");
  put(facts, "cpu_model", find_value(cpuinfo, "model name", ':'));
  if (facts.count("cpu_model") == 0) put(facts, "cpu_model", find_value(cpuinfo, "CPU part", ':'));
  int nodes = 0;
  static const std::regex node_name("node[0-9]+");
  std::error_code error;
  for (fs::directory_iterator entry(root / "sys/devices/system/node", error), end; !error && entry != end;
       entry.increment(error))
    nodes += std::regex_match(entry->path().filename().string(), node_name) ? 1 : 0;
  if (nodes > 0) facts["numa_nodes"] = std::to_string(nodes);
  utsname system{};
  if (uname(&system) == 0) facts["kernel"] = system.release;
  const auto release = read_text_file(root / "etc/os-release");
  if (release) put(facts, "os", find_value(*release, "PRETTY_NAME", '='));
  // "always [madvise] never"
  const std::string pages = read_text_file(root / "sys/kernel/mm/transparent_hugepage/enabled").value_or("");
  const auto open = pages.find('[');
  const auto close = pages.find(']');
  if (open != std::string::npos && close != std::string::npos && close > open)
    facts["transparent_huge_pages"] = pages.substr(open + 1, close - open - 1);
  put(facts, "huge_pages",
      find_value(read_text_file(root / "proc/meminfo").value_or(""), "HugePages_Total", ':'));
  put(facts, "kernel_mitigations", kernel_mitigations(root));
  facts["libc_version"] = gnu_get_libc_version();
  for (const Mount& mount : read_mounts(root))
    if (mount.mount_point == "/") facts["root_file_system"] = mount.type;  // the last one covers the others
}

void put_gpu_locality(Facts& facts, const fs::path& root) {
  std::vector<std::string> nodes;
  std::vector<std::string> cpus;
  for (const GpuLocality& gpu : gpu_locality(root)) {
    nodes.push_back(gpu.pci_bus_id + "=" + std::to_string(gpu.numa_node));
    if (!gpu.cpus.empty()) cpus.push_back(gpu.pci_bus_id + "=" + gpu.cpus);
  }
  put(facts, "gpu_numa_nodes", join(nodes, " "));
  put(facts, "gpu_local_cpus", join(cpus, " "));
}

void put_library_files(Facts& facts, const fs::path& root, const Variables& variables) {
  const std::string nccl = find_library_file(root, variables, "libnccl.so.2");
  put(facts, "libnccl_path", nccl);
  const std::string nccl_version = library_file_version(nccl);
  if (nccl_version.find('.') != std::string::npos) facts["nccl_version"] = nccl_version;
  const CudaCache cache = cuda_cache(root, variables);
  put(facts, "cuda_cache_path", cache.path);
  put(facts, "cuda_cache", cache.state);
}

void put_process_status(Facts& facts, const fs::path& root) {
  const auto status = read_text_file(root / "proc/self/status");
  if (!status) return;
  put(facts, "cpus_allowed", find_value(*status, "Cpus_allowed_list", ':'));
  put(facts, "mems_allowed", find_value(*status, "Mems_allowed_list", ':'));
  put(facts, "no_new_privs", find_value(*status, "NoNewPrivs", ':'));
  put(facts, "effective_capabilities", find_value(*status, "CapEff", ':'));
  put(facts, "speculation_store_bypass", find_value(*status, "Speculation_Store_Bypass", ':'));
  put(facts, "speculation_indirect_branch", find_value(*status, "SpeculationIndirectBranch", ':'));
  const auto seccomp = find_value(*status, "Seccomp", ':');
  if (seccomp == "0") facts["seccomp"] = "disabled";
  if (seccomp == "1") facts["seccomp"] = "strict";
  if (seccomp == "2") facts["seccomp"] = "filter";
}

void put_variables(Facts& facts, const Variables& variables) {
  for (const auto& [name, value] : variables) {
    bool kept = name == "GLIBC_TUNABLES";
    for (const char* prefix : {"CUDA_", "NVIDIA_", "NCCL_", "OMP_", "OPENBLAS_", "DNNL_", "LD_"})
      kept = kept || name.rfind(prefix, 0) == 0;
    if (kept) facts["variable_" + name] = names_a_secret(name) ? secret_placeholder : value;
  }
}

/// Where the dynamic linker finds the driver's library; it is loaded for a moment, not initialised.
std::string find_libcuda() {
  for (const auto& [name, path] : loaded_libraries("libcuda.so")) return path;
  void* handle = dlopen("libcuda.so.1", RTLD_LAZY | RTLD_LOCAL);
  if (handle == nullptr) return {};
  link_map* map = nullptr;
  std::string path;
  if (dlinfo(handle, RTLD_DI_LINKMAP, &map) == 0 && map != nullptr) {
    std::error_code error;
    const fs::path real = fs::canonical(map->l_name, error);
    path = error ? std::string(map->l_name) : real.string();
  }
  dlclose(handle);
  return path;
}

}  // namespace

Facts read_process_environment(const fs::path& root, const Variables& variables) {
  Facts facts;
  put_machine(facts, root);
  put_process_status(facts, root);
  put_limits(facts, root);
  facts["container"] = detect_container(root, variables);
  put(facts, "nvidia_device_nodes", join(nvidia_device_nodes(root), ","));
  put(facts, "kernel_driver_version", kernel_driver_version(root));
  facts["injection_path"] = detect_injection_path(root, variables, facts["container"]);
  put_gpu_locality(facts, root);
  put_library_files(facts, root, variables);
  put_variables(facts, variables);
  return facts;
}

Facts process_environment() {
  Facts facts = read_process_environment("/", read_variables());
  put(facts, "libcuda_path", find_libcuda());
  for (const auto& [name, path] : loaded_libraries("libcudart.so")) facts["libcudart_path"] = path;
  return facts;
}

}  // namespace cuparity::environment
