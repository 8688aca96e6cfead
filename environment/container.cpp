#include "environment/container.hpp"

#include <unistd.h>

#include <algorithm>
#include <string_view>

#include "environment/mounts.hpp"
#include "environment/nvidia_driver.hpp"
#include "environment/text_file.hpp"

namespace cuparity::environment {
namespace {

namespace fs = std::filesystem;

bool is_there(const fs::path& path) {
  std::error_code error;
  return fs::exists(path, error);
}

bool contains_any(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view word) { return text.find(word) != std::string_view::npos; });
}

/// Engines leave traces in the control group's name and in the folders of the root's overlay.
std::string container_by_traces(const fs::path& root) {
  std::string traces = read_text_file(root / "proc/self/cgroup").value_or("");
  for (const Mount& mount : read_mounts(root))
    if (mount.mount_point == "/" && mount.type == "overlay") traces += mount.options;
  if (contains_any(traces, {"/docker/", "/docker-"})) return "docker";
  if (contains_any(traces, {"libpod", "containers/storage"})) return "podman";
  if (contains_any(traces, {"kubepods", "containerd", "/lxc/", "/crio-"})) return "other";
  return "none";
}

/// A virtual machine made from a container's image keeps the image's marker files, but its root is a
/// whole disk, which no container engine's is.
bool root_is_a_disk(const fs::path& root) {
  bool disk = false;
  for (const Mount& mount : read_mounts(root))
    if (mount.mount_point == "/") disk = mount.root == "/" && mount.source.rfind("/dev/", 0) == 0;
  return disk;  // of the last one, which covers the others
}

/// A driver library mounted as a file, or a folder that brings them.
bool brings_driver_library(const fs::path& root, const Mount& mount) {
  if (mount.mount_point == "/") return false;
  const std::string name = fs::path(mount.mount_point).filename().string();
  if (name.rfind("libcuda.so", 0) == 0 || name.rfind("libnvidia-ml.so", 0) == 0) return true;
  const fs::path folder = root / fs::path(mount.mount_point).relative_path();
  return is_there(folder / "libcuda.so.1") || is_there(folder / "lib64/libcuda.so.1");
}

}  // namespace

Variables read_variables() {
  Variables variables;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string text = *entry;
    const auto equals = text.find('=');
    if (equals != std::string::npos) variables[text.substr(0, equals)] = text.substr(equals + 1);
  }
  return variables;
}

std::string value_of(const Variables& variables, const std::string& name) {
  const auto found = variables.find(name);
  return found == variables.end() ? std::string() : found->second;
}

std::string detect_container(const fs::path& root, const Variables& variables) {
  if (root_is_a_disk(root)) return "none";
  if (is_there(root / "run/.containerenv")) return "podman";
  if (is_there(root / ".dockerenv")) return "docker";
  std::string mark = value_of(variables, "container");  // systemd's convention for init and its children
  if (mark.empty()) mark = trim(read_text_file(root / "run/systemd/container").value_or(""));
  if (mark == "docker" || mark == "podman") return mark;
  if (!mark.empty()) return "other";
  for (const char* name : {"APPTAINER_CONTAINER", "SINGULARITY_CONTAINER", "KUBERNETES_SERVICE_HOST"})
    if (!value_of(variables, name).empty()) return "other";
  return container_by_traces(root);
}

std::string detect_injection_path(const fs::path& root, const Variables& variables,
                                  const std::string& container) {
  if (container == "none") return "native";
  if (gpu_device_nodes(nvidia_device_nodes(root)).empty()) return "none";
  const std::string visible = value_of(variables, "NVIDIA_VISIBLE_DEVICES");
  if (visible == "void") return "cdi";
  bool libraries_mounted = false;
  for (const Mount& mount : read_mounts(root)) {
    if (mount.mount_point == "/proc/driver/nvidia" && mount.type == "tmpfs") return "legacy";
    libraries_mounted = libraries_mounted || brings_driver_library(root, mount);
  }
  const bool plain_value = !visible.empty() && visible != "none";
  return plain_value && !libraries_mounted ? "runtime" : "manual";
}

}  // namespace cuparity::environment
