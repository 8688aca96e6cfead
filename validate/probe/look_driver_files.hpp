// The driver's files as this process finds them: which libcuda and libnvidia-ml the linker would take, and whose
// they are.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "environment/container.hpp"

namespace cuparity::probe {

/// Folders that mounts bring driver libraries into and that the linker need not know, e.g.
/// /usr/local/nvidia/lib64.
std::vector<std::string> driver_library_folders(const std::filesystem::path& root);

/// One object for libcuda.so.1 and libnvidia-ml.so.1 each: name, path (real; empty: not there), version (of a
/// driver, from the name) and origin: "mount", "image", "host" (no container), "stub", "empty", "compat" or
/// "missing". `root` stands for "/".
nlohmann::json look_at_driver_libraries(const std::filesystem::path& root,
                                        const environment::Variables& variables, bool in_container);

}  // namespace cuparity::probe
