// What the kernel does against the processor's known leaks, which costs time at every entry into it.
#pragma once

#include <filesystem>
#include <string>

namespace cuparity::environment {

/// "meltdown: PTI; spectre_v2: Retpolines", sorted by name, from /sys/devices/system/cpu/vulnerabilities:
/// what the processor is not affected by is left out. "none" where nothing is left, empty where the folder is
/// not there. `root` is the folder that stands for "/".
std::string kernel_mitigations(const std::filesystem::path& root);

}  // namespace cuparity::environment
