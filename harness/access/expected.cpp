#include "harness/access/expected.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <optional>

#include "environment/text_file.hpp"
#include "harness/access/gpu_request.hpp"

namespace cuparity {
namespace {

constexpr const char* no_gpu = "this host has no GPU";
/// Device drivers of Docker 29.2 and newer that go one way without falling back (daemon/devices_nvidia_linux.go).
constexpr const char* driver_cdi = "nvidia.cdi";
constexpr const char* driver_hook = "nvidia.runtime-hook";

/// What Docker's NVIDIA device driver answers to; another capability selects no driver.
bool is_known_capability(const std::string& name) {
  static const std::set<std::string> known = {"gpu",      "nvidia", "compute", "compat32", "graphics",
                                              "utility",  "video",  "display", "ngx"};
  return known.count(name) > 0;
}

class Rules {
 public:
  Rules(const AccessEngine& engine, const AccessHost& host)
      : engine_(engine), host_(host), version_(major_minor(engine.version)) {}

  Expected of(const AccessMode& mode) const {
    const GpuRequest request = gpu_request(mode);
    Expected expected = asked_for(mode, request);
    expected.stand_in = std::count(request.device_paths.begin(), request.device_paths.end(), host_.stand_in) > 0;
    if (expected.start != Start::starts) return expected;
    expected.may_not_start = request.host_namespaces;
    if (request.privileged) open(expected, "--privileged gives every device of the host");
    else if (!request.cgroup_rules.empty()) open(expected, "--device-cgroup-rule opens devices that were not given");
    else if (const std::string node = node_beside(request, expected); !node.empty())
      open(expected, fmt::format("--device gives {} beside the GPUs that were asked for", node));
    return expected;
  }

 private:
  static void open(Expected& expected, const std::string& why) {
    expected.open = expected.may_not_start = true;
    expected.rule += "; " + why;
  }

  /// The node of a GPU that is given by its path while other GPUs were asked for by another way.
  std::string node_beside(const GpuRequest& request, const Expected& expected) const {
    for (const HostGpu& gpu : host_.gpus) {
      const std::string node = fmt::format("/dev/nvidia{}", gpu.minor);
      if (std::count(request.device_paths.begin(), request.device_paths.end(), node) > 0 &&
          std::count(expected.gpus.begin(), expected.gpus.end(), gpu.uuid) == 0)
        return node;
    }
    return "";
  }

  /// libcuda itself, or a folder above it.
  bool mounts_driver(const GpuRequest& request) const {
    return std::any_of(request.mounted.begin(), request.mounted.end(), [&](std::string path) {
      while (path.size() > 1 && path.back() == '/') path.pop_back();
      return path.find("libcuda.so") != std::string::npos || host_.driver_library.rfind(path + "/", 0) == 0;
    });
  }

  static Expected none(const std::string& rule) {
    Expected expected;
    expected.rule = rule;
    return expected;
  }
  static Expected refuse(const std::string& rule) {
    Expected expected = none(rule);
    expected.start = Start::refused;
    return expected;
  }
  static Expected unavailable(const std::string& why) {
    Expected expected = none(why);
    expected.start = Start::unavailable;
    return expected;
  }
  Expected gpus(std::vector<std::string> uuids, const std::string& rule, std::set<std::string> paths) const {
    Expected expected = none(rule);
    expected.gpus = std::move(uuids);
    expected.paths = std::move(paths);
    return expected;
  }

  Expected asked_for(const AccessMode& mode, const GpuRequest& request) const {
    if (mode.engine == EngineKind::native) return gpus(all(), "a process of the host sees every GPU", {"native"});
    if (mode.request == RequestKind::manual) {
      if (host_.gpus.empty()) return unavailable(no_gpu);
      if (host_.library_words.empty()) return unavailable("the driver's libraries were not found on this host");
      return gpus(all(), "every node and the driver's libraries are mapped by hand", {"manual"});
    }
    if (request.gpus) return engine_.name == "podman" ? podman_gpus(*request.gpus) : docker_gpus(*request.gpus, request);
    if (!request.cdi_names.empty()) return cdi(request.cdi_names);
    if (!request.runtime.empty() && request.runtime != "runc" && request.runtime != "crun") return runtime(request);
    if (request.nvidia_visible_devices)
      return none("NVIDIA_VISIBLE_DEVICES alone does nothing without the NVIDIA runtime");
    return device_paths(request);
  }

  Expected device_paths(const GpuRequest& request) const {
    Expected expected = none("no GPU is asked for");
    for (const HostGpu& gpu : host_.gpus) {
      const std::string node = fmt::format("/dev/nvidia{}", gpu.minor);
      if (std::count(request.device_paths.begin(), request.device_paths.end(), node) > 0)
        expected.gpus.push_back(gpu.uuid);
    }
    if (expected.gpus.empty()) return expected;
    expected.nvml = expected.cuda = mounts_driver(request);
    expected.rule = "nodes mapped by hand";
    expected.paths = {"manual"};
    return expected;
  }

  Expected docker_gpus(const GpusFlag& flag, const GpuRequest& request) const {
    for (const std::string& name : flag.capabilities)
      if (!is_known_capability(name))
        return refuse(fmt::format("no device driver of Docker has the capability '{}'", name));
    if (flag.count && !flag.devices.empty()) return refuse("a count and device IDs exclude each other");
    if (version_ < MajorMinor{19, 3}) return unavailable("--gpus came with Docker 19.03");
    const bool names_way = flag.driver == driver_cdi || flag.driver == driver_hook;
    if (names_way && version_ < MajorMinor{29, 2})
      return refuse(fmt::format("Docker has the device driver '{}' from 29.2 on", flag.driver));
    const bool by_cdi = flag.driver != driver_hook && version_ >= MajorMinor{29, 2} && engine_.cdi_hook &&
                        !engine_.cdi_names.empty();
    std::optional<std::vector<std::string>> chosen = flag.count ? first(*flag.count) : named(flag.devices);
    if (!chosen) return refuse(fmt::format("this host has no such GPU; it has {}", host_.gpus.size()));
    if (flag.driver == driver_cdi && !by_cdi)
      return unavailable("nvidia-cdi-hook is not on the Docker daemon's PATH, or no CDI specification is here");
    if (!engine_.legacy_hook && !by_cdi)
      return unavailable(
          "the NVIDIA Container Toolkit's hook is not on the Docker daemon's PATH, so --gpus is refused");
    if (flag.count == -1 && host_.gpus.empty()) return unavailable(no_gpu);
    if (flag.count == 0) return none("--gpus 0 gives no GPU");
    Expected expected =
        gpus(*chosen,
             by_cdi ? "from Docker 29.2 on --gpus goes through CDI where a specification resolves the name, which "
                      "ignores driver capabilities"
                    : "--gpus through the legacy hook",
             by_cdi ? std::set<std::string>{"cdi", "legacy"} : std::set<std::string>{"legacy", "runtime"});
    if (names_way) expected.paths = {by_cdi ? "cdi" : "legacy"};
    expected.mig_uuid = asked_mig(flag.devices);
    if (by_cdi) return expected;
    // Docker hands capabilities on only where it chose the driver by them; they come after the variable of --env.
    if (flag.driver.empty() && names_libraries(flag.capabilities))
      choose_libraries(expected, flag.capabilities);
    else if (request.driver_capabilities)
      choose_libraries(expected, environment::split(*request.driver_capabilities, ','));
    if (!flag.driver.empty() && !flag.capabilities.empty())
      expected.rule += ", which learns nothing of capabilities where the driver is named";
    return expected;
  }

  static bool names_libraries(const std::vector<std::string>& capabilities) {
    return std::any_of(capabilities.begin(), capabilities.end(),
                       [](const std::string& name) { return name == "compute" || name == "utility"; });
  }

  /// compute brings libcuda, utility brings NVML; naming neither gives the default, which is both.
  static void choose_libraries(Expected& expected, const std::vector<std::string>& capabilities) {
    const auto has = [&](const char* name) {
      return std::count(capabilities.begin(), capabilities.end(), name) > 0;
    };
    if (!names_libraries(capabilities)) return;
    expected.cuda = has("compute");
    expected.nvml = has("utility");
  }

  Expected podman_gpus(const GpusFlag& flag) const {
    if (version_ < MajorMinor{3, 3}) return unavailable("this Podman does not know --gpus");
    if (version_ < MajorMinor{5, 0}) return none("before Podman 5 --gpus is accepted and does nothing");
    Expected expected = cdi({"nvidia.com/gpu=" + flag.text});
    expected.rule += "; in Podman 5 the value of --gpus is a CDI name, so a number is an index";
    return expected;
  }

  Expected cdi(const std::vector<std::string>& names) const {
    std::vector<std::string> uuids;
    std::string mig;
    for (const std::string& name : names) {
      const std::string device = name.substr(name.find('=') + 1);
      if (name.rfind("nvidia.com/gpu=", 0) != 0) return refuse(fmt::format("no specification resolves {}", name));
      const auto chosen = device == "all" ? std::optional(all()) : named({device});
      if (!chosen) return refuse(fmt::format("no specification can resolve {}: there is no such GPU", name));
      uuids.insert(uuids.end(), chosen->begin(), chosen->end());
      if (mig.empty()) mig = asked_mig({device});
    }
    if (host_.gpus.empty()) return unavailable(no_gpu);
    if (engine_.name == "docker" && version_ < MajorMinor{25, 0}) return unavailable("CDI came with Docker 25.0");
    if (engine_.name == "podman" && version_ < MajorMinor{3, 2}) return unavailable("CDI came with Podman 3.2");
    if (!engine_.cdi) return unavailable("CDI is off in this engine (feature cdi, on from Docker 28.2)");
    for (const std::string& name : names) {
      if (engine_.cdi_names.count(name) == 0)
        return unavailable(fmt::format(
            "no CDI specification here names {}; 'cuparity doctor' says how one is written", name));
    }
    Expected expected = gpus(uuids, "CDI: the specification decides", {"cdi"});
    expected.mig_uuid = mig;
    return expected;
  }

  Expected runtime(const GpuRequest& request) const {
    if (request.runtime != "nvidia") return unavailable(fmt::format("runtime '{}' is not judged", request.runtime));
    if (!engine_.nvidia_runtime) return unavailable("the runtime nvidia is not registered with this engine");
    const std::string value = request.nvidia_visible_devices.value_or("");
    if (value.empty() || value == "void") return none("void or empty: no GPU, no driver library");
    if (value == "none") return none("none: driver libraries, no GPU");
    const auto chosen = value == "all" ? std::optional(all()) : named(environment::split(value, ','));
    if (!chosen) return refuse(fmt::format("this host has no such GPU; it has {}", host_.gpus.size()));
    if (host_.gpus.empty()) return unavailable(no_gpu);
    Expected expected = gpus(*chosen, "the NVIDIA runtime reads NVIDIA_VISIBLE_DEVICES", {});
    expected.mig_uuid = asked_mig(environment::split(value, ','));
    // From 1.18 on the runtime makes a CDI specification by itself, unless it is told not to; that ignores driver
    // capabilities.
    const bool legacy = engine_.runtime_mode == "legacy" || major_minor(engine_.toolkit_version) < MajorMinor{1, 18};
    if (request.driver_capabilities && legacy)
      choose_libraries(expected, environment::split(*request.driver_capabilities, ','));
    return expected;
  }

  std::vector<std::string> all() const { return first(-1).value(); }

  std::optional<std::vector<std::string>> first(int count) const {
    if (count > static_cast<int>(host_.gpus.size())) return std::nullopt;
    std::vector<std::string> uuids;
    for (const HostGpu& gpu : host_.gpus)
      if (count < 0 || static_cast<int>(uuids.size()) < count) uuids.push_back(gpu.uuid);
    return uuids;
  }

  /// Nothing where one of the names is no GPU of this host.
  std::optional<std::vector<std::string>> named(const std::vector<std::string>& names) const {
    std::vector<std::string> uuids;
    for (const std::string& name : names) {
      const auto found = std::find_if(host_.gpus.begin(), host_.gpus.end(), [&](const HostGpu& gpu) {
        const auto& migs = gpu.mig_uuids;
        return name == gpu.uuid || name == std::to_string(gpu.index) ||
               std::find(migs.begin(), migs.end(), name) != migs.end();
      });
      if (found == host_.gpus.end()) return std::nullopt;
      uuids.push_back(found->uuid);
    }
    return uuids;
  }

  static std::string asked_mig(const std::vector<std::string>& names) {
    const auto found = std::find_if(names.begin(), names.end(),
                                    [](const std::string& name) { return name.rfind("MIG-", 0) == 0; });
    return found == names.end() ? "" : *found;
  }

  const AccessEngine& engine_;
  const AccessHost& host_;
  MajorMinor version_;
};

}  // namespace

Expected expected(const AccessMode& mode, const AccessEngine& engine, const AccessHost& host) {
  return Rules(engine, host).of(mode);
}

MajorMinor major_minor(const std::string& version) {
  MajorMinor number;
  std::sscanf(version.c_str(), "%d.%d", &number.major, &number.minor);
  return number;
}

}  // namespace cuparity
