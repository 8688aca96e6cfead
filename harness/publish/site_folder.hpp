// The folder that a site is written into: files that are already right are left alone.
#pragma once

#include <filesystem>
#include <string>

namespace cuparity {

class SiteFolder {
 public:
  /// Makes the folder. Throws EnvironmentError if it can't be written.
  explicit SiteFolder(std::filesystem::path root);

  const std::filesystem::path& root() const { return root_; }

  /// Writes the file (write, then rename) unless it holds exactly this; folders on the way are made. Safe to
  /// use from several threads on different files. Throws EnvironmentError.
  void write(const std::filesystem::path& relative, const std::string& text) const;

 private:
  std::filesystem::path root_;
};

}  // namespace cuparity
