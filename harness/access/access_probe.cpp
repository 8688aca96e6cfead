#include "harness/access/access_probe.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include "environment/text_file.hpp"
#include "harness/engine/last_words.hpp"
#include "harness/engine/program_folder.hpp"
#include "harness/errors.hpp"

namespace cuparity {
namespace {

namespace fs = std::filesystem;
constexpr const char* result_name = "probe.json";
/// Three driver questions of at most ten seconds each, and the start of a container.
constexpr std::chrono::seconds time_limit{60};

}  // namespace

fs::path find_probe_folder() {
  const fs::path folder = folder_of_this_program().parent_path() / "probe";
  if (access((folder / "cuparity-probe").c_str(), X_OK) != 0) {
    throw EnvironmentError(
        fmt::format("cuparity-probe is not in {}: build it (cmake --build build/release --target cuparity-probe)",
                    folder.string()));
  }
  return folder;
}

std::vector<std::string> probe_arguments(const AccessHost& host, const ForeignMemory& memory) {
  std::vector<std::string> words;
  for (const HostGpu& gpu : host.gpus) {
    words.push_back("--gpu");
    words.push_back(fmt::format("{},{},{}", gpu.uuid, gpu.pci_bus_id, gpu.minor));
  }
  if (!host.stand_in.empty()) {
    words.insert(words.end(), {"--device", host.stand_in_number, "--path", host.stand_in});
  }
  for (const auto& [uuid, handle] : memory.handles) words.insert(words.end(), {"--ipc", uuid + "," + handle});
  return words;
}

ProcessRequest probe_request(const fs::path& probe_folder, bool container, const fs::path& output_folder,
                             std::vector<std::string> arguments) {
  ProcessRequest request;
  const fs::path folder = container ? fs::path(probe_folder_inside) : probe_folder;
  if (container) {
    request.read_only_folders[probe_folder] = probe_folder_inside;
    request.user = "0:0";
  }
  request.command = {(folder / "cuparity-probe").string()};
  request.command.insert(request.command.end(), arguments.begin(), arguments.end());
  request.output_folder = output_folder;
  request.time_limit = time_limit;
  return request;
}

AccessAttempt read_attempt(const ProcessResult& result, const fs::path& file) {
  AccessAttempt attempt;
  attempt.timed_out = result.timed_out;
  attempt.words = last_words(result.standard_error);
  const auto text = environment::read_text_file(file);
  nlohmann::json json = nlohmann::json::parse(text.value_or(""), nullptr, false);
  if (json.is_object()) attempt.probe = std::move(json);
  std::error_code ignored;
  fs::remove(file, ignored);
  return attempt;
}

AccessAttempt attempt_access(Engine& engine, const AccessMode& mode, const fs::path& probe_folder,
                             const fs::path& folder, const AccessHost& host, const ForeignMemory& memory) {
  ProcessRequest request =
      probe_request(probe_folder, mode.engine != EngineKind::native, folder, probe_arguments(host, memory));
  const std::string out = (engine.output_path(request) / result_name).string();
  request.command.insert(request.command.end(), {"--out", out});
  AccessAttempt attempt = read_attempt(engine.run(request, mode), folder / result_name);
  attempt.no_foreign_memory = memory.obstacle;
  return attempt;
}

}  // namespace cuparity
