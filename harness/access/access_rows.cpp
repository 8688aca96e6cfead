#include "harness/access/access_rows.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "environment/text_file.hpp"
#include "harness/engine/engines.hpp"

namespace cuparity {
namespace {

struct RowTemplate {
  const char* engines;  ///< those that know the request
  const char* name;
  const char* request;             ///< of `docker run`; {index0} {uuid0} {mig0} {minor0} … are filled in
  const char* compose = "";        ///< YAML of the service
  const char* first_compose = "";  ///< version of Compose
};

constexpr const char* bad_uuid = "GPU-00000000-0000-0000-0000-000000000000";

/// {last} is the GPU that a request which always takes the first one would miss.
constexpr RowTemplate rows[] = {
    {"docker podman", "no request", "none"},
    {"docker podman", "NVIDIA_VISIBLE_DEVICES=all alone", "--env NVIDIA_VISIBLE_DEVICES=all"},
    {"docker podman", "--gpus all", "--gpus=all"},
    {"docker podman", "--gpus 0", "--gpus=0"},
    {"docker podman", "--gpus 1", "--gpus=1"},
    {"docker", "--gpus 2", "--gpus={count2}"},
    {"docker", "--gpus device=index", "--gpus=device={index0}"},
    {"docker", "--gpus device=last index", "--gpus=device={last}"},
    {"docker", "--gpus device=UUID", "--gpus=device={uuid0}"},
    {"docker", "--gpus device=two", R"(--gpus='"device={index0},{index1}"')"},
    {"docker", "--gpus device=MIG", "--gpus=device={mig0}"},
    {"docker", "capabilities=utility", "--gpus=device={index0},capabilities=utility"},
    {"docker", "capabilities=compute", "--gpus=device={index0},capabilities=compute"},
    {"docker", "capabilities=compute,utility", R"(--gpus='device={index0},"capabilities=compute,utility"')"},
    // One way in, without falling back to the other.
    {"docker", "--gpus by CDI alone", "--gpus=driver=nvidia.cdi,device={last}"},
    {"docker", "--gpus by the legacy hook", "--gpus=driver=nvidia.runtime-hook,device={last}"},
    {"docker", "legacy hook, capabilities=utility",
     "--gpus=driver=nvidia.runtime-hook,device={index0},capabilities=utility"},
    {"docker", "legacy hook, variable utility",
     "--gpus=driver=nvidia.runtime-hook,device={index0} --env NVIDIA_DRIVER_CAPABILITIES=utility"},
    {"docker", "legacy hook, variable compute",
     "--gpus=driver=nvidia.runtime-hook,device={index0} --env NVIDIA_DRIVER_CAPABILITIES=compute"},
    {"docker", "runtime nvidia, nothing", "--runtime=nvidia --env NVIDIA_VISIBLE_DEVICES="},
    {"docker", "runtime nvidia, void", "--runtime=nvidia --env NVIDIA_VISIBLE_DEVICES=void"},
    {"docker", "runtime nvidia, none", "--runtime=nvidia --env NVIDIA_VISIBLE_DEVICES=none"},
    {"docker", "runtime nvidia, all", "--runtime=nvidia --env NVIDIA_VISIBLE_DEVICES=all"},
    {"docker", "runtime nvidia, index", "--runtime=nvidia --env NVIDIA_VISIBLE_DEVICES={last}"},
    {"docker", "runtime nvidia, UUID", "--runtime=nvidia --env NVIDIA_VISIBLE_DEVICES={uuid0}"},
    {"docker", "runtime nvidia, MIG", "--runtime=nvidia --env NVIDIA_VISIBLE_DEVICES={mig0}"},
    {"docker", "runtime nvidia, utility",
     "--runtime=nvidia --env NVIDIA_VISIBLE_DEVICES={index0} --env NVIDIA_DRIVER_CAPABILITIES=utility"},
    {"docker podman", "CDI all", "--device=nvidia.com/gpu=all"},
    {"docker podman", "CDI index", "--device=nvidia.com/gpu={index0}"},
    {"docker podman", "CDI last index", "--device=nvidia.com/gpu={last}"},
    {"docker podman", "CDI UUID", "--device=nvidia.com/gpu={uuid0}"},
    {"docker podman", "CDI two", "--device=nvidia.com/gpu={index0} --device=nvidia.com/gpu={index1}"},
    {"docker podman", "manual, all", "manual"},
    {"docker podman", "manual, one",
     "--device=/dev/nvidia{minor0} --device=/dev/nvidiactl --device=/dev/nvidia-uvm {libraries}"},
    // A GPU that was not given must stay out of reach where no namespace stands in the way either.
    {"docker", "one GPU, host namespaces", "--ipc=host --pid=host --gpus=device={index0}"},
    {"docker podman", "CDI index, host namespaces", "--ipc=host --pid=host --device=nvidia.com/gpu={index0}"},
    {"docker podman", "manual, one, host namespaces",
     "--ipc=host --pid=host --device=/dev/nvidia{minor0} --device=/dev/nvidiactl --device=/dev/nvidia-uvm {libraries}"},
    {"docker podman", "device without a GPU", "--device={stand-in}"},
    // What must be refused.
    {"docker podman", "--gpus device=99", "--gpus=device=99"},
    {"docker podman", "--gpus 99", "--gpus=99"},
    {"docker podman", "--gpus bad UUID", "--gpus=device={bad-uuid}"},
    {"docker", "unknown capability", "--gpus=all,capabilities=nonsense"},
    {"docker", "runtime nvidia, index 99", "--runtime=nvidia --env NVIDIA_VISIBLE_DEVICES=99"},
    {"docker podman", "CDI index 99", "--device=nvidia.com/gpu=99"},
    {"docker podman", "CDI unresolvable", "--device=example.com/none=0"},
    // What must be reported as open.
    {"docker podman", "privileged", "--privileged"},
    {"docker", "privileged, one GPU", "--privileged --gpus=device={index0}"},
    {"docker podman", "privileged, host namespaces", "--privileged --ipc=host --pid=host {libraries}"},
    {"docker podman", "one GPU, and the other's node",
     "--device=nvidia.com/gpu={index0} --device=/dev/nvidia{minor1}"},
    {"docker podman", "the other's node, host namespaces",
     "--ipc=host --pid=host --device=nvidia.com/gpu={index0} --device=/dev/nvidia{minor1}"},
    {"docker podman", "device rule for GPUs", "--cap-add=MKNOD --device-cgroup-rule='c 195:* rwm' {one-gpu}"},
    {"docker podman", "device rule without a GPU",
     "--cap-add=MKNOD --device-cgroup-rule='c {stand-in-number} rwm'"},
    // Compose, each with what `docker run` would be asked for.
    {"compose", "no request", "none", "{}", "1.0"},
    {"compose", "deploy, count all", "--gpus=all",
     "deploy: {resources: {reservations: {devices: [{driver: nvidia, count: all, capabilities: [gpu]}]}}}", "1.28"},
    {"compose", "deploy, count 1", "--gpus=1",
     "deploy: {resources: {reservations: {devices: [{driver: nvidia, count: 1, capabilities: [gpu]}]}}}", "1.28"},
    {"compose", "deploy, device_ids", "--gpus=device={last}",
     "deploy: {resources: {reservations: {devices: [{driver: nvidia, device_ids: ['{last}'], capabilities: "
     "[gpu]}]}}}",
     "1.28"},
    {"compose", "gpus: all", "--gpus=all", "gpus: all", "2.30"},
    {"compose", "devices: CDI", "--device=nvidia.com/gpu={index0}", "devices: ['nvidia.com/gpu={index0}']", "2.30"},
    {"compose", "runtime nvidia", "--runtime=nvidia --env NVIDIA_VISIBLE_DEVICES={index0}",
     "runtime: nvidia\n    environment: {NVIDIA_VISIBLE_DEVICES: '{index0}'}", "1.0"},
    {"compose", "count and device_ids", "--gpus=count=1,device=0",
     "deploy: {resources: {reservations: {devices: [{driver: nvidia, count: 1, device_ids: ['0'], capabilities: "
     "[gpu]}]}}}",
     "1.28"},
    {"compose", "deploy, device_ids 99", "--gpus=device=99",
     "deploy: {resources: {reservations: {devices: [{driver: nvidia, device_ids: ['99'], capabilities: [gpu]}]}}}",
     "1.28"},
    {"compose", "privileged", "--privileged", "privileged: true", "1.0"},
};

class Filling {
 public:
  explicit Filling(const AccessHost& host) : host_(host) {}

  /// What a placeholder stands for; where this host has none, `obstacle` says what is missing.
  std::string value(const std::string& name) {
    if (name == "bad-uuid") return bad_uuid;
    if (name == "stand-in" || name == "stand-in-number") {
      if (host_.stand_in.empty()) return missing("a stand-in device is used only where there is no GPU");
      return name == "stand-in" ? host_.stand_in : host_.stand_in_number;
    }
    if (name == "libraries") {
      if (host_.library_words.empty()) return missing("the driver's libraries were not found on this host");
      return environment::join(host_.library_words, " ");
    }
    if (name == "one-gpu") {
      // The rule opens the other GPUs, so there must be another.
      const HostGpu* other = gpu(1);
      return other == nullptr ? "" : fmt::format("--device=/dev/nvidia{}", host_.gpus.front().minor);
    }
    return of_gpu(name);
  }
  const std::string& obstacle() const { return obstacle_; }

 private:
  std::string missing(const std::string& why) {
    if (obstacle_.empty()) obstacle_ = why;
    return "";
  }

  const HostGpu* gpu(std::size_t index) {
    if (index < host_.gpus.size()) return &host_.gpus[index];
    missing(fmt::format("needs {} GPU{}, this host has {}", index + 1, index == 0 ? "" : "s", host_.gpus.size()));
    return nullptr;
  }

  std::string of_gpu(const std::string& name) {
    if (name == "mig0") {
      for (const HostGpu& each : host_.gpus)
        if (!each.mig_uuids.empty()) return each.mig_uuids.front();
      return missing("needs a MIG device, this host has none");
    }
    const HostGpu* found = name == "last"                        ? gpu(std::max<std::size_t>(host_.gpus.size(), 1) - 1)
                           : name == "index1" || name == "count2" || name == "minor1" ? gpu(1)
                                                                  : gpu(0);
    if (found == nullptr) return "";
    if (name == "count2") return "2";
    if (name == "uuid0") return found->uuid;
    if (name == "minor0" || name == "minor1") return std::to_string(found->minor);
    return std::to_string(found->index);
  }

  const AccessHost& host_;
  std::string obstacle_;
};

/// {name} of letters, digits and dashes is filled in; YAML's braces are left alone.
std::string fill(const std::string& text, Filling& filling) {
  std::string filled;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::size_t end =
        text[i] == '{' ? text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-", i + 1) : 0;
    if (text[i] == '{' && end != std::string::npos && text[end] == '}' && end > i + 1) {
      filled += filling.value(text.substr(i + 1, end - i - 1));
      i = end;
    } else {
      filled += text[i];
    }
  }
  return filled;
}

AccessRequest request_of(const RowTemplate& row, const std::string& engine, const AccessHost& host) {
  Filling filling(host);
  const std::string program = engine == engine_name(EngineKind::podman) ? engine : engine_name(EngineKind::docker);
  AccessRequest request;
  request.name = row.name;
  const std::string flags = fill(row.request, filling);
  request.compose = fill(row.compose, filling);
  request.first_compose = row.first_compose;
  request.obstacle = filling.obstacle();
  request.mode.text = program + ":" + (request.obstacle.empty() ? flags : row.request);
  if (request.obstacle.empty()) request.mode = parse_access_mode(request.mode.text);
  request.shown = request.compose.empty() ? request.mode.text : (request.obstacle.empty() ? request.compose : row.compose);
  return request;
}

bool knows(const char* engines, const std::string& engine) {
  for (const std::string& each : environment::split(engines, ' '))
    if (each == engine) return true;
  return false;
}

}  // namespace

std::vector<AccessRequest> access_requests(const std::string& engine, const AccessHost& host) {
  std::vector<AccessRequest> requests;
  for (const RowTemplate& row : rows)
    if (knows(row.engines, engine)) requests.push_back(request_of(row, engine, host));
  return requests;
}

}  // namespace cuparity
