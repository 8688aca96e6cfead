// A folder on the host that a container may write to; removed with this.
#pragma once

#include <filesystem>

namespace cuparity {

class TemporaryFolder {
 public:
  /// Throws EnvironmentError where none can be made.
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace cuparity
