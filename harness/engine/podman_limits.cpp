#include "harness/engine/podman_limits.hpp"

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "environment/text_file.hpp"

namespace cuparity {
namespace {

constexpr std::uint64_t podman_open_files = 1048576;
constexpr int cap_sys_resource = 24;  // linux/capability.h

std::uint64_t hard_limit(__rlimit_resource resource) {
  rlimit limit = {};
  return getrlimit(resource, &limit) == 0 ? limit.rlim_max : RLIM_INFINITY;
}

bool has_capability(int number) {
  const std::string status = environment::read_text_file("/proc/self/status").value_or("");
  const auto effective = environment::find_value(status, "CapEff", ':');
  return !effective || (std::strtoull(effective->c_str(), nullptr, 16) >> number & 1) != 0;
}

}  // namespace

LimitFacts limit_facts() {
  LimitFacts facts;
  facts.root = geteuid() == 0;
  facts.may_raise_limits = has_capability(cap_sys_resource);
  facts.open_files = hard_limit(RLIMIT_NOFILE);
  facts.processes = hard_limit(RLIMIT_NPROC);
  const std::string highest = environment::read_text_file("/proc/sys/kernel/pid_max").value_or("0");
  facts.highest_pid = std::strtoull(highest.c_str(), nullptr, 10);
  return facts;
}

std::vector<std::string> podman_limit_flags(const LimitFacts& facts, const std::vector<std::string>& flags) {
  if (!facts.root || facts.may_raise_limits || facts.open_files >= podman_open_files) return {};
  const bool named = std::any_of(flags.begin(), flags.end(),
                                 [](const std::string& flag) { return flag.rfind("--ulimit", 0) == 0; });
  if (named) return {};
  const std::uint64_t processes =
      facts.highest_pid == 0 ? facts.processes : std::min(facts.processes, facts.highest_pid);
  return {fmt::format("--ulimit=nofile={0}:{0}", facts.open_files), fmt::format("--ulimit=nproc={0}:{0}", processes)};
}

}  // namespace cuparity
