#include "environment/nvidia_driver.hpp"

#include <algorithm>
#include <regex>

#include "environment/text_file.hpp"

namespace cuparity::environment {
namespace {

namespace fs = std::filesystem;

/// Shorter names first, so that nvidia10 follows nvidia9.
bool shorter_then_smaller(const std::string& a, const std::string& b) {
  return a.size() != b.size() ? a.size() < b.size() : a < b;
}

/// Paths below the folder `shown` (as the process names it) whose file name starts with "nvidia".
void collect_nodes(const fs::path& root, const fs::path& shown, std::vector<std::string>& nodes) {
  std::error_code error;
  for (fs::directory_iterator entry(root / shown.relative_path(), error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    std::error_code type_error;
    if (name.rfind("nvidia", 0) == 0 && !fs::is_directory(entry->status(type_error)))
      nodes.push_back((shown / name).string());
  }
}

}  // namespace

std::vector<std::string> nvidia_device_nodes(const fs::path& root) {
  std::vector<std::string> nodes;
  collect_nodes(root, "/dev", nodes);
  collect_nodes(root, "/dev/nvidia-caps", nodes);
  std::sort(nodes.begin(), nodes.end(), shorter_then_smaller);
  return nodes;
}

std::vector<std::string> gpu_device_nodes(const std::vector<std::string>& nodes) {
  static const std::regex gpu("/dev/nvidia[0-9]+");
  std::vector<std::string> found;
  std::copy_if(nodes.begin(), nodes.end(), std::back_inserter(found),
               [](const std::string& node) { return std::regex_match(node, gpu); });
  return found;
}

std::optional<std::string> kernel_driver_version(const fs::path& root) {
  const auto text = read_text_file(root / "proc/driver/nvidia/version");
  if (!text) return std::nullopt;
  // "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.65.06  Release Build  (…)"
  static const std::regex version(R"(\s(\d+\.\d+(\.\d+)?)\s)");
  std::smatch match;
  if (!std::regex_search(*text, match, version)) return std::nullopt;
  return match[1].str();
}

std::vector<std::string> kernel_driver_gpu_uuids(const fs::path& root) {
  std::vector<std::string> uuids;
  std::error_code error;
  for (fs::directory_iterator entry(root / "proc/driver/nvidia/gpus", error), end; !error && entry != end;
       entry.increment(error)) {
    const auto text = read_text_file(entry->path() / "information");
    const auto uuid = text ? find_value(*text, "GPU UUID", ':') : std::nullopt;
    // A GPU that was never opened shows question marks.
    if (uuid && uuid->find('?') == std::string::npos) uuids.push_back(*uuid);
  }
  std::sort(uuids.begin(), uuids.end());
  return uuids;
}

std::string library_driver_version(const std::string& path) {
  static const std::regex version(R"(.*\.so\.(\d+\.\d+(\.\d+)?))");
  std::smatch match;
  return std::regex_match(path, match, version) ? match[1].str() : std::string();
}

}  // namespace cuparity::environment
