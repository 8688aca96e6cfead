// What confines the process: capabilities, seccomp, the device cgroup. Text of /proc and cgroup v1 alone.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>

namespace cuparity::probe {

/// effective_capabilities (hex), capability_names, every_capability, seccomp, no_new_privileges, device_cgroup:
/// {version, rules (cgroup v1 alone), allows_everything}. In cgroup v2 the rules are a program of the kernel that
/// can't be read from inside: `rules` and `allows_everything` are then null. `root` stands for "/".
nlohmann::json look_at_confinement(const std::filesystem::path& root);

}  // namespace cuparity::probe
