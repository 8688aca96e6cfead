// One writer a folder.
#pragma once

#include <filesystem>

namespace cuparity {

/// Held until it is destroyed or the process ends, however that comes; children don't inherit it. It lies on the folder
/// itself, so nothing is left in it. Where the file system has no locks the folder is used without one.
class FolderLock {
 public:
  /// Throws UsageError where another process, or another lock of this one, holds it.
  explicit FolderLock(const std::filesystem::path& folder);
  ~FolderLock();
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

 private:
  int file_ = -1;
};

}  // namespace cuparity
