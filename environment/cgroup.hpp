// CPU and memory limits that control groups put on this process: v1, v2 and hybrid.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

namespace cuparity::environment {

/// A limit is what binds first on the way from the process's own group to the topmost visible one.
struct CgroupLimits {
  bool cpu_known = false;  ///< a group was found, so that no value means no limit
  std::optional<double> cpu_quota_cores;
  bool memory_known = false;
  std::optional<std::uint64_t> memory_limit_bytes;
};

/// `root` is the folder that stands for "/".
CgroupLimits read_cgroup_limits(const std::filesystem::path& root);

}  // namespace cuparity::environment
