#include "harness/access/machine_refusal.hpp"

#include <regex>

namespace cuparity {
namespace {

/// What Docker, Podman, runc and crun say. A bare "operation not permitted" is not enough: the step must be one that
/// such a container needs and a plain one does not.
constexpr const char* refusals[] = {
    "incompatible with user namespaces",
    "cannot share the host",
    "when user namespaces are enabled",
    "not supported in rootless mode",
    "authorization denied by plugin",
    ("(caps|capset|capabilit(y|ies)|namespaces?|setns|unshare|mknod|devices\\.allow|bpf_?prog\\w*)\\b.*"
     "(operation not permitted|permission denied)"),
    "mount(ing)? [\"'`](proc|sysfs|mqueue|cgroup2?)\\b.*(operation not permitted|permission denied)",
};

bool says(const std::string& words, const char* pattern) {
  return std::regex_search(words, std::regex(pattern, std::regex::ECMAScript | std::regex::icase));
}

}  // namespace

bool machine_refuses(const std::string& words) {
  // What the NVIDIA Container Toolkit can't do, it can't do for a plain container either.
  if (says(words, "nvidia-(container|cdi|ctk)")) return false;
  for (const char* refusal : refusals)
    if (says(words, refusal)) return true;
  return false;
}

}  // namespace cuparity
