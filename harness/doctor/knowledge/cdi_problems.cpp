// CDI: specifications that are missing, out of date, unreadable for this engine, or asked wrongly.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "harness/doctor/checks/checks.hpp"
#include "harness/doctor/knowledge/cdi_specs.hpp"
#include "harness/doctor/knowledge/known_problem.hpp"
#include "harness/doctor/knowledge/questions.hpp"

namespace cuparity {
namespace {

Sign feature_off(const Probe& probe) {
  const EngineFacts* docker = working_docker(probe);
  if (!docker) return {};
  const std::string& version = docker->server_version;
  const std::string& feature = probe.toolkit.cdi_feature;
  const bool by_default = version_at_least(version, 28, 2);
  const bool on = version_at_least(version, 25, 0) &&
                  (!docker->cdi_folders.empty() || (by_default ? feature != "false" : feature == "true"));
  const std::string seen = fmt::format("docker version {}; daemon.json features.cdi: {}", version,
                                       feature.empty() ? "not set" : feature);
  return on ? absent(seen) : present(seen);
}

/// Before 25.0 there is nothing to switch on.
std::vector<std::string> without_cdi(const Probe& probe) {
  const EngineFacts* docker = working_docker(probe);
  if (!docker || !version_below(docker->server_version, 25, 0)) return {};
  return {"docker run --gpus all …  # this Docker's own way", "or update Docker to 28.2 or newer, where CDI is on by default"};
}

/// Docker reads its cdi-spec-dirs alone, where they are set; nullptr: it reads all that are for the GPUs, or says nothing.
const CdiSpec* first_not_read(const Probe& probe) {
  const EngineFacts* docker = working_docker(probe);
  if (!docker || docker->cdi_folders.empty()) return nullptr;
  const auto without_var = [](std::string folder) { return folder.starts_with("/var/run/") ? folder.substr(4) : folder; };
  for (const CdiSpec& spec : probe.cdi) {
    const std::string folder = without_var(std::filesystem::path(spec.path).parent_path());
    const bool read = std::any_of(docker->cdi_folders.begin(), docker->cdi_folders.end(),
                                  [&](const std::string& each) { return without_var(each) == folder; });
    if (is_for_gpus(spec) && spec.failure.empty() && !read) return &spec;
  }
  return nullptr;
}

const CdiSpec* first_with_unknown_field(const Probe& probe) {
  for (const CdiSpec& spec : probe.cdi) {
    if (is_for_gpus(spec) && !spec.unknown_fields.empty()) return &spec;
  }
  return nullptr;
}

/// Why a device that a file names is none for the engine, as evidence; empty: nothing is seen of it.
std::string why_passed_over(const Probe& probe) {
  if (const std::vector<std::string> conflicts = conflicting_devices(probe); !conflicts.empty())
    return "two files of one folder define the same device, which drops it: " + listed(conflicts, 2);
  if (const CdiSpec* spec = first_with_unknown_field(probe))
    return spec->path + " has a field that CDI does not know: " + listed(spec->unknown_fields, 3);
  if (const CdiSpec* spec = first_not_read(probe))
    return spec->path + " is in no folder that Docker reads: " + listed(working_docker(probe)->cdi_folders, 3);
  return "";
}

std::vector<std::string> have_it_read(const Probe& probe) {
  for (const CdiSpec& spec : probe.cdi) {
    const bool shares = is_for_gpus(spec) && std::any_of(probe.cdi.begin(), probe.cdi.end(), [&](const CdiSpec& other) {
      const auto folder = [](const CdiSpec& each) { return std::filesystem::path(each.path).parent_path(); };
      return &other != &spec && is_for_gpus(other) && folder(other) == folder(spec);
    });
    if (shares && !conflicting_devices(probe).empty() && !spec.path.ends_with("/nvidia.yaml"))
      return {"sudo mv " + spec.path + " " + spec.path + ".old  # or the other of the two", "nvidia-ctk cdi list"};
  }
  if (const CdiSpec* spec = first_with_unknown_field(probe)) return write_anew(*spec);
  if (const CdiSpec* spec = first_not_read(probe)) {
    const std::string folder = working_docker(probe)->cdi_folders.back();
    return {fmt::format("sudo mkdir -p {0} && sudo nvidia-ctk cdi generate --output={0}/nvidia.yaml", folder),
            "or take cdi-spec-dirs out of daemon.json, then: " + restart_docker(probe) + "  # " + spec->path + " is then read"};
  }
  return {};
}

Sign no_such_name(const Probe& probe) {
  if (in_container(probe)) return {};
  if (const std::string why = why_passed_over(probe); !why.empty()) return present(why);
  std::vector<std::string> names;
  for (const CdiSpec& spec : probe.cdi) {
    if (!spec.failure.empty()) return present(spec.path + ": " + spec.failure);
    for (const std::string& device : spec.devices) names.push_back(spec.kind + "=" + device);
  }
  return {Sign::Says::nothing, names.empty() ? "no CDI specification is there" : "offered: " + listed(names, 8)};
}

/// The specifications that an engine uses.
std::vector<const CdiSpec*> used(const Probe& probe) {
  std::vector<const CdiSpec*> specs;
  for (const CdiSpec& spec : probe.cdi) {
    if (shadowed_by(probe, spec).empty()) specs.push_back(&spec);
  }
  return specs;
}

/// Those of the GPUs first: what another tool wrote is rarely meant.
const CdiSpec* first_used(const Probe& probe, bool (*holds)(const Probe&, const CdiSpec&)) {
  const CdiSpec* foreign = nullptr;
  for (const CdiSpec* spec : used(probe)) {
    if (!holds(probe, *spec)) continue;
    if (is_for_gpus(*spec)) return spec;
    if (!foreign) foreign = spec;
  }
  return foreign;
}

const CdiSpec* first_stale(const Probe& probe) {
  return first_used(probe, [](const Probe& here, const CdiSpec& spec) { return !staleness(here, spec).empty(); });
}

const CdiSpec* first_without_hook(const Probe& probe) {
  return first_used(probe, [](const Probe&, const CdiSpec& spec) { return !spec.missing_hooks.empty(); });
}

const CdiSpec* first_without_gl(const Probe& probe) {
  for (const CdiSpec* spec : used(probe)) {
    if (spec->kind == "nvidia.com/gpu" && !spec->driver_versions.empty() && !spec->gl_libraries) return spec;
  }
  return nullptr;
}

Sign stale(const Probe& probe) {
  const CdiSpec* spec = in_container(probe) ? nullptr : first_stale(probe);
  return spec && is_for_gpus(*spec) ? present(spec->path + ": " + staleness(probe, *spec)) : Sign{};
}

Sign conflicting(const Probe& probe) {
  const std::vector<std::string> conflicts = in_container(probe) ? std::vector<std::string>{} : conflicting_devices(probe);
  return present_if(!conflicts.empty(), listed(conflicts, 3));
}

Sign hook_gone(const Probe& probe) {
  const CdiSpec* spec = first_without_hook(probe);
  return spec && is_for_gpus(*spec) ? present(spec->path + " calls " + listed(spec->missing_hooks, 4)) : Sign{};
}

// Nothing where no specification is the culprit: then the table's fix counts.

std::vector<std::string> refresh_stale(const Probe& probe) {
  const CdiSpec* spec = first_stale(probe);
  return spec ? write_anew(*spec) : std::vector<std::string>{};
}

std::vector<std::string> refresh_without_hook(const Probe& probe) {
  const CdiSpec* spec = first_without_hook(probe);
  return spec ? bring_hook_back(*spec) : std::vector<std::string>{};
}

std::vector<std::string> refresh_without_gl(const Probe& probe) {
  const CdiSpec* spec = first_without_gl(probe);
  return spec ? followed_by({"update nvidia-container-toolkit to 1.20 or newer"}, write_anew(*spec))
              : std::vector<std::string>{};
}

/// One of the GPUs that is stale or unreadable is written over; where there is none, one is written.
std::vector<std::string> make_resolvable(const Probe& probe) {
  if (in_container(probe)) return {};
  if (const std::vector<std::string> read = have_it_read(probe); !read.empty()) return read;
  bool any = false;
  std::vector<std::string> steps;
  for (const CdiSpec* spec : used(probe)) {
    if (is_for_gpus(*spec) && (!spec->failure.empty() || !staleness(probe, *spec).empty())) return write_anew(*spec);
    any = any || is_for_gpus(*spec);
    if (!spec->failure.empty()) steps.push_back(write_anew(*spec).front());  // it may be meant for the GPUs
  }
  return any ? steps : followed_by(std::move(steps), write_first(probe));
}

Sign field_too_new(const Probe& probe) {
  for (const CdiSpec& spec : probe.cdi) {
    if (!spec.unknown_fields.empty()) {
      return present(spec.path + " has fields that CDI does not know: " + listed(spec.unknown_fields, 4));
    }
    if (!spec.host_path_of_node) continue;
    const EngineFacts* podman = find_engine(probe, "podman");
    if (version_below(spec.version, 0, 5)) {
      return present(fmt::format("{} says cdiVersion {}, which has no hostPath for a device node", spec.path,
                                 spec.version));
    }
    if (podman && version_below(podman->client_version, 4, 2)) {
      return present(fmt::format("{} (cdiVersion {}) has hostPath; podman is {}", spec.path, spec.version,
                                 podman->client_version));
    }
  }
  return {};
}

Sign written_after_start(const Probe& probe) {
  for (const CdiSpec& spec : probe.cdi) {
    if (spec.newer_than_daemon && spec.failure.empty() && is_for_gpus(spec)) return present(spec.path + " was written after dockerd was started");
  }
  return {};
}

Sign first_jit_cdi(const Probe& probe) {
  const std::string& version = probe.toolkit.runtime_version;
  if (version.empty()) return {};
  return version_at_least(version, 1, 18, 0) && version_below(version, 1, 18, 2)
             ? present("nvidia-container-runtime " + version)
             : absent("nvidia-container-runtime " + version);
}

Sign no_gl(const Probe& probe) {
  const CdiSpec* spec = first_without_gl(probe);
  return present_if(spec && version_below(probe.toolkit.version, 1, 20) && probe.os.find("Debian") != std::string::npos,
                    spec ? fmt::format("{} mounts no libnvidia-glcore; toolkit {}", spec->path, probe.toolkit.version) : "");
}

}  // namespace

const KnownProblems& cdi_problems() {
  const auto after = [](std::vector<std::string> steps) { return followed_by(std::move(steps), write_somewhere()); };
  static const KnownProblems table = {
      {.id = "cdi-driver-not-enabled",
       .where = "engine-start",
       .summary = "This Docker does not use CDI",
       .cause = "CDI came to Docker with 25.0, has to be switched on before 28.2, and may have been switched off.",
       .check = "docker version; docker info --format '{{json .CDISpecDirs}}': empty means this",
       .fix = {"in /etc/docker/daemon.json: {\"features\": {\"cdi\": true}}, then: sudo systemctl restart docker",
               "before 25.0: update Docker, or ask with --gpus all"},
       .fix_here = without_cdi,
       .texts = {{"could not select device driver cdi*"}},
       .sign = feature_off,
       .source = "NVIDIA/nvidia-container-toolkit#434; NixOS/nixpkgs#305312"},
      {.id = "cdi-name-taken-for-a-file",
       .where = "engine-start",
       .summary = "The engine took the CDI name for a file in /dev",
       .cause = "It is too old for CDI (Docker before 25.0), or CDI is off, or no specification is there (Podman).",
       .check = "docker version below 25.0, or podman with no file in /etc/cdi and /var/run/cdi: this",
       .fix = after({"Docker before 25.0: ask with --gpus all, or update"}),
       .texts = {{"error gathering device information", "nvidia.com/*|/gpu=*"}, {"stat nvidia.com/*|stat*/gpu=*", "no such file or directory"},
                 {"is not an absolute path|invalid device|bad format", "nvidia.com/*"}},
       .sign = feature_off,
       .source = "seen with Docker 20.10 and Podman 4.3"},
      {.id = "cdi-unresolvable-docker",
       .where = "engine-start",
       .summary = "No CDI specification that the engine reads defines this device",
       .cause = "The specification is missing, names other devices, or was passed over because it can't be read.",
       .check = "nvidia-ctk cdi list, or docker info: Discovered Devices: the name must be in it",
       .fix = after({"nvidia-ctk cdi list  # use one of its names; where it has none:"}),
       .fix_here = make_resolvable,
       .texts = {{"unresolvable cdi device*", "!runtime.nvidia.com*", "!management.nvidia.com*"}},
       .sign = no_such_name,
       .source = "moby/moby#47633"},
      {.id = "cdi-not-generated-before-docker",
       .where = "engine-start",
       .severity = Severity::warning,
       .unasked = Severity::info,
       .summary = "The CDI specification is written after the engine starts its containers",
       .cause = "At boot, containers with a restart policy start before the service that writes /var/run/cdi.",
       .check = "it works after a manual restart, and ls -lt --full-time /var/run/cdi is later than systemctl show "
                "-p ActiveEnterTimestamp docker: this",
       .fix = {"sudo systemctl edit docker  # add: [Unit], After=nvidia-cdi-refresh.service, Wants=nvidia-cdi-refresh.service"},
       // "setting up CDI devices" are Podman's words, which has no daemon that starts too early.
       .texts = {{"unresolvable cdi device*", "!runtime.nvidia.com*", "!management.nvidia.com*", "!setting up cdi devices"},
                 {"cdi*", "boot*|reboot*", "before*docker*|restart*|order*"}},
       .hints = {"boot*|reboot*", "manual*restart*|restart*work*|works after*"},
       .sign = written_after_start,
       .source = "NixOS/nixpkgs#353059"},
      {.id = "jit-cdi-unresolvable",
       .where = "engine-start",
       .unasked = Severity::warning,
       .summary = "Toolkit 1.18.0 and 1.18.1 fail to make their CDI specification in memory",
       .cause = "Their new default mode jit-cdi can't describe this machine (vendor runtime.nvidia.com).",
       .check = "nvidia-container-runtime --version: 1.18.0 or 1.18.1 means this",
       .fix = {"update nvidia-container-toolkit to 1.18.2 or newer",
               "or: sudo nvidia-ctk config --set nvidia-container-runtime.mode=legacy --in-place"},
       .texts = {{"runtime.nvidia.com/*", "unresolvable*|failed to inject*|inject*failed*"}},
       .sign = first_jit_cdi,
       .source = "NVIDIA/nvidia-container-toolkit#1537"},
      {.id = "gpu-operator-management-cdi",
       .where = "engine-start",
       .summary = "The GPU operator's management CDI specification is missing or out of date",
       .cause = "The GPUs of the node changed, or the toolkit's pod did not write /var/run/cdi anew.",
       .check = "grep -l management.nvidia.com /var/run/cdi/*, and compare its UUIDs with nvidia-smi -L",
       .fix = {"kubectl -n gpu-operator rollout restart daemonset nvidia-container-toolkit-daemonset"},
       .texts = {{"management.nvidia.com/*"}},
       .source = "NVIDIA/nvidia-container-toolkit#1239"},
      {.id = "cdi-schema-hostpath",
       .where = "engine-start",
       .unasked = Severity::warning,
       .without_gpu = true,
       .summary = "The engine does not know a field of the CDI specification",
       .cause = "The specification was written for a newer CDI (hostPath of a device node: 0.5.0) than the engine's "
                "library reads, or has a field that no version knows; the whole file is then passed over.",
       .check = "grep cdiVersion /etc/cdi/* /var/run/cdi/*: 0.5.0 or newer with an old Podman or containerd: this",
       .fix = {"update the engine", "or write the specification with a toolkit of the engine's age"},
       .texts = {{"unknown field hostpath*"}, {"unknown field*", "cdi*"}},
       .sign = field_too_new,
       .source = "NVIDIA/nvidia-container-toolkit#38"},
      {.id = "cdi-stale-missing-lib",
       .where = "engine-start",
       .unasked = Severity::warning,
       .without_gpu = true,
       .summary = "The CDI specification is out of date: what it names is no longer there",
       .cause = "The driver or the GPUs changed after the specification was written: containers that use it fail "
                "to start.",
       .check = "ls the file of the message on the host: not there means this; grep 'libcuda.so' in the "
                "specification against /proc/driver/nvidia/version. A file in /var/run/cdi wins over one in /etc/cdi",
       .fix = after({}),
       .fix_here = refresh_stale,
       .texts = {{"cannot stat*|stat*|error mounting*|failed to mount*|failed to fulfil mount*|bind source path*|not a directory*|lstat*", "libnvidia-*|libcuda*|libnv*|nvidia-smi*|nvidia/*",
                  "no such file or directory|not found|does not exist", "!compat/*", "!nvidia-container-cli*",
                  "!error while loading*", "!cannot open shared object*", "!executable file*"},
                 {"cdi*|failed to inject*|lstat*|adding linux device*|failed to stat*", "/dev/*",
                  "no such file or directory|not a device node", "!nvidia.com/gpu=*such file*", "!fork/exec*", "!docker.sock*"}},
       .sign = stale,
       .source = "NVIDIA/nvidia-container-toolkit#692; Igalia/webkit-container-sdk#23"},
      {.id = "cdi-conflicting-device",
       .where = "engine-start",
       .unasked = Severity::warning,
       .without_gpu = true,
       .summary = "Two CDI specifications of one folder define the same device: an engine then has neither",
       .cause = "Only of two folders the later one wins; within one folder CDI drops the device.",
       .check = "grep -l 'kind: nvidia.com/gpu' /etc/cdi/* /var/run/cdi/*: two files of one folder mean this",
       .fix = {"remove one of the two files", "nvidia-ctk cdi list"},
       .texts = {{"conflicting device*", "specs|cdi*"}},
       .sign = conflicting,
       .source = "container-device-interface, pkg/cdi/cache.go"},
      {.id = "cdi-hook-missing",
       .where = "engine-start",
       .unasked = Severity::warning,
       .without_gpu = true,
       .summary = "The CDI specification calls a program that is not there",
       .cause = "The toolkit was removed, moved or installed in part, or the specification comes from another "
                "machine.",
       .check = "ls the program of the message on the host: not there means this",
       .fix = after({"sudo apt-get install nvidia-container-toolkit-base"}),
       .fix_here = refresh_without_hook,
       .texts = {{"fork/exec*|error running hook*|running*hook*|executing hook*|error executing hook*", "no such file or directory|not found|does not exist", "!nvidia-container-cli*",
                  "!nvidia-container-runtime-hook*"},
                 {"nvidia-cdi-hook*|nvidia-ctk*", "no such file or directory|executable file not found*|not found in*"}},
       .sign = hook_gone,
       .source = "void-linux/void-packages#52507"},
      {.id = "cdi-driver-with-count",
       .where = "engine-start",
       .summary = "A CDI request can't have a count",
       .cause = "The compose file names driver: cdi together with count.",
       .check = "docker compose config: driver: cdi with count: this",
       .fix = {"device_ids: [nvidia.com/gpu=0], and no count"},
       .texts = {{"unexpected count in cdi device request"}, {"cdi*", "unexpected count*"}},
       .source = "moby/moby daemon/cdi.go"},
      {.id = "cdi-debian-gl-libs",
       .where = "in-container-driver",
       .severity = Severity::warning,
       .unasked = Severity::info,
       .summary = "OpenGL and Vulkan run on the CPU: the CDI specification lacks the driver's GL libraries",
       .cause = "On Debian, toolkits before 1.20 leave libnvidia-glcore, -eglcore, -glsi and -tls out.",
       .check = "grep glcore /etc/cdi/nvidia.yaml: nothing, and glxinfo or vulkaninfo says llvmpipe: this",
       .fix = after({"update nvidia-container-toolkit to 1.20 or newer"}),
       .fix_here = refresh_without_gl,
       .texts = {{"llvmpipe|softpipe|software render*|lavapipe|swrast", "nvidia*|cdi*|gpu*|container*|opengl|vulkan"},
                 {"libnvidia-glcore*|libnvidia-eglcore*|libnvidia-glsi*", "missing*|no such file*|cannot open*|not found*"}},
       .sign = no_gl,
       .source = "NVIDIA/nvidia-container-toolkit#1908"},
  };
  return table;
}

}  // namespace cuparity
