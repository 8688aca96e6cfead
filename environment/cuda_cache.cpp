#include "environment/cuda_cache.hpp"

#include <unistd.h>

namespace cuparity::environment {
namespace {

namespace fs = std::filesystem;

std::string state_of(const fs::path& root, const fs::path& cache) {
  std::error_code error;
  fs::path folder = cache;
  while (!fs::exists(root / folder.relative_path(), error) && folder.has_relative_path())
    folder = folder.parent_path();
  const fs::path real = root / folder.relative_path();
  if (!fs::is_directory(real, error)) return folder.string() + " is no folder";
  if (access(real.c_str(), W_OK | X_OK) != 0) return folder.string() + " is not writable";
  return "writable";
}

}  // namespace

CudaCache cuda_cache(const fs::path& root, const Variables& variables) {
  CudaCache cache;
  cache.path = value_of(variables, "CUDA_CACHE_PATH");
  const std::string home = value_of(variables, "HOME");
  if (cache.path.empty() && !home.empty()) cache.path = (fs::path(home) / ".nv/ComputeCache").string();
  if (value_of(variables, "CUDA_CACHE_DISABLE") == "1")
    cache.state = "switched off by CUDA_CACHE_DISABLE";
  else if (cache.path.empty())
    cache.state = "no folder: neither CUDA_CACHE_PATH nor HOME is set";
  else
    cache.state = state_of(root, cache.path);
  return cache;
}

}  // namespace cuparity::environment
