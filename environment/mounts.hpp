// The mount table of this process, /proc/self/mountinfo (proc(5)).
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace cuparity::environment {

struct Mount {
  std::string root;         ///< the folder or file of the mounted file system that is seen here
  std::string mount_point;  ///< as this process sees it
  std::string type;         ///< e.g. "overlay", "tmpfs", "cgroup2"
  std::string source;
  std::string options;  ///< of the file system: for cgroup v1 its controllers, for overlay its folders
};

/// In the table's order; empty where there is no table. `root` is the folder that stands for "/".
std::vector<Mount> read_mounts(const std::filesystem::path& root);

}  // namespace cuparity::environment
