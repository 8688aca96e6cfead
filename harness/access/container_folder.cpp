#include "harness/access/container_folder.hpp"

#include "harness/errors.hpp"

namespace cuparity {

ContainerFolder::ContainerFolder() try {
  // Root in a container may be another user of the host.
  std::filesystem::permissions(folder_.path(), std::filesystem::perms::all);
} catch (const std::runtime_error& error) {
  throw EnvironmentError(error.what());
}

}  // namespace cuparity
