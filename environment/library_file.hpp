// Where the dynamic linker would find a library, without loading it: NCCL alone is hundreds of megabytes.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "environment/container.hpp"

namespace cuparity::environment {

/// The real path of `soname` ("libnccl.so.2") in LD_LIBRARY_PATH, the linker's cache or its standard folders,
/// in that order (ld.so(8); a program's own RPATH is not known here). Empty where it is not there. `root` is
/// the folder that stands for "/"; the answer is without it.
std::string find_library_file(const std::filesystem::path& root, const Variables& variables,
                              const std::string& soname);

/// The paths at which they look, in their order, and which need not exist.
std::vector<std::string> library_candidates(const std::filesystem::path& root, const Variables& variables,
                                            const std::string& soname);

/// "/usr/lib/libnccl.so.2.28.3" -> "2.28.3"; empty where nothing follows ".so.".
std::string library_file_version(const std::string& path);

}  // namespace cuparity::environment
