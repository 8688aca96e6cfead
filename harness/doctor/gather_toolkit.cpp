// The NVIDIA Container Toolkit: its programs, its configuration and Docker's.
#include <algorithm>
#include <sstream>

#include "environment/text_file.hpp"
#include "harness/doctor/gather.hpp"
#include "harness/engine/last_words.hpp"

namespace cuparity {
namespace {

namespace fs = std::filesystem;

/// Docker's own, the first that is there: of a snap, of a rootless dockerd, of root's. `shown` names no user.
fs::path find_daemon_json(const Sources& sources, const Probe& probe, std::string& shown) {
  std::vector<std::pair<std::string, std::string>> places = {
      {"/var/snap/docker/current/config/daemon.json", "/var/snap/docker/current/config/daemon.json"}};
  const EngineFacts* docker = find_engine(probe, "docker");
  const auto folder_in = [&](const char* variable) {
    const auto found = sources.variables.find(variable);
    return docker && docker->rootless && found != sources.variables.end() ? found->second : "";
  };
  if (const std::string home = folder_in("XDG_CONFIG_HOME"); !home.empty())
    places.emplace_back(home + "/docker/daemon.json", "$XDG_CONFIG_HOME/docker/daemon.json");
  else if (const std::string user = folder_in("HOME"); !user.empty())
    places.emplace_back(user + "/.config/docker/daemon.json", "$HOME/.config/docker/daemon.json");
  else places.emplace_back("/etc/docker/daemon.json", "/etc/docker/daemon.json");
  for (const auto& [path, name] : places) {
    std::error_code error;
    const fs::path file = sources.root / fs::path(path).relative_path();
    if (!fs::exists(file, error)) continue;
    shown = name;
    return file;
  }
  return {};
}

/// Where the parser stopped, without the text that it read.
std::string what_is_wrong(const nlohmann::json::exception& error) {
  const std::string message = error.what();
  const auto line = message.find("line "), end = message.find(':', line);
  if (line == std::string::npos || end == std::string::npos) return "it is not valid JSON";
  return "it is not valid JSON: " + message.substr(line, end - line);
}

/// From Docker 23 on dockerd itself says what it does not take, and ends. An older one does not know the option.
std::string refused_by_dockerd(const Sources& sources, const Probe& probe, const std::string& file) {
  const EngineFacts* docker = find_engine(probe, "docker");
  const std::string dockerd = find_program(sources, "dockerd");
  if (!docker || docker->answers || docker->permission_denied || docker->timed_out || dockerd.empty()) return "";
  const CommandResult result = sources.run({dockerd, "--validate", "--config-file", file}, std::chrono::seconds(5));
  const auto words = result.output.find("unable to configure the Docker daemon");
  return words == std::string::npos ? "" : last_words(result.output.substr(words));
}

void read_daemon_json(const Sources& sources, Probe& probe) {
  ToolkitFacts& toolkit = probe.toolkit;
  const fs::path file = find_daemon_json(sources, probe, toolkit.daemon_json);
  if (file.empty()) return;
  const auto text = environment::read_text_file(file);
  if (!text) {
    probe.not_looked.push_back(toolkit.daemon_json + ": " + unreadable_by_this_user);
    return;
  }
  if (environment::trim(*text).empty()) return;  // dockerd takes it for {}
  try {
    const nlohmann::json json = nlohmann::json::parse(*text);
    if (!json.is_object()) {
      toolkit.daemon_json_failure = std::string("it holds no {…}, but ") + json.type_name();
      return;
    }
    const nlohmann::json runtimes = json.value("runtimes", nlohmann::json::object());
    toolkit.nvidia_runtime = runtimes.is_object() && runtimes.contains("nvidia");
    const nlohmann::json features = json.value("features", nlohmann::json::object());
    if (features.is_object() && features.contains("cdi") && features["cdi"].is_boolean()) {
      toolkit.cdi_feature = features["cdi"].get<bool>() ? "true" : "false";
    }
    toolkit.daemon_json_failure = refused_by_dockerd(sources, probe, file.string());
  } catch (const nlohmann::json::exception& error) {
    toolkit.daemon_json_failure = what_is_wrong(error);
  }
}

/// The toolkit's programs read the one in XDG_CONFIG_HOME where that is set, and then not the one in /etc, even where there
/// is none (its api/config/v1). They have the variables of the engine that starts them: root's has it not set, a rootless
/// one's is taken to be this user's.
fs::path config_toml(const Sources& sources, const Probe& probe, std::string& shown) {
  const char* name = "nvidia-container-runtime/config.toml";
  const EngineFacts* docker = find_engine(probe, "docker");
  const auto home = sources.variables.find("XDG_CONFIG_HOME");
  const bool of_user = docker && docker->rootless && home != sources.variables.end() && !home->second.empty();
  shown = std::string(of_user ? "$XDG_CONFIG_HOME/" : "/etc/") + name;
  return sources.root / fs::path(of_user ? home->second : "/etc").relative_path() / name;
}

/// Settings of a TOML file whose names are unique in it; comments are passed over.
void read_config_toml(const Sources& sources, Probe& probe) {
  ToolkitFacts& toolkit = probe.toolkit;
  const auto text = environment::read_text_file(config_toml(sources, probe, toolkit.config_file));
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
    if (key == "ldconfig" && value.size() >= 2) toolkit.ldconfig = value.substr(1, value.size() - 2);
    if (key == "accept-nvidia-visible-devices-as-volume-mounts") toolkit.accept_volume_mounts = value;
    if (key == "no-cgroups" && section == "[nvidia-container-cli]") {  // elsewhere the toolkit passes it over
      toolkit.no_cgroups = value == "true";
      if (value.starts_with('"')) toolkit.config_failure = line + ": true and false have no quotes";
    }
    if (key == "mode" && section == "[nvidia-container-runtime]" && value.size() >= 2) {
      toolkit.mode = value.substr(1, value.size() - 2);
    }
  }
}

/// nvidia-ctk reads the file as the hook does, from 1.14 on; "unable to create config: (2, 1): unexpected token …".
std::string refused_by_toolkit(const Sources& sources, const ToolkitFacts& toolkit) {
  const auto program = toolkit.programs.find("nvidia-ctk");
  if (program == toolkit.programs.end() || !toolkit.config_file.starts_with("/etc/")) return "";
  const CommandResult result = sources.run({program->second, "config"}, std::chrono::seconds(2));
  const auto words = result.output.find("unable to create config: ");
  return words == std::string::npos ? "" : environment::trim(result.output.substr(words + 25, 200));
}

std::string first_number(const std::string& text) {
  const auto begin = text.find_first_of("0123456789");
  if (begin == std::string::npos) return "";
  const auto end = text.find_first_not_of("0123456789.", begin);
  return text.substr(begin, end == std::string::npos ? std::string::npos : end - begin);
}

std::string version_of(const Sources& sources, const ToolkitFacts& toolkit, const char* program) {
  const auto found = toolkit.programs.find(program);
  if (found == toolkit.programs.end()) return "";
  const CommandResult result = sources.run({found->second, "--version"}, std::chrono::seconds(2));
  return result.exit_code == 0 ? first_number(result.output) : "";
}

/// The lists that name the toolkit's repository, with their keys.
std::vector<std::string> apt_sources(const Sources& sources) {
  std::vector<std::string> found;
  std::error_code error;
  for (fs::directory_iterator entry(sources.root / "etc/apt/sources.list.d", error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string extension = entry->path().extension();
    const std::string text = environment::read_text_file(entry->path()).value_or("");
    if ((extension != ".list" && extension != ".sources") || text.find("nvidia.github.io") == std::string::npos) continue;
    const auto key = std::min(text.find("signed-by="), text.find("Signed-By:"));
    std::string keyring = key == std::string::npos ? "no key" : text.substr(key + 10, 100);
    keyring = environment::trim(keyring.substr(0, keyring.find_first_of("]\n")));
    found.push_back("/etc/apt/sources.list.d/" + entry->path().filename().string() + " signed-by " + keyring);
  }
  std::sort(found.begin(), found.end());
  return found;
}

/// What dockerd saw when it was started: its PATH, and which files are newer.
void compare_with_daemon(const Sources& sources, Probe& probe) {
  const auto daemon = find_daemon(sources);
  if (!daemon) return;
  ToolkitFacts& toolkit = probe.toolkit;
  toolkit.daemon_seen = true;
  if (daemon->search_path.empty()) {
    probe.not_looked.push_back("dockerd's own PATH: only root may read it");
  } else {
    toolkit.hook_on_daemon_path = "no";
  }
  for (const char* hook : {"nvidia-container-runtime-hook", "nvidia-cdi-hook"}) {
    for (const std::string& folder : daemon->search_path) {
      std::error_code error;
      if (fs::exists(sources.root / fs::path(folder).relative_path() / hook, error)) toolkit.hook_on_daemon_path = "yes";
    }
    const auto found = toolkit.programs.find(hook);
    if (found == toolkit.programs.end()) continue;
    toolkit.hook_newer_than_daemon =
        toolkit.hook_newer_than_daemon ||
        changed_after_daemon_start(sources, sources.root / fs::path(found->second).relative_path());
  }
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
        sources.run({toolkit.programs[program], "--version"}, std::chrono::seconds(2));
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
  toolkit.runtime_version = version_of(sources, toolkit, "nvidia-container-runtime");
  toolkit.library_version = version_of(sources, toolkit, "nvidia-container-cli");
  read_config_toml(sources, probe);
  if (toolkit.config_failure.empty()) toolkit.config_failure = refused_by_toolkit(sources, toolkit);
  if (!toolkit.ldconfig.empty()) {
    std::error_code error;
    const std::string file = toolkit.ldconfig.substr(toolkit.ldconfig.starts_with('@') ? 1 : 0);
    toolkit.ldconfig_missing = !fs::exists(sources.root / fs::path(file).relative_path(), error);
  }
  read_daemon_json(sources, probe);
  toolkit.apt_sources = apt_sources(sources);
  compare_with_daemon(sources, probe);
}

}  // namespace cuparity
