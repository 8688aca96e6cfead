// Where the CUDA driver keeps what it compiled from PTX, and whether it can.
#pragma once

#include <filesystem>
#include <string>

#include "environment/container.hpp"

namespace cuparity::environment {

struct CudaCache {
  std::string path;   ///< CUDA_CACHE_PATH, else $HOME/.nv/ComputeCache; empty where neither is set
  std::string state;  ///< "writable", or why not: then PTX is compiled anew at every start
};

/// Source: CUDA C++ Programming Guide, environment variables (CUDA_CACHE_PATH, CUDA_CACHE_DISABLE). Nothing
/// is written: the permissions of the folder, or of the nearest one above it that exists, are asked. `root`
/// is the folder that stands for "/".
CudaCache cuda_cache(const std::filesystem::path& root, const Variables& variables);

}  // namespace cuparity::environment
