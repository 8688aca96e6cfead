// Where runs are found, and what has to be known of each before the first one is published.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace cuparity {

/// What has to be known of a run for its place among the others.
struct RunOutline {
  std::string id;  ///< run_id
  std::string started_at;
  std::size_t trials = 0;
};

/// A run on the disk.
struct RunSource {
  std::filesystem::path path;  ///< for load_run
  RunOutline outline;
  std::string digest;                ///< digest_of the file
  std::vector<std::string> devices;  ///< GPU and MIG UUIDs, in order of appearance
};

/// `path` is what load_run takes, or a folder with any number of those below it. Sorted by path. Throws
/// UsageError if there is no such file or no run in it.
std::vector<std::filesystem::path> find_runs(const std::filesystem::path& path);

/// The outline of the file with this digest, if an earlier publication left it; nullptr: it has to be read.
using KnownOutlines = std::function<const RunOutline*(const std::string& digest)>;

/// Reads over the run without keeping its trials. Throws UsageError like load_run.
RunSource scan_run(const std::filesystem::path& path, const KnownOutlines& known = {});

}  // namespace cuparity
