#include "harness/engine/container.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <random>
#include <utility>

#include "environment/text_file.hpp"
#include "harness/engine/last_words.hpp"
#include "harness/engine/process.hpp"
#include "harness/engine/run_label.hpp"
#include "harness/errors.hpp"

namespace cuparity {
namespace {

/// From here on an exit code of `docker run` is the engine's own, or 128 and the signal that ended a process.
constexpr int engine_failure_code = 125;

constexpr const char* name_prefix = "cuparity-";
constexpr const char* output_folder_inside = "/cuparity-out";
constexpr std::chrono::seconds question_limit{30};

/// A short question to the command-line program.
ProcessResult ask(std::vector<std::string> command, std::chrono::milliseconds limit = question_limit,
                  std::function<bool()> stop_requested = nullptr) {
  ChildProcess child;
  child.command = std::move(command);
  child.time_limit = limit;
  child.stop_requested = std::move(stop_requested);
  return run_process(child);
}

std::string in_path(const std::string& program) {
  const char* path = std::getenv("PATH");
  std::string folders = path == nullptr ? "/usr/bin:/bin" : path;
  for (std::size_t begin = 0; begin <= folders.size();) {
    const std::size_t end = std::min(folders.find(':', begin), folders.size());
    const std::string file = folders.substr(begin, end - begin) + "/" + program;
    if (access(file.c_str(), X_OK) == 0) return file;
    begin = end + 1;
  }
  return "";
}

bool names_flag(const std::vector<std::string>& arguments, std::initializer_list<const char*> flags) {
  return std::any_of(arguments.begin(), arguments.end(), [&](const std::string& argument) {
    const std::string flag = argument.substr(0, argument.find('='));
    return std::any_of(flags.begin(), flags.end(), [&](const char* f) { return flag == f; });
  });
}

void append(std::vector<std::string>& words, const std::vector<std::string>& more) {
  words.insert(words.end(), more.begin(), more.end());
}

/// What to do where the engine gave no version, but `words`.
std::string start_hint(const ContainerCli& cli, const std::string& words) {
  const auto says = [&](const char* part) { return words.find(part) != std::string::npos; };
  if (words == podman_as_docker) return "name the mode podman:… instead";
  if (cli.program == "docker") {
    if (says("permission denied"))
      return "join its group (sudo usermod -aG docker $USER, then log in again), or ask for that whoever has root here";
    for (const char* name : {"DOCKER_HOST", "DOCKER_CONTEXT"}) {
      const char* value = std::getenv(name);
      if (value && *value) return fmt::format("{0} is '{1}'; mend that, or unset {0} for this machine's own", name, value);
    }
  }
  if (says("newuidmap") || says("newgidmap")) return "sudo apt-get install uidmap, or ask for that whoever has root here";
  return cli.start_hint;
}

void append_manual_access(std::vector<std::string>& words, const DriverFiles& files) {
  for (const auto& node : files.device_nodes) append(words, {"--device", node.string()});
  append(words, library_flags(files));
}

}  // namespace

bool names_podman(const std::string& version) { return version.find("podman version") != std::string::npos; }

ContainerCli docker_cli() {
  ContainerCli cli;
  cli.program = "docker";
  cli.package = "docker.io";
  cli.version_format = "{{.Server.Version}}";
  cli.rootless_format = "{{.SecurityOptions}}";
  cli.rootless_answer = "name=rootless";
  cli.start_hint = "start it (./scripts/start-engine docker, or sudo systemctl start docker)";
  cli.relabel_volumes = false;
  cli.first_gpus_version = 19;
  return cli;
}

ContainerCli podman_cli() {
  ContainerCli cli;
  cli.program = "podman";
  cli.package = "podman";
  cli.version_format = "{{.Client.Version}}";
  cli.rootless_format = "{{.Host.Security.Rootless}}";
  cli.rootless_answer = "true";
  cli.start_hint = "see 'podman info'";
  cli.relabel_volumes = true;
  cli.first_gpus_version = 5;
  return cli;
}

std::string new_container_name(const std::string& purpose) {
  static std::atomic<int> next_number{0};
  return fmt::format("{}{}{}-{:08x}-{}", name_prefix, purpose, getpid(), std::random_device{}(), next_number++);
}

std::vector<std::string> container_command(const ContainerCli& cli, const ContainerRequest& request) {
  std::vector<std::string> words = {cli.program, "run", "--rm", "--name", request.name};
  if (!request.label.empty()) append(words, {"--label", request.label});
  if (!names_flag(request.mode.arguments, {"--network", "--net"}) &&
      !names_flag(request.extra_flags, {"--network", "--net"})) {
    append(words, {"--network", "none"});
  }
  append(words, {"--volume", fmt::format("{}:{}{}", request.process.output_folder.string(),
                                         output_folder_inside, cli.relabel_volumes ? ":z" : "")});
  for (const auto& [host, inside] : request.process.read_only_folders)
    append(words, {"--volume", fmt::format("{}:{}:ro{}", host.string(), inside, cli.relabel_volumes ? ",z" : "")});
  append(words, {"--user", request.user});
  for (const auto& [name, value] : request.process.environment) append(words, {"--env", name + "=" + value});
  if (request.mode.request == RequestKind::manual) append_manual_access(words, request.driver_files);
  append(words, request.extra_flags);
  append(words, request.mode.arguments);
  append(words, {"--entrypoint", request.process.command.front(), request.image});
  words.insert(words.end(), request.process.command.begin() + 1, request.process.command.end());
  return words;
}

std::vector<std::string> create_command(const ContainerCli& cli, const ContainerRequest& request) {
  std::vector<std::string> words = container_command(cli, request);
  words[1] = "create";
  words.erase(std::find(words.begin(), words.end(), "--rm"));
  return words;
}

ContainerEngine::ContainerEngine(ContainerCli cli, std::string image, std::vector<std::string> extra_flags,
                                 std::function<bool()> stop_requested)
    : cli_(std::move(cli)),
      image_(std::move(image)),
      extra_flags_(std::move(extra_flags)),
      stop_requested_(std::move(stop_requested)) {}

std::filesystem::path ContainerEngine::output_path(const ProcessRequest&) const {
  return output_folder_inside;
}

std::filesystem::path ContainerEngine::binary_folder() const { return "/opt/cuparity/bin"; }

ContainerRequest ContainerEngine::container_request(const ProcessRequest& request, const AccessMode& mode) {
  if (request.output_folder.string().find(':') != std::string::npos) {
    throw UsageError(
        fmt::format("the folder {} can't be mounted into a container: its name holds a ':'; choose another "
                    "with --out",
                    request.output_folder.string()));
  }
  ContainerRequest container;
  container.name = new_container_name();
  container.label = label_;
  container.image = image_;
  container.mode = mode;
  container.process = request;
  container.extra_flags = extra_flags_;
  container.user = request.user.empty() ? user() : request.user;
  if (mode.request == RequestKind::manual) {
    if (!driver_files_) driver_files_ = find_driver_files("/dev", driver_library_folders());
    container.driver_files = *driver_files_;
  }
  return container;
}

ProcessResult ContainerEngine::run_command(std::vector<std::string> command, const ProcessRequest& request,
                                           const std::string& container) const {
  ChildProcess child;
  child.command = std::move(command);
  child.time_limit = request.time_limit;
  child.output_tail_bytes = request.output_tail_bytes;
  child.stop_requested = stop_requested_;
  child.before_kill = [&] { ask({cli_.program, "kill", container}); };
  return run_process(child);
}

ProcessResult ContainerEngine::run(const ProcessRequest& request, const AccessMode& mode) {
  const ContainerRequest container = container_request(request, mode);
  ProcessResult result = run_command(container_command(cli_, container), request, container.name);
  // --rm is the killed command's work, or its engine's: make sure that nothing stays, nor runs on beside the next trial where the
  // command was killed by others or lost its engine.
  if (result.timed_out || result.interrupted) remove_containers({container.name});
  else if (result.exit_code >= engine_failure_code) end_containers({container.name});
  return result;
}

Lifecycle ContainerEngine::run_in_steps(const ProcessRequest& request, const AccessMode& mode) {
  const ContainerRequest container = container_request(request, mode);
  Lifecycle life;
  const auto step = [&](const char* name, std::vector<std::string> command) {
    const double begin = boot_seconds();
    ProcessResult result = run_command(std::move(command), request, container.name);
    life.steps.push_back({name, begin, boot_seconds()});
    return result;
  };
  life.process = step("create", create_command(cli_, container));
  if (life.process.exit_code == 0)
    life.process = step("start", {cli_.program, "start", "--attach", container.name});
  // Whatever happened to the process, its container does not stay; a stop must not keep it from going.
  const double begin = boot_seconds();
  life.not_removed = remove_containers({container.name});
  if (life.process.exit_code == 0 && life.not_removed.empty()) life.steps.push_back({"remove", begin, boot_seconds()});
  return life;
}

std::string ContainerEngine::start_in_background(const ProcessRequest& request, const AccessMode& mode) {
  const ContainerRequest container = container_request(request, mode);
  ProcessResult result = ask(create_command(cli_, container));
  if (result.exit_code == 0) result = ask({cli_.program, "start", container.name});
  if (result.exit_code != 0) {
    remove_containers({container.name});
    throw EnvironmentError(
        fmt::format("starting a container with {} failed: {}", mode.text, last_words(result.standard_error)));
  }
  return container.name;
}

std::string ContainerEngine::stop_in_background(const std::string& name) { return end_containers({name}); }

std::vector<std::string> ContainerEngine::take_over_run(const std::filesystem::path& folder) {
  label_ = run_label(folder);
  if (version().empty()) return {};
  const std::vector<std::string> names = labelled_containers();
  if (names.empty()) return {};
  const std::string failure = end_containers(names);
  // One that ended just now is gone by itself, and can't be removed.
  if (!failure.empty() && !labelled_containers().empty())
    throw EnvironmentError("a killed part of this run left containers, which would disturb what is measured; " + failure);
  return names;
}

std::vector<std::string> ContainerEngine::labelled_containers() const {
  std::vector<std::string> names;
  const ProcessResult found = ask({cli_.program, "ps", "--all", "--filter", "label=" + label_, "--format", "{{.Names}}"});
  for (const std::string& line : environment::split(found.standard_error, '\n'))
    if (line.starts_with(name_prefix)) names.push_back(line);  // what else it says is no name
  return names;
}

ProcessResult ContainerEngine::command(const std::vector<std::string>& words) {
  std::vector<std::string> command = {cli_.program};
  append(command, words);
  return ask(command, question_limit, stop_requested_);
}

/// As remove_containers(), of those that may run: `podman rm` alone would give each 10 s to end by itself.
std::string ContainerEngine::end_containers(const std::vector<std::string>& names) const {
  std::vector<std::string> command = {cli_.program, "kill"};
  append(command, names);
  ask(command);
  return remove_containers(names);
}

/// Whatever state they are in. Returns why they are still there, and what to do, or nothing.
std::string ContainerEngine::remove_containers(const std::vector<std::string>& names) const {
  std::vector<std::string> command = {cli_.program, "rm", "--force"};
  append(command, names);
  const ProcessResult result = ask(command);
  if (result.exit_code == 0) return "";
  const std::string why = result.timed_out ? fmt::format("no answer within {} s", question_limit.count())
                                           : last_words(result.standard_error);
  return fmt::format("removing {} failed: {}; try {}", fmt::join(names, ", "), why, fmt::join(command, " "));
}

std::string ContainerEngine::unusable(const AccessMode& mode) {
  const std::string failure = engine_failure();
  return failure.empty() ? mode_failure(mode) : failure;
}

std::string ContainerEngine::engine_failure() {
  if (in_path(cli_.program).empty()) {
    return fmt::format(
        "{} is not installed: install it (e.g. sudo apt-get install {}), or use another engine", cli_.program,
        cli_.package);
  }
  if (version().empty())
    return fmt::format("{} does not answer ({}): {}", cli_.program, silence_, start_hint(cli_, silence_));
  if (!image()) {
    return fmt::format(
        "image '{0}' is not there for {1}; build it with ./scripts/build-image --engine {1} or pull it "
        "({1} pull {0})",
        image_, cli_.program);
  }
  return "";
}

std::string ContainerEngine::mode_failure(const AccessMode& mode) {
  if (mode.request == RequestKind::manual) {
    driver_files_ = find_driver_files("/dev", driver_library_folders());
    return driver_files_->missing();
  }
  if (names_flag(mode.arguments, {"--gpus"}) && std::atoi(version().c_str()) < cli_.first_gpus_version) {
    return fmt::format(
        "{0} {1} ignores --gpus or does not know it; use {0}:--device=nvidia.com/gpu=all (CDI) or "
        "{0}:manual",
        cli_.program, version());
  }
  return "";
}

std::map<std::string, std::string> ContainerEngine::describe() {
  std::map<std::string, std::string> facts = {{cli_.program + "_version", version()}};
  if (const auto found = image()) {
    facts["image_id"] = found->id;
    if (!found->digest.empty()) facts["image_digest"] = found->digest;
  }
  if (!extra_flags_.empty()) facts[cli_.program + "_flags"] = fmt::format("{}", fmt::join(extra_flags_, " "));
  return facts;
}

std::string ContainerEngine::version() {
  if (!version_.empty() || hangs_ || in_path(cli_.program).empty()) return version_;
  const ProcessResult result = ask({cli_.program, "version", "--format", cli_.version_format}, cli_.version_limit);
  hangs_ = result.timed_out;
  silence_ = hangs_ ? fmt::format("no answer within {} s", std::chrono::ceil<std::chrono::seconds>(cli_.version_limit).count())
                    : last_words(result.standard_error);
  if (result.exit_code != 0) return version_;
  if (cli_.program == "docker" && names_podman(ask({"docker", "--version"}).standard_error)) silence_ = podman_as_docker;
  else version_ = silence_;
  return version_;
}

std::optional<ImageFacts> ContainerEngine::image() {
  const ProcessResult result = ask({cli_.program, "image", "inspect", "--format", image_facts_format, image_});
  return result.exit_code == 0 ? read_image_facts(result.standard_error) : std::nullopt;
}

/// The user who started cuparity, so that result files are theirs. A rootless engine maps that user to root
/// inside.
std::string ContainerEngine::user() {
  if (!rootless_) {
    const ProcessResult result = ask({cli_.program, "info", "--format", cli_.rootless_format});
    rootless_ = result.standard_error.find(cli_.rootless_answer) != std::string::npos;
  }
  return *rootless_ ? "0:0" : fmt::format("{}:{}", geteuid(), getegid());
}

}  // namespace cuparity
