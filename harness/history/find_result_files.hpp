// Where a history's measurements are.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

namespace cuparity {

struct FoundFile {
  std::int64_t size = 0;
  std::int64_t modified = 0;  ///< nanoseconds
};

/// Runs (run.json, or a journal alone) and other programs' JSON files below `root`, by path relative to it; each once, whatever
/// links to it. Hidden files and folders are left out.
std::map<std::string, FoundFile> find_result_files(const std::filesystem::path& root);

}  // namespace cuparity
