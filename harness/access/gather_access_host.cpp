#include "harness/access/gather_access_host.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cstdlib>

#include "environment/text_file.hpp"
#include "harness/access/access_probe.hpp"
#include "harness/doctor/gather.hpp"
#include "harness/engine/driver_files.hpp"
#include "harness/engine/last_words.hpp"
#include "harness/engine/process.hpp"
#include "harness/errors.hpp"
#include "harness/access/expected.hpp"

namespace cuparity {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

/// Devices whose opening does nothing, and which no container is given by default.
constexpr const char* harmless_devices[] = {"/dev/fuse", "/dev/loop-control", "/dev/net/tun"};

json ask_probe(const fs::path& folder) {
  ChildProcess child;
  child.command = {(folder / "cuparity-probe").string()};
  child.time_limit = std::chrono::seconds(60);
  child.output_tail_bytes = 1 << 20;
  const ProcessResult result = run_process(child);
  json seen = json::parse(result.standard_error, nullptr, false);
  if (!seen.is_object()) {
    throw EnvironmentError(fmt::format("{} gave no answer on this host (exit code {}): {}", child.command.front(),
                                       result.exit_code, result.standard_error));
  }
  return seen;
}

std::vector<HostGpu> gpus_of(const json& seen) {
  std::vector<HostGpu> gpus;
  for (const json& gpu : seen["nvml"].value("gpus", json::array())) {
    HostGpu& found = gpus.emplace_back();
    found.index = gpu.value("index", 0);
    found.uuid = gpu.value("uuid", "");
    found.pci_bus_id = gpu.value("pci_bus_id", "");
    found.mig_uuids = gpu.value("mig_uuids", std::vector<std::string>{});
    if (gpu.contains("minor") && gpu["minor"].is_number()) found.minor = gpu["minor"];
    else found.minor = found.index;
  }
  return gpus;
}

std::string number_of(const std::string& path) {
  struct stat node = {};
  if (stat(path.c_str(), &node) != 0 || !S_ISCHR(node.st_mode)) return "";
  return fmt::format("{}:{}", major(node.st_rdev), minor(node.st_rdev));
}

void choose_stand_in(AccessHost& host, const std::string& asked) {
  if (!asked.empty()) {
    host.stand_in = asked;
    host.stand_in_number = number_of(asked);
    if (host.stand_in_number.empty())
      throw UsageError(fmt::format("--stand-in {}: not a character device of this host", asked));
    return;
  }
  if (!host.gpus.empty()) return;
  for (const char* path : harmless_devices) {
    if (!number_of(path).empty() && access(path, R_OK | W_OK) == 0) {
      host.stand_in = path;
      host.stand_in_number = number_of(path);
      return;
    }
  }
}

/// `sources` with the PATH on which the NVIDIA hooks must be: that of the daemon, where it can be read.
FoundEngine judge_engine(const EngineFacts& facts, const Sources& sources, const Probe& probe) {
  FoundEngine found;
  AccessEngine& engine = found.engine;
  engine.name = facts.name;
  engine.version = facts.server_version;
  engine.toolkit_version = probe.toolkit.version;
  engine.runtime_mode = probe.toolkit.mode;
  if (!facts.answers) found.failure = fmt::format("{} does not answer: {}", facts.name, facts.failure);
  engine.legacy_hook = !find_program(sources, "nvidia-container-runtime-hook").empty();
  engine.cdi_hook = !find_program(sources, "nvidia-cdi-hook").empty();
  for (const std::string& runtime : facts.runtimes)
    engine.nvidia_runtime = engine.nvidia_runtime || runtime == "nvidia";
  // Podman reads CDI by itself; Docker says which folders it reads, where the feature is on.
  engine.cdi = facts.name == "podman" || !facts.cdi_folders.empty();
  for (const CdiSpec& spec : probe.cdi)
    for (const std::string& device : spec.devices) engine.cdi_names.insert(spec.kind + "=" + device);
  engine.cdi_names.insert(facts.cdi_devices.begin(), facts.cdi_devices.end());
  return found;
}

}  // namespace

AccessHost gather_access_host(const fs::path& probe_folder, const std::string& stand_in) {
  const json seen = ask_probe(probe_folder);
  AccessHost host;
  host.gpus = gpus_of(seen);
  host.driver_version = seen["kernel_driver"].value("version", "");
  host.effective_capabilities = seen["confinement"].value("effective_capabilities", "");
  host.root = geteuid() == 0;
  choose_stand_in(host, stand_in);
  const DriverFiles files = find_driver_files("/dev", driver_library_folders());
  if (files.missing().empty()) {
    host.library_words = library_flags(files);
    host.driver_library = files.libraries.at("libcuda.so.1").string();
  }
  return host;
}

std::vector<FoundEngine> gather_access_engines() {
  Sources sources = machine_sources("", {});
  Probe probe;
  gather_engines(sources, probe);
  gather_toolkit(sources, probe);
  gather_cdi(sources, probe);
  if (const auto daemon = find_daemon(sources); daemon && !daemon->search_path.empty())
    sources.variables["PATH"] = environment::join(daemon->search_path, ":");
  std::vector<FoundEngine> engines;
  for (const EngineFacts& facts : probe.engines)
    if (facts.name == "docker" || facts.name == "podman") engines.push_back(judge_engine(facts, sources, probe));
  return engines;
}

std::vector<FoundCompose> gather_compose() {
  std::vector<FoundCompose> found = {{{"docker", "compose"}, ""}, {{"docker-compose"}, ""}};
  for (FoundCompose& compose : found) {
    std::vector<std::string> words = compose.words;
    words.insert(words.end(), {"version", "--short"});
    const CommandResult result = run_command(words, std::chrono::seconds(10));
    if (result.exit_code != 0) continue;
    const std::string version = last_words(result.output);
    compose.version = !version.empty() && version.front() == 'v' ? version.substr(1) : version;
  }
  return found;
}

}  // namespace cuparity
