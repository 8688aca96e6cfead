#include "validate/probe/look_driver_files.hpp"

#include <algorithm>

#include "environment/library_file.hpp"
#include "environment/mounts.hpp"
#include "environment/nvidia_driver.hpp"

namespace cuparity::probe {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr const char* sonames[] = {"libcuda.so.1", "libnvidia-ml.so.1"};
/// Where engines and toolkits put the driver in images whose linker does not look there.
constexpr const char* usual_folders[] = {"/usr/local/nvidia/lib64", "/usr/local/nvidia/lib",
                                         "/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64"};

fs::path below(const fs::path& root, const std::string& path) { return root / fs::path(path).relative_path(); }

bool is_file(const fs::path& path) {
  std::error_code error;
  return fs::is_regular_file(path, error);
}

/// Whether a mount other than the root's brings `path`.
bool is_mounted(const std::vector<environment::Mount>& mounts, const std::string& path) {
  return std::any_of(mounts.begin(), mounts.end(), [&](const environment::Mount& mount) {
    const std::string& point = mount.mount_point;
    return point != "/" && (path == point || path.rfind(point + "/", 0) == 0);
  });
}

std::string origin_of(const fs::path& root, const std::string& path, bool in_container) {
  std::error_code error;
  const std::string folder = fs::path(path).parent_path().filename().string();
  if (folder == "stubs") return "stub";
  if (fs::file_size(below(root, path), error) == 0) return "empty";
  if (folder == "compat") return "compat";
  if (!in_container) return "host";
  return is_mounted(environment::read_mounts(root), path) ? "mount" : "image";
}

/// The real path, without `root`.
std::string find(const fs::path& root, const environment::Variables& variables, const std::string& soname) {
  const std::string found = environment::find_library_file(root, variables, soname);
  if (!found.empty()) return found;
  for (const std::string& folder : driver_library_folders(root)) {
    std::error_code error;
    const fs::path real = fs::canonical(below(root, folder) / soname, error);
    if (!error) return "/" + real.lexically_relative(fs::canonical(root, error)).string();
  }
  return "";
}

}  // namespace

std::vector<std::string> driver_library_folders(const fs::path& root) {
  std::vector<std::string> folders;
  const auto add = [&](const std::string& folder) {
    const bool known = std::find(folders.begin(), folders.end(), folder) != folders.end();
    for (const char* soname : sonames)
      if (!known && is_file(below(root, folder) / soname)) {
        folders.push_back(folder);
        return;
      }
  };
  for (const environment::Mount& mount : environment::read_mounts(root)) {
    if (mount.mount_point == "/") continue;
    add(fs::path(mount.mount_point).parent_path().string());
    add(mount.mount_point);
    add(mount.mount_point + "/lib64");
  }
  for (const char* folder : usual_folders) add(folder);
  return folders;
}

json look_at_driver_libraries(const fs::path& root, const environment::Variables& variables, bool in_container) {
  json libraries = json::array();
  for (const char* soname : sonames) {
    const std::string path = find(root, variables, soname);
    libraries.push_back({{"name", soname},
                         {"path", path},
                         {"version", environment::library_driver_version(path)},
                         {"origin", path.empty() ? "missing" : origin_of(root, path, in_container)}});
  }
  return libraries;
}

}  // namespace cuparity::probe
