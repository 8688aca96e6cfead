#include "harness/access/compose_request.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "harness/engine/process.hpp"

namespace cuparity {
namespace {

std::string quoted(const std::string& text) { return nlohmann::json(text).dump(); }  // JSON is YAML

std::vector<std::string> words_of(const std::vector<std::string>& compose, const std::filesystem::path& file,
                                  const std::string& project, const std::vector<std::string>& more) {
  std::vector<std::string> words = compose;
  words.insert(words.end(), {"--file", file.string(), "--project-name", project});
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

}  // namespace

std::string compose_yaml(const std::string& image, const std::string& service_yaml, const ProcessRequest& request,
                         const std::string& output_inside) {
  std::string volumes = quoted(request.output_folder.string() + ":" + output_inside);
  for (const auto& [host, inside] : request.read_only_folders)
    volumes += ", " + quoted(fmt::format("{}:{}:ro", host.string(), inside));
  std::string arguments;
  for (std::size_t i = 1; i < request.command.size(); ++i)
    arguments += (i > 1 ? ", " : "") + quoted(request.command[i]);
  std::string yaml = fmt::format(
      "version: '2.4'\nservices:\n  probe:\n    image: {}\n    network_mode: none\n    user: {}\n    volumes: [{}]\n"
      "    entrypoint: [{}]\n    command: [{}]\n",
      quoted(image), quoted(request.user), volumes, quoted(request.command.front()), arguments);
  // Compose 1 takes reservations from version 3 files, and `runtime` from version 2 files.
  if (service_yaml.rfind("runtime", 0) != 0) yaml.replace(yaml.find("2.4"), 3, "3.8");
  return service_yaml == "{}" ? yaml : yaml + "    " + service_yaml + "\n";
}

ProcessResult run_compose(const std::vector<std::string>& compose, const std::string& image,
                          const std::string& service_yaml, const ProcessRequest& request,
                          const std::string& output_inside) {
  const std::filesystem::path file = request.output_folder / "compose.yaml";
  std::ofstream(file) << compose_yaml(image, service_yaml, request, output_inside);
  const std::string project = fmt::format("cuparity-access-{}", getpid());
  ChildProcess down;
  down.command = words_of(compose, file, project, {"down", "--timeout", "1"});
  ChildProcess run;
  run.command = words_of(compose, file, project, {"run", "--rm", "-T", "probe"});
  run.time_limit = request.time_limit;
  run.before_kill = [&] { run_process(down); };
  ProcessResult result = run_process(run);
  run_process(down);
  return result;
}

}  // namespace cuparity
