// What kind of machine this is, and whether it is the inside of a container.
#include "environment/container.hpp"
#include "environment/mounts.hpp"
#include "environment/process_environment_sources.hpp"
#include "environment/text_file.hpp"
#include "harness/doctor/gather.hpp"

#include <unistd.h>

#include <charconv>
#include <set>
#include <sstream>

namespace cuparity {
namespace {

std::string value_of(const std::map<std::string, std::string>& facts, const std::string& key) {
  const auto found = facts.find(key);
  return found == facts.end() ? "" : found->second;
}

std::string first_line(const std::filesystem::path& path) {
  const auto text = environment::read_text_file(path);
  return text ? environment::trim(text->substr(0, text->find('\n'))) : "";
}

/// -1 where the setting is not there.
int number_in(const std::filesystem::path& path) {
  const std::string text = first_line(path);
  int number = -1;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

/// An EFI variable: four bytes of attributes, then its value.
std::string secure_boot(const std::filesystem::path& root) {
  const auto variable =
      environment::read_text_file(root / "sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c");
  if (!variable || variable->size() != 5) return "";
  return variable->back() == 1 ? "on" : "off";
}

void gather_kernel_settings(const Sources& sources, KernelFacts& kernel) {
  const auto& root = sources.root;
  std::error_code error;
  if (const int enforce = number_in(root / "sys/fs/selinux/enforce"); enforce >= 0)
    kernel.selinux = enforce == 1 ? "enforcing" : "permissive";
  kernel.apparmor = first_line(root / "sys/module/apparmor/parameters/enabled") == "Y";
  kernel.userns_restricted = number_in(root / "proc/sys/kernel/apparmor_restrict_unprivileged_userns");
  kernel.ptrace_scope = number_in(root / "proc/sys/kernel/yama/ptrace_scope");
  kernel.bpf_jit_harden = number_in(root / "proc/sys/net/core/bpf_jit_harden");
  kernel.suspends = number_in(root / "sys/power/suspend_stats/success");
  kernel.tegra = std::filesystem::exists(root / "etc/nv_tegra_release", error);
  if (std::filesystem::exists(root / "sys/fs/cgroup/cgroup.controllers", error)) kernel.cgroup_version = "2";
  else if (std::filesystem::exists(root / "sys/fs/cgroup/memory", error)) kernel.cgroup_version = "1";
  kernel.secure_boot = secure_boot(root);
  for (const std::string& option : environment::split(first_line(root / "proc/cmdline"), ' ')) {
    if (option.find("iommu=") != std::string::npos) kernel.iommu += (kernel.iommu.empty() ? "" : " ") + option;
  }
}

/// cuDNN in the folders that a loader looks through.
std::vector<std::string> cudnn_libraries(const Sources& sources) {
  std::vector<std::string> folders;
  if (const auto path = sources.variables.find("LD_LIBRARY_PATH"); path != sources.variables.end())
    folders = environment::split(path->second, ':');
  for (const char* folder : {"/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64",
                             "/usr/local/cuda/lib64", "/usr/local/lib"})
    folders.emplace_back(folder);
  std::set<std::string> found;
  std::error_code error;
  const auto root = std::filesystem::canonical(sources.root, error);
  for (const std::string& folder : folders) {
    std::error_code failed;
    for (std::filesystem::directory_iterator
             entry(sources.root / std::filesystem::path(folder).relative_path(), failed),
         end;
         !failed && entry != end; entry.increment(failed)) {
      const std::string name = entry->path().filename();
      if (!name.starts_with("libcudnn") || name.find(".so.") == std::string::npos) continue;
      std::error_code broken;
      const auto real = std::filesystem::canonical(entry->path(), broken);
      if (!broken) found.insert(("/" / real.lexically_relative(root)).string());
    }
  }
  return {found.begin(), found.end()};
}

bool user_ids_are_mapped(const Sources& sources) {
  std::istringstream map(environment::read_text_file(sources.root / "proc/self/uid_map").value_or(""));
  unsigned long long inside = 0, outside = 0, count = 0;
  return map >> inside >> outside >> count && (outside != 0 || count != 4294967295ULL);
}

}  // namespace

void gather_machine(const Sources& sources, Probe& probe) {
  const auto facts = environment::read_process_environment(sources.root, sources.variables);
  probe.os = value_of(facts, "os");
  probe.kernel = value_of(facts, "kernel");
  probe.cpu_model = value_of(facts, "cpu_model");
  probe.root = geteuid() == 0;
  InsideFacts& inside = probe.inside;
  inside.container = value_of(facts, "container");
  inside.injection_path = value_of(facts, "injection_path");
  inside.memlock_limit = value_of(facts, "memlock_limit");
  inside.nofile_limit = value_of(facts, "nofile_limit");
  const std::string shm = value_of(facts, "shm_bytes");
  std::from_chars(shm.data(), shm.data() + shm.size(), inside.shm_bytes);
  inside.seccomp = value_of(facts, "seccomp");
  inside.effective_capabilities = value_of(facts, "effective_capabilities");
  inside.security_label = first_line(sources.root / "proc/self/attr/current");
  inside.user_namespace = user_ids_are_mapped(sources);
  inside.cudnn_libraries = cudnn_libraries(sources);
  gather_kernel_settings(sources, probe.kernel_settings);
  if (const CommandResult cache = sources.run({"ldconfig", "-p"}, std::chrono::seconds(5)); cache.exit_code == 0)
    inside.loader_cache = cache.output.find("libnvidia-ml.so.1") != std::string::npos ? "has" : "lacks";
  for (const auto& [name, value] : sources.variables) {
    if (name == "KUBERNETES_SERVICE_HOST") inside.kubernetes = true;
    if (name == "APPTAINER_NAME" || name == "SINGULARITY_NAME") inside.apptainer = true;
    if (name.starts_with("NVIDIA_") || name == "CUDA_VISIBLE_DEVICES" || name == "LD_LIBRARY_PATH") {
      inside.variables[name] = value;
    }
  }
  for (const environment::Mount& mount : environment::read_mounts(sources.root)) {
    const std::string name = std::filesystem::path(mount.mount_point).filename();
    if (name.starts_with("libcuda.so") || name.starts_with("libnvidia-ml.so")) {
      inside.driver_library_mounts.push_back(mount.mount_point);
    }
  }
}

}  // namespace cuparity
