// What kind of machine this is, and whether it is the inside of a container.
#include "environment/container.hpp"
#include "environment/mounts.hpp"
#include "environment/process_environment_sources.hpp"
#include "environment/text_file.hpp"
#include "harness/doctor/gather.hpp"

#include <unistd.h>

#include <charconv>

namespace cuparity {
namespace {

std::string value_of(const std::map<std::string, std::string>& facts, const std::string& key) {
  const auto found = facts.find(key);
  return found == facts.end() ? "" : found->second;
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
  for (const auto& [name, value] : sources.variables) {
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
