#include "environment/nvidia_driver.hpp"

#include <algorithm>
#include <iterator>
#include <regex>
#include <tuple>

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

std::vector<KernelGpu> kernel_driver_gpus(const fs::path& root) {
  std::vector<KernelGpu> gpus;
  std::error_code error;
  for (fs::directory_iterator entry(root / "proc/driver/nvidia/gpus", error), end; !error && entry != end;
       entry.increment(error)) {
    const auto text = read_text_file(entry->path() / "information");
    if (!text) continue;
    KernelGpu& gpu = gpus.emplace_back();
    gpu.uuid = find_value(*text, "GPU UUID", ':').value_or("");
    if (gpu.uuid.find('?') != std::string::npos) gpu.uuid.clear();  // how a GPU never opened is shown
    const std::string minor = find_value(*text, "Device Minor", ':').value_or("");
    if (!minor.empty() && minor.size() < 6 && minor.find_first_not_of("0123456789") == std::string::npos)
      gpu.minor = std::stoi(minor);
  }
  std::sort(gpus.begin(), gpus.end(), [](const KernelGpu& a, const KernelGpu& b) {
    return std::tie(a.minor, a.uuid) < std::tie(b.minor, b.uuid);
  });
  return gpus;
}

std::string library_driver_version(const std::string& path) {
  static const std::regex version(R"(.*\.so\.(\d+\.\d+(\.\d+)?))");
  std::smatch match;
  return std::regex_match(path, match, version) ? match[1].str() : std::string();
}

}  // namespace cuparity::environment
