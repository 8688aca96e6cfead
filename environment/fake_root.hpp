// Test data: a folder that stands for "/", made by the test and removed with it.
#pragma once

#include <filesystem>
#include <fstream>
#include <string>

#include "environment/temporary_folder.hpp"

namespace cuparity::environment {

class FakeRoot {
 public:
  /// Writes the file at `path` ("proc/self/status") and the folders above it.
  void write(const std::string& path, const std::string& text = "") {
    const auto file = folder_.path() / path;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << text;
  }

  const std::filesystem::path& path() const { return folder_.path(); }

 private:
  TemporaryFolder folder_;
};

}  // namespace cuparity::environment
