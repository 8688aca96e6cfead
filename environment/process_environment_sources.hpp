// process_environment() with its sources as arguments, so that it can be tested.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "environment/container.hpp"

namespace cuparity::environment {

/// The keys of process_environment() but libcuda_path. `root` is the folder that stands for "/"; the
/// resource limits and the kernel's release are always this process's own.
std::map<std::string, std::string> read_process_environment(const std::filesystem::path& root,
                                                            const Variables& variables);

}  // namespace cuparity::environment
