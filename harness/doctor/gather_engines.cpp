// Which container engines there are and whether they answer. Every question has a time limit.
#include "environment/text_file.hpp"
#include "harness/doctor/gather.hpp"
#include "harness/engine/container.hpp"
#include "harness/engine/last_words.hpp"

namespace cuparity {
namespace {

constexpr std::chrono::seconds question_limit{5};

std::vector<std::string> strings(const nlohmann::json& json, const char* key) {
  std::vector<std::string> found;
  if (!json.is_object() || !json.contains(key) || !json[key].is_array()) return found;
  for (const auto& entry : json[key]) {
    if (entry.is_string()) found.push_back(entry);
    // DiscoveredDevices: {"Source": "cdi", "ID": "nvidia.com/gpu=0"}
    if (entry.is_object() && entry.contains("ID") && entry["ID"].is_string()) found.push_back(entry["ID"]);
  }
  return found;
}

std::string text(const nlohmann::json& json, const char* key) {
  return json.is_object() && json.contains(key) && json[key].is_string() ? json[key].get<std::string>() : "";
}

std::string real_path(const Sources& sources, const std::string& path) {
  std::error_code error, no_root;
  const auto root = std::filesystem::canonical(sources.root, no_root);
  const auto real = std::filesystem::canonical(sources.root / std::filesystem::path(path).relative_path(), error);
  return error || no_root ? "" : ("/" / real.lexically_relative(root)).string();
}

void read_docker_info(const nlohmann::json& info, EngineFacts& docker) {
  docker.cgroup_version = text(info, "CgroupVersion");
  docker.cgroup_driver = text(info, "CgroupDriver");
  docker.operating_system = text(info, "OperatingSystem");
  docker.default_runtime = text(info, "DefaultRuntime");
  docker.security_options = strings(info, "SecurityOptions");
  for (const std::string& option : docker.security_options) {
    docker.rootless = docker.rootless || option.find("rootless") != std::string::npos;
  }
  if (info.contains("Runtimes") && info["Runtimes"].is_object()) {
    for (const auto& [name, runtime] : info["Runtimes"].items()) docker.runtimes.push_back(name);
  }
  docker.cdi_folders = strings(info, "CDISpecDirs");
  docker.cdi_devices = strings(info, "DiscoveredDevices");
}

/// Without names and addresses: a probe is given to others.
std::string docker_host(const Sources& sources) {
  const auto variable = sources.variables.find("DOCKER_HOST");
  if (variable == sources.variables.end() || variable->second.empty()) return "";
  const std::string& host = variable->second;
  if (host.starts_with("unix://")) return host;
  const auto colon = host.find("://");
  const std::string address = colon == std::string::npos ? host : host.substr(colon + 3);
  const bool here = address.starts_with("localhost") || address.starts_with("127.") || address.starts_with("[::1]");
  // Without a protocol docker takes tcp.
  return (colon == std::string::npos ? "tcp" : host.substr(0, colon)) + (here ? ", this machine" : "");
}

EngineFacts ask_docker(const Sources& sources, const std::string& path) {
  EngineFacts docker;
  docker.name = "docker";
  docker.path = path;
  docker.real_path = real_path(sources, path);
  const CommandResult version = sources.run({"docker", "version", "--format", "{{json .}}"}, question_limit);
  const nlohmann::json versions = last_json(version.output);
  docker.host = docker_host(sources);
  if (versions.is_object()) {
    docker.client_version = text(versions.value("Client", nlohmann::json()), "Version");
    docker.server_version = text(versions.value("Server", nlohmann::json()), "Version");
  }
  docker.timed_out = version.timed_out;
  docker.stands_for_docker = docker.server_version.empty() && !docker.timed_out &&
                             names_podman(sources.run({"docker", "--version"}, question_limit).output);
  if (docker.stands_for_docker) return docker;
  if (!version.timed_out) {  // one hang is enough
    const CommandResult context = sources.run({"docker", "context", "show"}, question_limit);
    if (context.exit_code == 0) docker.context = last_words(context.output);
  }
  docker.answers = version.exit_code == 0 && !docker.server_version.empty();
  if (!docker.answers) {
    docker.failure = version.timed_out ? "no answer within 5 s" : last_words(version.output);
    docker.permission_denied = version.output.find("permission denied") != std::string::npos;
    return docker;
  }
  const CommandResult info = sources.run({"docker", "info", "--format", "{{json .}}"}, question_limit);
  if (const nlohmann::json facts = last_json(info.output); facts.is_object()) read_docker_info(facts, docker);
  return docker;
}

/// Where Podman can't set itself up it answers `podman version` with why; "podman version 4.3.1" it says all the same.
std::string podman_version(const Sources& sources, const CommandResult& asked) {
  if (asked.exit_code == 0) return last_words(asked.output);
  if (asked.timed_out) return "";
  const CommandResult plain = sources.run({"podman", "--version"}, question_limit);
  const std::string words = plain.exit_code == 0 ? last_words(plain.output) : "";
  return words.substr(words.rfind(' ') + 1);
}

EngineFacts ask_podman(const Sources& sources, const std::string& path) {
  EngineFacts podman;
  podman.name = "podman";
  podman.path = path;
  const CommandResult version =
      sources.run({"podman", "version", "--format", "{{.Client.Version}}"}, question_limit);
  podman.client_version = podman_version(sources, version);
  const CommandResult info =
      version.timed_out ? version : sources.run({"podman", "info", "--format",
                   "{{.Host.Security.Rootless}} {{.Host.CgroupsVersion}} {{.Host.CgroupManager}}"},
                  question_limit);
  podman.timed_out = version.timed_out || info.timed_out;
  podman.answers = version.exit_code == 0 && info.exit_code == 0;
  if (!podman.answers) {
    podman.failure = podman.timed_out ? "no answer within 5 s" : last_words(info.output);
    return podman;
  }
  podman.server_version = podman.client_version;  // it has no daemon
  const std::vector<std::string> words = environment::split(last_words(info.output), ' ');
  if (words.size() == 3) {
    podman.rootless = words[0] == "true";
    podman.cgroup_version = words[1].starts_with('v') ? words[1].substr(1) : words[1];
    podman.cgroup_driver = words[2];
  }
  return podman;
}

/// Found and named; their version is what they say first.
void name_others(const Sources& sources, Probe& probe) {
  struct Program {
    const char* name;
    const char* program;
    std::vector<std::string> question;
  };
  const Program programs[] = {{"docker compose", "docker", {"docker", "compose", "version", "--short"}},
                              {"docker-compose", "docker-compose", {"docker-compose", "version", "--short"}},
                              {"nerdctl", "nerdctl", {"nerdctl", "--version"}},
                              {"apptainer", "apptainer", {"apptainer", "--version"}},
                              {"singularity", "singularity", {"singularity", "--version"}},
                              {"enroot", "enroot", {"enroot", "version"}}};
  for (const Program& program : programs) {
    const std::string path = find_program(sources, program.program);
    const EngineFacts* asked = find_engine(probe, program.program);
    if (path.empty() || (asked && asked->timed_out)) continue;
    const CommandResult result = sources.run(program.question, question_limit);
    if (result.exit_code != 0) continue;  // e.g. docker without its compose plugin
    EngineFacts engine;
    engine.name = program.name;
    engine.path = path;
    engine.client_version = last_words(result.output);
    probe.engines.push_back(std::move(engine));
  }
}

}  // namespace

void gather_engines(const Sources& sources, Probe& probe) {
  bool stands_for_docker = false;
  if (const std::string path = find_program(sources, "docker"); !path.empty()) {
    EngineFacts docker = ask_docker(sources, path);
    stands_for_docker = docker.stands_for_docker;
    if (!stands_for_docker) probe.engines.push_back(std::move(docker));
  }
  if (const std::string path = find_program(sources, "podman"); !path.empty()) {
    probe.engines.push_back(ask_podman(sources, path));
    probe.engines.back().stands_for_docker = stands_for_docker;
  }
  name_others(sources, probe);
}

}  // namespace cuparity
