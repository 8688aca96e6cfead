// What a mode must show on this host with this engine: pure functions of plain facts. The rules are Docker's,
// Podman's and the NVIDIA Container Toolkit's own, by version.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "harness/access/access_host.hpp"
#include "harness/access/access_mode.hpp"

namespace cuparity {

enum class Start {
  starts,
  refused,     ///< the engine must not start it
  unavailable  ///< this host can't try it
};

struct Expected {
  Start start = Start::starts;
  std::string rule;               ///< which rule this follows from; for the other two why
  std::vector<std::string> gpus;  ///< UUIDs of whole GPUs
  std::string mig_uuid;           ///< where a MIG device was asked for: what CUDA must show
  bool nvml = true;               ///< NVML must answer where there are GPUs
  bool cuda = true;               ///< CUDA must
  bool open = false;              ///< nothing isolates it: it must be reported as a leak
  bool may_not_start = false;     ///< not every machine lets it: open, or in the host's namespaces
  bool stand_in = false;          ///< the stand-in device was asked for
  std::set<std::string> paths;    ///< allowed injection paths; empty: any
};

Expected expected(const AccessMode& mode, const AccessEngine& engine, const AccessHost& host);

/// "20.10.24+dfsg1" -> {20, 10}; what is no number is 0.
struct MajorMinor {
  int major = 0;
  int minor = 0;
  auto operator<=>(const MajorMinor&) const = default;
};
MajorMinor major_minor(const std::string& version);

}  // namespace cuparity
