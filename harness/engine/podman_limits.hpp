// Podman run by root asks for limits of its own choice, which a process that may not raise limits (in a nested
// machine, without CAP_SYS_RESOURCE) is refused: then no container starts.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace cuparity {

/// Of the process that starts Podman. "Unlimited" is the largest number.
struct LimitFacts {
  bool root = false;
  bool may_raise_limits = false;  ///< CAP_SYS_RESOURCE is effective
  std::uint64_t open_files = 0;   ///< hard RLIMIT_NOFILE
  std::uint64_t processes = 0;    ///< hard RLIMIT_NPROC
  std::uint64_t highest_pid = 0;  ///< kernel.pid_max, to which Podman lowers its own RLIMIT_NPROC; 0: unknown
};

LimitFacts limit_facts();

/// The --ulimit flags with which a container starts all the same: as much as this process has itself. Nothing
/// where Podman's defaults (1048576 open files; containers/common, getDefaultProcessLimits) can be had, or where
/// `flags` name limits already.
std::vector<std::string> podman_limit_flags(const LimitFacts& facts, const std::vector<std::string>& flags);

}  // namespace cuparity
