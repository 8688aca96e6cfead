#include "environment/library_handle.hpp"

#include <dlfcn.h>
#include <link.h>

#include <filesystem>

namespace cuparity::environment {

std::string path_of_library(void* handle) {
  link_map* map = nullptr;
  if (dlinfo(handle, RTLD_DI_LINKMAP, &map) != 0 || map == nullptr) return {};
  std::error_code error;
  const auto path = std::filesystem::canonical(map->l_name, error);
  return error ? std::string(map->l_name) : path.string();
}

}  // namespace cuparity::environment
