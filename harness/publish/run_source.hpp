// Where runs are found, and what has to be known of each before the first one is published.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace cuparity {

/// A run on the disk.
struct RunSource {
  std::filesystem::path path;  ///< for load_run
  std::string id;              ///< run_id
  std::string started_at;
  std::size_t trials = 0;
  std::vector<std::string> devices;  ///< GPU and MIG UUIDs, in order of appearance
};

/// `path` is what load_run takes, or a folder with any number of those below it. Sorted by path. Throws
/// UsageError if there is no such file or no run in it.
std::vector<std::filesystem::path> find_runs(const std::filesystem::path& path);

/// Reads over the run without keeping its trials. Throws UsageError like load_run.
RunSource scan_run(const std::filesystem::path& path);

}  // namespace cuparity
