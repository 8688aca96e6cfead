// CDI specifications: what they promise, and whether it is still there (Container Device Interface, spec
// 0.8).
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <set>

#include "environment/nvidia_driver.hpp"
#include "environment/text_file.hpp"
#include "harness/doctor/gather.hpp"

namespace cuparity {
namespace {

namespace fs = std::filesystem;
constexpr std::size_t cdi_file_limit = 4 * 1024 * 1024;

std::string scalar(const YAML::Node& node) { return node && node.IsScalar() ? node.Scalar() : ""; }

class SpecReader {
 public:
  SpecReader(const fs::path& root, CdiSpec& spec) : root_(root), spec_(spec) {}

  void read_edits(const YAML::Node& edits) {
    if (!edits || !edits.IsMap()) return;
    know(edits, {"env", "deviceNodes", "netDevices", "hooks", "mounts", "intelRdt", "additionalGids"}, "containerEdits");
    for (const YAML::Node& node : edits["deviceNodes"]) {
      know(node, {"path", "hostPath", "type", "major", "minor", "fileMode", "permissions", "uid", "gid"}, "deviceNodes");
      spec_.host_path_of_node = spec_.host_path_of_node || !scalar(node["hostPath"]).empty();
      const std::string host_path = scalar(node["hostPath"]);
      need(host_path.empty() ? scalar(node["path"]) : host_path, spec_.missing_nodes);
    }
    for (const YAML::Node& mount : edits["mounts"]) {
      know(mount, {"hostPath", "containerPath", "options", "type"}, "mounts");
      const std::string path = scalar(mount["hostPath"]);
      need(path, spec_.missing_files);
      note_version(path);
    }
    for (const YAML::Node& hook : edits["hooks"]) {
      know(hook, {"hookName", "path", "args", "env", "timeout"}, "hooks");
      need(scalar(hook["path"]), spec_.missing_hooks);
    }
  }

  /// Engines refuse a whole specification for one field that they do not know (CDI specification 0.8 to 1.1).
  void know(const YAML::Node& node, std::initializer_list<std::string_view> fields, const char* where) {
    if (!node.IsMap()) return;
    for (const auto& member : node) {
      const std::string name = scalar(member.first);
      if (std::find(fields.begin(), fields.end(), name) != fields.end()) continue;
      const std::string full = std::string(where) + "." + name;
      auto& unknown = spec_.unknown_fields;
      if (std::find(unknown.begin(), unknown.end(), full) == unknown.end()) unknown.push_back(full);
    }
  }

 private:
  void need(const std::string& path, std::vector<std::string>& missing) {
    if (path.empty() || !seen_.insert(path).second) return;
    std::error_code error;
    if (!fs::exists(root_ / fs::path(path).relative_path(), error)) missing.push_back(path);
  }

  void note_version(const std::string& path) {
    const std::string name = fs::path(path).filename().string();
    spec_.gl_libraries = spec_.gl_libraries || name.starts_with("libnvidia-glcore");
    if (!name.starts_with("libcuda.so") && !name.starts_with("libnvidia-ml.so")) return;
    const std::string version = environment::library_driver_version(path);
    auto& versions = spec_.driver_versions;
    if (!version.empty() && std::find(versions.begin(), versions.end(), version) == versions.end()) {
      versions.push_back(version);
    }
  }

  const fs::path& root_;
  CdiSpec& spec_;
  std::set<std::string> seen_;
};

CdiSpec read_spec(const fs::path& root, const fs::path& path) {
  CdiSpec spec;
  spec.path = path.string();
  const auto text = environment::read_text_file(root / path.relative_path());
  if (!text || text->size() > cdi_file_limit) {
    spec.failure = text ? "it is larger than any CDI specification" : unreadable_by_this_user;
    return spec;
  }
  try {
    const YAML::Node document = YAML::Load(*text);  // JSON is YAML too
    spec.kind = scalar(document["kind"]);
    spec.version = scalar(document["cdiVersion"]);
    SpecReader reader(root, spec);
    reader.know(document, {"cdiVersion", "kind", "annotations", "devices", "containerEdits"}, "specification");
    reader.read_edits(document["containerEdits"]);
    for (const YAML::Node& device : document["devices"]) {
      reader.know(device, {"name", "annotations", "containerEdits"}, "devices");
      spec.devices.push_back(scalar(device["name"]));
      reader.read_edits(device["containerEdits"]);
    }
    if (spec.kind.empty()) spec.failure = "it has no 'kind'";
    else if (spec.version.empty()) spec.failure = "it has no 'cdiVersion'";
    else if (spec.devices.empty()) spec.failure = "it has no devices";
  } catch (const YAML::Exception& error) {
    spec.failure = error.what();
  }
  return spec;
}

}  // namespace

void gather_cdi(const Sources& sources, Probe& probe) {
  std::vector<std::string> folders = {"/etc/cdi", "/var/run/cdi"};
  for (const EngineFacts& engine : probe.engines) {
    for (const std::string& folder : engine.cdi_folders) {
      if (std::find(folders.begin(), folders.end(), folder) == folders.end()) folders.push_back(folder);
    }
  }
  std::set<std::string> seen;  // /run is /var/run
  for (const std::string& folder : folders) {
    std::error_code error;
    const fs::path real = fs::canonical(sources.root / fs::path(folder).relative_path(), error);
    if (error || !seen.insert(real.string()).second) continue;
    std::vector<fs::path> files;
    for (fs::directory_iterator entry(real, error), end; !error && entry != end; entry.increment(error)) {
      const std::string extension = entry->path().extension().string();
      // Engines read no other, .yml neither.
      if (extension == ".yaml" || extension == ".json") files.push_back(entry->path().filename());
    }
    std::sort(files.begin(), files.end());
    for (const fs::path& file : files) {
      probe.cdi.push_back(read_spec(sources.root, fs::path(folder) / file));
      probe.cdi.back().newer_than_daemon = changed_after_daemon_start(sources, real / file);
    }
  }
}

}  // namespace cuparity
