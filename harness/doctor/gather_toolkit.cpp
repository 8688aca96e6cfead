// The NVIDIA Container Toolkit: its programs, its configuration and Docker's.
#include <sstream>

#include "environment/text_file.hpp"
#include "harness/doctor/gather.hpp"

namespace cuparity {
namespace {

namespace fs = std::filesystem;

void read_daemon_json(const Sources& sources, ToolkitFacts& toolkit) {
  // Docker from a snap reads its own.
  for (const char* path : {"/var/snap/docker/current/config/daemon.json", "/etc/docker/daemon.json"}) {
    std::error_code error;
    const fs::path file = sources.root / fs::path(path).relative_path();
    if (!fs::exists(file, error)) continue;
    toolkit.daemon_json = path;
    const auto text = environment::read_text_file(file);
    if (!text) {
      toolkit.daemon_json_failure = "it can't be read by this user";
      return;
    }
    const nlohmann::json json = nlohmann::json::parse(*text, nullptr, false);
    if (!json.is_object()) {
      toolkit.daemon_json_failure = "it is not valid JSON";
      return;
    }
    const nlohmann::json runtimes = json.value("runtimes", nlohmann::json::object());
    toolkit.nvidia_runtime = runtimes.is_object() && runtimes.contains("nvidia");
    const nlohmann::json features = json.value("features", nlohmann::json::object());
    if (features.is_object() && features.contains("cdi") && features["cdi"].is_boolean()) {
      toolkit.cdi_feature = features["cdi"].get<bool>() ? "true" : "false";
    }
    return;
  }
}

/// Two settings of a TOML file whose names are unique in it; comments are passed over.
void read_config_toml(const Sources& sources, ToolkitFacts& toolkit) {
  const auto text = environment::read_text_file(sources.root / "etc/nvidia-container-runtime/config.toml");
  if (!text) return;
  std::istringstream lines(*text);
  std::string section;
  for (std::string line; std::getline(lines, line);) {
    line = environment::trim(line.substr(0, line.find('#')));
    if (line.starts_with('[')) section = line;
    const auto equals = line.find('=');
    if (equals == std::string::npos) continue;
    const std::string key = environment::trim(line.substr(0, equals));
    const std::string value = environment::trim(line.substr(equals + 1));
    if (key == "no-cgroups") toolkit.no_cgroups = value == "true";
    if (key == "mode" && section == "[nvidia-container-runtime]" && value.size() >= 2) {
      toolkit.mode = value.substr(1, value.size() - 2);
    }
  }
}

std::string first_number(const std::string& text) {
  const auto begin = text.find_first_of("0123456789");
  if (begin == std::string::npos) return "";
  const auto end = text.find_first_not_of("0123456789.", begin);
  return text.substr(begin, end == std::string::npos ? std::string::npos : end - begin);
}

}  // namespace

void gather_toolkit(const Sources& sources, Probe& probe) {
  ToolkitFacts& toolkit = probe.toolkit;
  for (const char* program : {"nvidia-ctk", "nvidia-container-runtime", "nvidia-container-runtime-hook",
                              "nvidia-container-cli", "nvidia-cdi-hook"}) {
    if (const std::string path = find_program(sources, program); !path.empty())
      toolkit.programs[program] = path;
  }
  for (const char* program : {"nvidia-ctk", "nvidia-container-cli"}) {
    if (!toolkit.programs.contains(program)) continue;
    const CommandResult result =
        sources.run({toolkit.programs[program], "--version"}, std::chrono::seconds(5));
    if (result.exit_code == 0) toolkit.version = first_number(result.output);
    if (!toolkit.version.empty()) break;
  }
  for (const char* folder :
       {"usr/lib/x86_64-linux-gnu", "usr/lib/aarch64-linux-gnu", "usr/lib64", "usr/lib"}) {
    std::error_code error;
    const fs::path library = fs::path(folder) / "libnvidia-container.so.1";
    if (!toolkit.library.empty() || !fs::exists(sources.root / library, error)) continue;
    toolkit.library = (fs::path("/") / library).string();
  }
  read_config_toml(sources, toolkit);
  read_daemon_json(sources, toolkit);
}

}  // namespace cuparity
