#include "harness/doctor/gather.hpp"

#include <unistd.h>

#include "environment/container.hpp"
#include "environment/text_file.hpp"
#include "harness/engine/process.hpp"
#include "harness/errors.hpp"

namespace cuparity {

namespace fs = std::filesystem;

CommandResult run_command(const std::vector<std::string>& command, std::chrono::milliseconds time_limit,
                          const std::function<bool()>& stop_requested) {
  if (stop_requested && stop_requested()) return {-1, false, "", true};
  try {
    ChildProcess child;
    child.command = command;
    child.time_limit = time_limit;
    child.stop_requested = stop_requested;
    child.output_tail_bytes = 1 << 20;  // `docker info` of Docker 25 on has 3 KiB for each runtime
    const ProcessResult result = run_process(child);
    return {result.exit_code, result.timed_out, result.standard_error, result.interrupted};
  } catch (const std::exception& error) {
    return {127, false, error.what()};
  }
}

Sources machine_sources(const std::string& image, const std::vector<AccessMode>& modes,
                        const std::function<bool()>& stop_requested) {
  Sources sources;
  sources.variables = environment::read_variables();
  sources.run = [stop_requested](const std::vector<std::string>& command, std::chrono::milliseconds time_limit) {
    return run_command(command, time_limit, stop_requested);
  };
  sources.clean_up = [](const std::vector<std::string>& command, std::chrono::milliseconds time_limit) {
    return run_command(command, time_limit);
  };
  sources.stop_requested = stop_requested;
  std::error_code error;
  const fs::path self = fs::read_symlink("/proc/self/exe", error);
  if (!error) sources.look_command = {self.string(), "doctor", "--look-at"};
  sources.image = image;
  sources.modes = modes;
  return sources;
}

Probe gather_probe(const Sources& sources) {
  Probe probe;
  probe.cuparity_version = CUPARITY_VERSION;
  for (const auto part : {gather_machine, gather_driver, gather_looks}) {
    part(sources, probe);
    stop_where_asked(sources);
  }
  if (probe.inside.container != "none" && find_program(sources, "docker").empty() &&
      find_program(sources, "podman").empty()) {
    probe.not_looked.push_back(
        "engine, toolkit and images: this is the inside of a container; run cuparity doctor on "
        "the host for them");
    return probe;
  }
  for (const auto part : {gather_engines, gather_toolkit, gather_cdi, gather_images, gather_access}) {
    part(sources, probe);
    stop_where_asked(sources);
  }
  return probe;
}

void stop_where_asked(const Sources& sources) {
  if (sources.stop_requested && sources.stop_requested())
    throw StoppedByUser("stopped by the user; nothing was changed, and no container is left");
}

std::string find_program(const Sources& sources, const std::string& program) {
  const auto path = sources.variables.find("PATH");
  std::string folders = path == sources.variables.end() ? "/usr/local/bin:/usr/bin:/bin" : path->second;
  folders += ":/usr/sbin:/sbin:/usr/local/sbin";  // a user's PATH often lacks them
  for (const std::string& folder : environment::split(folders, ':')) {
    const fs::path file = fs::path(folder) / program;
    const fs::path seen = sources.root / file.relative_path();
    std::error_code error;
    if (fs::is_regular_file(seen, error) && access(seen.c_str(), X_OK) == 0) return file.string();
  }
  return "";
}

nlohmann::json last_json(const std::string& output) {
  nlohmann::json found;
  for (const std::string& line : environment::split(output, '\n')) {
    if (!line.starts_with('{')) continue;
    nlohmann::json parsed = nlohmann::json::parse(line, nullptr, false);
    if (!parsed.is_discarded()) found = std::move(parsed);
  }
  return found;
}

}  // namespace cuparity
