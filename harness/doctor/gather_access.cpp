// Can a container get the GPU here? Asked by starting one, for a moment, under every mode that makes sense.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "environment/nvidia_driver.hpp"
#include "environment/text_file.hpp"
#include "harness/access/container_folder.hpp"
#include "harness/doctor/gather.hpp"
#include "harness/engine/container.hpp"
#include "harness/engine/engines.hpp"
#include "harness/engine/image_facts.hpp"
#include "harness/engine/last_words.hpp"
#include "harness/errors.hpp"

namespace cuparity {
namespace {

constexpr std::chrono::seconds engine_answer_limit{5};
constexpr std::chrono::seconds container_limit{20};

/// Inside any image: our own program where it is, else nvidia-smi, else the bare nodes.
constexpr const char* look_inside =
    "if [ -x /opt/cuparity/bin/cuparity ]; then exec /opt/cuparity/bin/cuparity doctor --look-at nvml; "
    "elif command -v nvidia-smi >/dev/null; then exec nvidia-smi -L; "
    "else for n in /dev/nvidia[0-9]*; do if [ -e \"$n\" ]; then echo \"node $n\"; fi; done; echo "
    "nodes-listed; fi";

bool has_gpu(const Probe& probe) {
  return !probe.nvml.gpus.empty() || probe.driver.wsl ||
         std::any_of(probe.driver.nodes.begin(), probe.driver.nodes.end(), [](const DeviceNode& node) {
           return !environment::gpu_device_nodes({node.path}).empty();
         });
}

std::vector<AccessMode> modes_here(const Sources& sources, const Probe& probe) {
  if (!sources.modes.empty()) return sources.modes;
  std::vector<AccessMode> modes;
  const std::vector<const char*> requests =
      has_gpu(probe) ? std::vector<const char*>{"--gpus=all", "--device=nvidia.com/gpu=all", "manual"}
                     : std::vector<const char*>{"none"};
  for (const char* engine : {"docker", "podman"}) {
    if (!find_engine(probe, engine)) continue;
    for (const char* request : requests) {
      // Podman before 5.0 takes --gpus and does nothing; its own way is CDI.
      if (std::string(engine) == "podman" && std::string(request) == "--gpus=all") continue;
      modes.push_back(parse_access_mode(fmt::format("{}:{}", engine, request)));
    }
  }
  return modes;
}

void read_inside(const std::string& output, AccessFacts& access) {
  if (const nlohmann::json seen = last_json(output); seen.is_object()) {
    // Through the probe's reader: what an image prints need not be ours.
    const NvmlFacts nvml =
        probe_from_json(
            {{"driver", nlohmann::json::object()}, {"inside", nlohmann::json::object()}, {"nvml", seen}})
            .nvml;
    access.seen_by = "NVML";
    access.failure = nvml.failure;
    for (const GpuFacts& gpu : nvml.gpus) access.uuids.push_back(gpu.uuid);
    access.gpu_count = static_cast<int>(nvml.gpus.size());
    return;
  }
  for (const std::string& line : environment::split(output, '\n')) {
    const auto uuid = line.find("UUID: ");
    if (line.starts_with("GPU ") && uuid != std::string::npos) {
      access.seen_by = "nvidia-smi";
      access.uuids.push_back(line.substr(uuid + 6, line.find(')', uuid) - uuid - 6));
    }
    if (line.starts_with("node ") || line == "nodes-listed") {
      if (access.seen_by.empty()) access.gpu_count = 0;
      access.seen_by = "device nodes";
      access.gpu_count += line.starts_with("node ") ? 1 : 0;
    }
  }
  if (access.seen_by == "nvidia-smi") access.gpu_count = static_cast<int>(access.uuids.size());
  if (access.seen_by.empty()) access.failure = last_words(output);
}

/// Empty, or why no container can be started under `mode`.
std::string obstacle(const Sources& sources, const Probe& probe, const AccessMode& mode) {
  const std::string engine = engine_name(mode.engine);
  switch (obstacle_to(probe, mode.engine)) {
    case Obstacle::no_engine: {
      const EngineFacts* podman = find_engine(probe, "podman");
      return podman && podman->stands_for_docker ? "docker is Podman here (podman-docker): name podman:… instead"
                                                 : engine + " is not installed";
    }
    case Obstacle::no_answer: return engine + " does not answer";
    case Obstacle::no_image: return fmt::format("image {} is not there for {}", sources.image, engine);
    case Obstacle::none: break;
  }
  return "";
}

/// Whatever state it is in, and however the look ended. Returns why it is still there, or nothing.
std::string remove_container(const Sources& sources, const std::string& engine, const std::string& name) {
  sources.clean_up({engine, "kill", name}, engine_answer_limit);  // `podman rm` alone would give it 10 s to end by itself
  const CommandResult result = sources.clean_up({engine, "rm", "--force", name}, engine_answer_limit);
  const bool gone = result.exit_code == 0 || result.output.find("o such container") != std::string::npos;
  return gone ? "" : fmt::format("removing {0} failed: {1}; try {2} rm --force {0}", name, last_words(result.output), engine);
}

/// Fills in what came of a container under `mode`. Throws EnvironmentError where no folder can be made, StoppedByUser.
void start_under(const Sources& sources, const Probe& probe, const AccessMode& mode, AccessFacts& access) {
  const ContainerFolder folder;  // where the engine mounts results; it stays empty
  ContainerRequest request;
  request.name = new_container_name("doctor-");
  request.image = sources.image;
  request.mode = mode;
  request.process.command = {"/bin/sh", "-c", look_inside};
  request.process.output_folder = folder.path();
  const std::string engine = engine_name(mode.engine);
  if (!find_engine(probe, engine)->rootless) request.user = fmt::format("{}:{}", geteuid(), getegid());
  if (mode.request == RequestKind::manual) {
    request.driver_files = find_driver_files(sources.root / "dev", driver_library_folders());
    access.failure = request.driver_files.missing();
    if (!access.failure.empty()) return;
  }
  request.extra_flags = container_flags(mode.engine, sources.variables);
  const ContainerCli cli = mode.engine == EngineKind::podman ? podman_cli() : docker_cli();
  const CommandResult result = sources.run(container_command(cli, request), container_limit);
  const std::string stays = result.timed_out || result.interrupted ? remove_container(sources, engine, request.name) : "";
  if (result.interrupted && !stays.empty()) throw StoppedByUser("stopped by the user; " + stays);
  stop_where_asked(sources);
  if (result.timed_out) {
    access.outcome = "hung";
    access.failure = fmt::format("the container did not end within {} s", container_limit.count());
    return;
  }
  try {
    read_inside(result.output, access);
  } catch (const UsageError& error) {
    access.failure = error.what();
  }
  access.outcome = result.exit_code == 0 && !access.seen_by.empty() ? "ok" : "failed";
}

AccessFacts try_mode(const Sources& sources, const Probe& probe, const AccessMode& mode) {
  AccessFacts access;
  access.mode = mode.text;
  access.failure = obstacle(sources, probe, mode);
  if (!access.failure.empty()) return access;
  try {
    start_under(sources, probe, mode, access);
  } catch (const StoppedByUser&) {
    throw;
  } catch (const EnvironmentError& error) {
    access.failure = error.what();
  }
  return access;
}

/// "sha256:… {"Env": ["NAME=value", …], …}"; from Docker 29 on Env is absent where it is empty.
void read_image(const std::string& words, ImageFact& image) {
  const auto blank = words.find(' ');
  image.id = words.substr(0, blank);
  if (blank == std::string::npos) return;
  const nlohmann::json config = nlohmann::json::parse(words.substr(blank), nullptr, false);
  if (!config.is_object() || !config.contains("Env") || !config["Env"].is_array()) return;
  for (const auto& entry : config["Env"]) {
    const std::string text = entry.is_string() ? entry.get<std::string>() : "";
    const auto equals = text.find('=');
    if (text.starts_with("NVIDIA_") && equals != std::string::npos)
      image.variables[text.substr(0, equals)] = text.substr(equals + 1);
  }
}

}  // namespace

Obstacle obstacle_to(const Probe& probe, EngineKind kind) {
  const EngineFacts* engine = find_engine(probe, engine_name(kind));
  if (!engine) return Obstacle::no_engine;
  if (!engine->answers) return Obstacle::no_answer;
  const bool image_there = std::any_of(probe.images.begin(), probe.images.end(), [&](const ImageFact& image) {
    return image.engine == engine->name && image.present;
  });
  return image_there ? Obstacle::none : Obstacle::no_image;
}

void gather_images(const Sources& sources, Probe& probe) {
  for (const EngineFacts& engine : probe.engines) {
    if (!engine.answers) continue;
    const CommandResult result =
        sources.run({engine.name, "image", "inspect", "--format",
                                              "{{.Id}} {{json .Config}}", sources.image}, engine_answer_limit);
    ImageFact image{engine.name, sources.image, result.exit_code == 0, "", {}};
    if (image.present) read_image(line_with_image_id(result.output), image);
    probe.images.push_back(std::move(image));
  }
}

void gather_access(const Sources& sources, Probe& probe) {
  for (const AccessMode& mode : modes_here(sources, probe)) {
    if (mode.engine == EngineKind::native) continue;  // the doctor itself is native
    probe.access.push_back(try_mode(sources, probe, mode));
    const AccessFacts& access = probe.access.back();
    if (access.outcome == "not looked") {
      probe.not_looked.push_back(
          fmt::format("whether {} gives a container what it asks for: {}", mode.text, access.failure));
    }
  }
}

}  // namespace cuparity
