#include "validate/probe/look_confinement.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <iterator>
#include <sstream>

#include "environment/mounts.hpp"
#include "environment/text_file.hpp"

namespace cuparity::probe {
namespace {

namespace fs = std::filesystem;
using environment::find_value;
using environment::read_text_file;
using environment::split;
using environment::trim;
using nlohmann::json;

/// In the order of their bits, include/uapi/linux/capability.h.
constexpr const char* capability_names[] = {
    "chown",         "dac_override",   "dac_read_search",  "fowner",         "fsetid",
    "kill",          "setgid",         "setuid",           "setpcap",        "linux_immutable",
    "net_bind_service", "net_broadcast", "net_admin",      "net_raw",        "ipc_lock",
    "ipc_owner",     "sys_module",     "sys_rawio",        "sys_chroot",     "sys_ptrace",
    "sys_pacct",     "sys_admin",      "sys_boot",         "sys_nice",       "sys_resource",
    "sys_time",      "sys_tty_config", "mknod",            "lease",          "audit_write",
    "audit_control", "setfcap",        "mac_override",     "mac_admin",      "syslog",
    "wake_alarm",    "block_suspend",  "audit_read",       "perfmon",        "bpf",
    "checkpoint_restore"};

json names_of(std::uint64_t capabilities) {
  json names = json::array();
  for (unsigned bit = 0; bit < 64; ++bit) {
    if ((capabilities >> bit & 1) == 0) continue;
    names.push_back(bit < std::size(capability_names) ? capability_names[bit] : "capability_" + std::to_string(bit));
  }
  return names;
}

/// There the kernel makes no device nodes, whatever the cgroup allows.
bool in_user_namespace(const fs::path& root) {
  std::istringstream map(read_text_file(root / "proc/self/uid_map").value_or(""));
  unsigned long long inside = 0, outside = 0, count = 0;
  return map >> inside >> outside >> count && (outside != 0 || count != 4294967295ULL);
}

/// The rules of cgroup v1, where the container's own group is mounted.
json device_rules(const fs::path& root, std::string& version) {
  version = "2";
  for (const environment::Mount& mount : environment::read_mounts(root)) {
    if (mount.type != "cgroup") continue;
    const auto controllers = split(mount.options, ',');
    if (std::find(controllers.begin(), controllers.end(), "devices") == controllers.end()) continue;
    version = "1";
    const fs::path folder = root / fs::path(mount.mount_point).relative_path();
    // A container sees its own group as the root of the mount; on a host the way to it is in /proc/self/cgroup.
    fs::path own;
    for (const std::string& line : split(read_text_file(root / "proc/self/cgroup").value_or(""), '\n')) {
      const std::size_t at = line.find(":devices:");
      if (at != std::string::npos) own = fs::path(line.substr(at + 9)).relative_path();
    }
    for (const fs::path& file : {folder / own / "devices.list", folder / "devices.list"}) {
      const auto text = read_text_file(file);
      if (text) return split(trim(*text), '\n');
    }
  }
  return nullptr;
}

}  // namespace

json look_at_confinement(const fs::path& root) {
  const std::string status = read_text_file(root / "proc/self/status").value_or("");
  const std::string effective = find_value(status, "CapEff", ':').value_or("");
  const std::uint64_t bits = std::strtoull(effective.c_str(), nullptr, 16);
  const int last = std::atoi(read_text_file(root / "proc/sys/kernel/cap_last_cap").value_or("-1").c_str());
  const std::uint64_t every = last >= 0 && last < 63 ? (std::uint64_t{1} << (last + 1)) - 1 : ~std::uint64_t{0};
  const std::string seccomp = find_value(status, "Seccomp", ':').value_or("");
  std::string version;
  const json rules = device_rules(root, version);
  json everything = nullptr;
  if (rules.is_array()) everything = std::find(rules.begin(), rules.end(), "a *:* rwm") != rules.end();
  return {{"effective_capabilities", effective},
          {"capability_names", names_of(bits)},
          {"every_capability", !effective.empty() && bits == every},
          {"seccomp", seccomp == "0" ? "disabled" : seccomp == "1" ? "strict" : seccomp == "2" ? "filter" : "unknown"},
          {"no_new_privileges", find_value(status, "NoNewPrivs", ':') == "1"},
          {"user_namespace", in_user_namespace(root)},
          {"device_cgroup", {{"version", version}, {"rules", rules}, {"allows_everything", everything}}}};
}

}  // namespace cuparity::probe
