#include "environment/cgroup.hpp"

#include <algorithm>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "environment/mounts.hpp"
#include "environment/text_file.hpp"

namespace cuparity::environment {
namespace {

namespace fs = std::filesystem;

bool contains(const std::vector<std::string>& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

/// The process's path in the hierarchy of `controller`, "" standing for v2, from /proc/self/cgroup.
std::optional<std::string> group_path(const std::string& table, std::string_view controller) {
  for (const std::string& line : split(table, '\n')) {
    // id:controllers:path, where v2 has no controllers
    const auto first = line.find(':');
    const auto second = first == std::string::npos ? first : line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    if (controller.empty() ? controllers.empty() : contains(split(controllers, ','), controller))
      return trim(line.substr(second + 1));
  }
  return std::nullopt;
}

/// The folders from the process's own group up to the mount's top, as seen under `root`. A container
/// often sees its own group alone, mounted as the top: then the path leads nowhere and the top counts.
std::vector<fs::path> group_folders(const fs::path& root, const Mount& mount, std::string path) {
  const fs::path top = root / fs::path(mount.mount_point).relative_path();
  if (mount.root != "/" && path.compare(0, mount.root.size(), mount.root) == 0)
    path.erase(0, mount.root.size());
  std::vector<fs::path> folders;
  std::error_code error;
  for (fs::path below = fs::path(path).relative_path(); !below.empty(); below = below.parent_path())
    if (below.string().find("..") == std::string::npos && fs::is_directory(top / below, error))
      folders.push_back(top / below);
  if (fs::is_directory(top, error)) folders.push_back(top);
  return folders;
}

/// Folders of `controller` and whether they are of v2; empty where the controller is not visible.
std::vector<fs::path> controller_folders(const fs::path& root, const std::vector<Mount>& mounts,
                                         const std::string& table, std::string_view controller, bool& is_v2) {
  const auto find_mount = [&](bool v2) {
    return std::find_if(mounts.begin(), mounts.end(), [&](const Mount& mount) {
      return v2 ? mount.type == "cgroup2"
                : mount.type == "cgroup" && contains(split(mount.options, ','), controller);
    });
  };
  for (const bool v2 : {false, true}) {
    const auto path = group_path(table, v2 ? std::string_view() : controller);
    const auto mount = find_mount(v2);
    if (!path || mount == mounts.end()) continue;
    is_v2 = v2;
    return group_folders(root, *mount, *path);
  }
  return {};
}

std::optional<std::uint64_t> parse_number(const std::string& text) {
  const std::string number = trim(text);
  if (number.empty() || number.find_first_not_of("0123456789") != std::string::npos) return std::nullopt;
  return std::strtoull(number.c_str(), nullptr, 10);
}

std::optional<std::uint64_t> read_number(const fs::path& path) {
  const auto text = read_text_file(path);
  return text ? parse_number(*text) : std::nullopt;
}

std::optional<double> cpu_quota(const fs::path& folder, bool is_v2) {
  std::optional<std::uint64_t> quota;
  std::optional<std::uint64_t> period;
  if (is_v2) {
    const std::vector<std::string> fields = split(trim(read_text_file(folder / "cpu.max").value_or("")), ' ');
    if (fields.size() != 2) return std::nullopt;
    quota = parse_number(fields[0]);  // "max" is no number and no limit
    period = parse_number(fields[1]);
  } else {
    quota = read_number(folder / "cpu.cfs_quota_us");  // -1: no limit
    period = read_number(folder / "cpu.cfs_period_us");
  }
  if (!quota || !period || *period == 0) return std::nullopt;
  return static_cast<double>(*quota) / static_cast<double>(*period);
}

std::optional<std::uint64_t> memory_limit(const fs::path& folder, bool is_v2) {
  const auto limit = read_number(folder / (is_v2 ? "memory.max" : "memory.limit_in_bytes"));
  // v1 writes "no limit" as the largest multiple of the page size below 2^63.
  if (limit && *limit >= std::uint64_t{1} << 62) return std::nullopt;
  return limit;
}

}  // namespace

CgroupLimits read_cgroup_limits(const fs::path& root) {
  CgroupLimits limits;
  const std::string table = read_text_file(root / "proc/self/cgroup").value_or("");
  const std::vector<Mount> mounts = read_mounts(root);
  bool is_v2 = false;
  for (const fs::path& folder : controller_folders(root, mounts, table, "cpu", is_v2)) {
    limits.cpu_known = true;
    const auto quota = cpu_quota(folder, is_v2);
    if (quota) limits.cpu_quota_cores = std::min(limits.cpu_quota_cores.value_or(*quota), *quota);
  }
  for (const fs::path& folder : controller_folders(root, mounts, table, "memory", is_v2)) {
    limits.memory_known = true;
    const auto limit = memory_limit(folder, is_v2);
    if (limit) limits.memory_limit_bytes = std::min(limits.memory_limit_bytes.value_or(*limit), *limit);
  }
  return limits;
}

}  // namespace cuparity::environment
