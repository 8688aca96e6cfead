// A temporary folder on the host that a container may write to.
#pragma once

#include <filesystem>

#include "environment/temporary_folder.hpp"

namespace cuparity {

class ContainerFolder {
 public:
  /// Throws EnvironmentError where none can be made.
  ContainerFolder();
  const std::filesystem::path& path() const { return folder_.path(); }

 private:
  TemporaryFolder folder_;
};

}  // namespace cuparity
