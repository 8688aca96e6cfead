#include "harness/access/judge_access.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdlib>
#include <functional>

#include "harness/access/machine_refusal.hpp"

namespace cuparity {
namespace {

using nlohmann::json;

std::string text_of(const json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

const json& part(const json& object, const char* name) {
  static const json nothing;
  const auto found = object.find(name);
  return found == object.end() ? nothing : *found;
}

bool contains(const std::vector<std::string>& list, const std::string& text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

std::vector<std::string> sorted(std::vector<std::string> list) {
  std::sort(list.begin(), list.end());
  return list;
}

std::string shown(const std::vector<std::string>& list) {
  return list.empty() ? "none" : fmt::format("{}", fmt::join(list, ", "));
}

/// NVML's GPU-… and MIG-… name the same sixteen bytes that CUDA gives.
std::string without_kind(const std::string& uuid) { return uuid.substr(uuid.find('-') + 1); }

bool is_gpu_node(const std::string& path) {
  return path.rfind("/dev/nvidia", 0) == 0 && path.size() > 11 &&
         path.find_first_not_of("0123456789", 11) == std::string::npos;
}

class Judge {
 public:
  Judge(AccessRow& row, const Expected& expected, const AccessAttempt& attempt, const AccessHost& host)
      : row_(row), expected_(expected), attempt_(attempt), probe_(*attempt.probe), host_(host) {}

  void judge() {
    collect_gpus();
    collect_libraries();
    collect_confinement();
    collect_sharing();
    row_.injection_path = text_of(probe_, "injection_path");
    find_leaks();
    check_sets();
    check_nodes_open();
    check_libraries();
    check_path();
    conclude();
  }

 private:
  bool in_container() const { return text_of(probe_, "container") != "none"; }
  bool asked_for(const HostGpu& gpu) const { return contains(expected_.gpus, gpu.uuid); }

  const HostGpu* gpu_of_minor(int minor) const {
    const auto found = std::find_if(host_.gpus.begin(), host_.gpus.end(),
                                    [&](const HostGpu& gpu) { return gpu.minor == minor; });
    return found == host_.gpus.end() ? nullptr : &*found;
  }

  void problem(const std::string& text) { problems_.push_back(text); }

  std::vector<std::string> uuids(const char* library) const {
    std::vector<std::string> list;
    for (const json& gpu : part(part(probe_, library), "gpus")) list.push_back(text_of(gpu, "uuid"));
    return list;
  }

  void collect_gpus() {
    row_.expected_gpus = expected_.gpus;
    row_.nvml_gpus = uuids("nvml");
    row_.cuda_gpus = uuids("cuda");
    for (const json& node : part(probe_, "nodes")) {
      const std::string path = text_of(node, "path");
      if (!is_gpu_node(path) || text_of(node, "opens") != "ok") continue;
      const HostGpu* gpu = gpu_of_minor(node.value("minor", -1));
      row_.node_gpus.push_back(gpu != nullptr ? gpu->uuid : path);
    }
  }

  void collect_libraries() {
    for (const json& library : part(probe_, "driver_libraries")) {
      if (text_of(library, "origin") == "missing") continue;
      row_.libraries.push_back(fmt::format("{} {} ({})", text_of(library, "name"), text_of(library, "path"),
                                           text_of(library, "origin")));
    }
  }

  void collect_confinement() {
    const json& confinement = part(probe_, "confinement");
    const json& cgroup = part(confinement, "device_cgroup");
    const json& everything = part(cgroup, "allows_everything");
    const std::string devices = !everything.is_boolean() ? "not readable from inside"
                                : everything.get<bool>() ? "allows everything"
                                                         : "restricted";
    row_.capabilities = fmt::format("{} capabilities, device cgroup v{} {}, seccomp {}",
                                    part(confinement, "capability_names").size(), text_of(cgroup, "version"),
                                    devices, text_of(confinement, "seccomp"));
  }

  std::string cuda_uuid(int ordinal) const {
    for (const json& gpu : part(part(probe_, "cuda"), "gpus"))
      if (gpu.value("ordinal", -1) == ordinal) return text_of(gpu, "uuid");
    return "";
  }

  void collect_sharing() {
    for (const json& peer : part(part(probe_, "cuda"), "peers"))
      row_.peers.push_back({cuda_uuid(peer.value("from", -1)), cuda_uuid(peer.value("to", -1)),
                            peer.value("possible", false)});
    const json& ipc = part(probe_, "ipc");
    for (const json& attempt : part(ipc, "attempts"))
      row_.ipc.push_back({text_of(attempt, "gpu"), text_of(attempt, "uuid"), text_of(attempt, "called"),
                          text_of(attempt, "name"), attempt.value("code", -1)});
    if (!in_container()) return;
    if (!attempt_.no_foreign_memory.empty()) {
      row_.ipc_not_tried = attempt_.no_foreign_memory;
    } else if (ipc.is_object() && text_of(ipc, "outcome") != "ok") {
      row_.ipc_not_tried = "CUDA does not start inside: " + text_of(ipc, "failure");
    } else if (ipc.is_object() && !was_tried()) {
      row_.ipc_not_tried = row_.ipc.empty() ? "CUDA shows no device inside" : "no context could be made inside";
    }
  }

  bool was_tried() const { return std::any_of(row_.ipc.begin(), row_.ipc.end(), std::mem_fn(&IpcAttempt::tried)); }

  void find_leaks() {
    if (!in_container()) return;
    for (const HostGpu& gpu : host_.gpus)
      if (!asked_for(gpu)) find_ways_to(gpu);
    if (part(part(probe_, "cuda"), "beyond_last_ordinal") == 0) leak("CUDA gives an ordinal past the last device");
    find_stand_in();
    const json& confinement = part(probe_, "confinement");
    const json& everything = part(part(confinement, "device_cgroup"), "allows_everything");
    // A rootless engine has no device cgroup to restrict: its container can open only the nodes that it was given.
    if (everything.is_boolean() && everything.get<bool>() && part(confinement, "user_namespace") != true)
      leak("the device cgroup allows every device");
    const std::string own = text_of(confinement, "effective_capabilities");
    const bool as_host = host_.root && !own.empty() &&
                         std::strtoull(own.c_str(), nullptr, 16) ==
                             std::strtoull(host_.effective_capabilities.c_str(), nullptr, 16);
    if (part(confinement, "every_capability") == true || as_host) leak("it holds every capability of the host");
    note_what_was_not_tried();
  }

  void leak(const std::string& text) { row_.leaks.push_back(text); }

  void find_ways_to(const HostGpu& gpu) {
    const std::string name = fmt::format("GPU {} ({})", gpu.index, gpu.uuid);
    if (contains(row_.node_gpus, gpu.uuid)) leak(fmt::format("{}: its node /dev/nvidia{} opens", name, gpu.minor));
    if (opens_when_made(fmt::format("195:{}", gpu.minor))) leak(name + ": a node made with mknod opens");
    if (contains(row_.nvml_gpus, gpu.uuid) || part(part(part(probe_, "nvml"), "asked"), gpu.uuid.c_str()) == 0)
      leak(name + ": NVML gives it by its UUID");
    if (contains(row_.cuda_gpus, gpu.uuid) ||
        part(part(part(probe_, "cuda"), "asked"), gpu.pci_bus_id.c_str()) == 0)
      leak(name + ": CUDA gives it, so memory can be shared with it");
    const auto opened = std::find_if(row_.ipc.begin(), row_.ipc.end(), [&](const IpcAttempt& attempt) {
      return attempt.gpu == gpu.uuid && attempt.tried() && attempt.opened();
    });
    if (opened != row_.ipc.end())
      leak(fmt::format("{}: CUDA IPC opens memory of another process on it, from {}", name, opened->from));
  }

  bool opens_when_made(const std::string& device) const {
    const json& nodes = part(probe_, "made_nodes");
    return std::any_of(nodes.begin(), nodes.end(), [&](const json& node) {
      return text_of(node, "device") == device && text_of(node, "opens") == "ok";
    });
  }

  void find_stand_in() {
    if (host_.stand_in.empty() || expected_.stand_in) return;
    const std::string name = "device " + host_.stand_in;
    for (const json& node : part(probe_, "nodes"))
      if (text_of(node, "path") == host_.stand_in && text_of(node, "opens") == "ok") leak(name + ": its node opens");
    if (opens_when_made(host_.stand_in_number)) leak(name + ": a node made with mknod opens");
  }

  /// A node that can't be made isolates as well; say which of the two was seen.
  void note_what_was_not_tried() {
    const json& nodes = part(probe_, "made_nodes");
    if (!nodes.empty() && std::all_of(nodes.begin(), nodes.end(),
                                      [](const json& node) { return text_of(node, "made") != "ok"; }))
      row_.notes.push_back(fmt::format("no node can be made here ({}), so opening one was not tried",
                                       text_of(nodes.front(), "made")));
    if (expected_.open && was_tried() && std::none_of(row_.ipc.begin(), row_.ipc.end(), std::mem_fn(&IpcAttempt::opened)))
      row_.notes.push_back("CUDA IPC was refused in this open container too");
    note_blind_question("NVML", "nvml", &HostGpu::uuid, "UUID");
    note_blind_question("CUDA", "cuda", &HostGpu::pci_bus_id, "PCI address");
  }

  /// A library that does not even give its own GPU when asked in this way proves nothing by refusing another.
  void note_blind_question(const char* who, const char* key, std::string HostGpu::*name, const char* by) {
    const json& answer = part(probe_, key);
    const auto own = uuids(key);
    for (const HostGpu& gpu : host_.gpus) {
      const json& code = part(part(answer, "asked"), (gpu.*name).c_str());
      if (contains(own, gpu.uuid) && code.is_number() && code != 0)
        row_.notes.push_back(fmt::format("{} does not give its own GPU {} by {} (code {}), so asking for another that "
                                         "way proves nothing", who, gpu.index, by, code.get<int>()));
    }
  }

  void check_sets() {
    check_set("the device nodes", row_.node_gpus, row_.expected_gpus);
    check_library("NVML", "nvml", row_.nvml_gpus, expected_.nvml, row_.expected_gpus);
    if (expected_.mig_uuid.empty()) {
      check_library("CUDA", "cuda", row_.cuda_gpus, expected_.cuda, row_.expected_gpus);
      return;
    }
    const bool only_it = row_.cuda_gpus.size() == 1 &&
                         without_kind(row_.cuda_gpus.front()) == without_kind(expected_.mig_uuid);
    if (!only_it) problem(fmt::format("CUDA shows {}, expected {}", shown(row_.cuda_gpus), expected_.mig_uuid));
  }

  void check_set(const std::string& who, const std::vector<std::string>& seen,
                 const std::vector<std::string>& wanted) {
    if (sorted(seen) != sorted(wanted))
      problem(fmt::format("{} show {}, expected {}", who, shown(seen), shown(wanted)));
  }

  void check_library(const std::string& who, const char* key, const std::vector<std::string>& seen, bool wanted,
                     const std::vector<std::string>& gpus) {
    const json& answer = part(probe_, key);
    if (gpus.empty() || !wanted) {
      if (!seen.empty()) problem(fmt::format("{} shows {}, expected none", who, shown(seen)));
      return;
    }
    if (text_of(answer, "outcome") != "ok")
      problem(fmt::format("{} does not answer: {}", who, text_of(answer, "failure")));
    else if (!is_narrowed_by_variable(who, answer, seen, gpus))
      check_set(who, seen, gpus);
  }

  /// CUDA_VISIBLE_DEVICES takes GPUs from CUDA, not from the process: that some are missing is then no fault.
  bool is_narrowed_by_variable(const std::string& who, const json& answer, const std::vector<std::string>& seen,
                               const std::vector<std::string>& gpus) {
    const std::string visible = text_of(answer, "visible_devices");
    const auto wanted = [&](const std::string& gpu) { return contains(gpus, gpu); };
    if (visible.empty() || seen.empty() || seen.size() >= gpus.size() || !std::all_of(seen.begin(), seen.end(), wanted))
      return false;
    row_.notes.push_back(fmt::format("CUDA_VISIBLE_DEVICES={}: {} shows {} of {}", visible, who, seen.size(), gpus.size()));
    return true;
  }

  /// Nodes that neither NVML nor CUDA needs (/dev/nvidia-modeset without its module …) are only noted.
  void check_nodes_open() {
    if (expected_.gpus.empty()) return;
    for (const json& node : part(probe_, "nodes")) {
      const std::string path = text_of(node, "path");
      if (path.rfind("/dev/nvidia", 0) != 0 || text_of(node, "opens") == "ok") continue;
      const std::string fault = fmt::format("{} does not open: {}", path, text_of(node, "opens"));
      if (is_gpu_node(path) || path == "/dev/nvidiactl" || path == "/dev/nvidia-uvm") problem(fault);
      else row_.notes.push_back(fault);
    }
  }

  void check_libraries() {
    if (expected_.gpus.empty() || !in_container()) return;
    for (const json& library : part(probe_, "driver_libraries")) {
      const std::string name = text_of(library, "name");
      const bool wanted = name == "libcuda.so.1" ? expected_.cuda : expected_.nvml;
      if (!wanted) continue;
      const std::string origin = text_of(library, "origin");
      if (origin != "mount") problem(fmt::format("{} is not the host's: {} ({})", name, text_of(library, "path"), origin));
      const std::string version = text_of(library, "version");
      if (!version.empty() && !host_.driver_version.empty() && version != host_.driver_version)
        problem(fmt::format("{} is of driver {}, the host's is {}", name, version, host_.driver_version));
    }
  }

  void check_path() {
    if (expected_.gpus.empty() || expected_.paths.empty() || expected_.open) return;
    if (expected_.paths.count(row_.injection_path) == 0)
      problem(fmt::format("injected by '{}', expected {}", row_.injection_path, fmt::join(expected_.paths, " or ")));
  }

  void conclude() {
    if (expected_.open) {
      row_.verdict = row_.leaks.empty() ? AccessVerdict::fail : AccessVerdict::leak;
      row_.as_expected = !row_.leaks.empty();
      row_.reason = row_.leaks.empty() ? "this container is open, yet nothing was found to leak"
                                       : shown(row_.leaks);
      return;
    }
    row_.verdict = !row_.leaks.empty()  ? AccessVerdict::leak
                   : !problems_.empty() ? AccessVerdict::fail
                                        : AccessVerdict::pass;
    row_.as_expected = row_.verdict == AccessVerdict::pass;
    std::vector<std::string> reasons = row_.leaks;
    reasons.insert(reasons.end(), problems_.begin(), problems_.end());
    if (!reasons.empty()) row_.reason = fmt::format("{}", fmt::join(reasons, "; "));
  }

  AccessRow& row_;
  const Expected& expected_;
  const AccessAttempt& attempt_;
  const json& probe_;
  const AccessHost& host_;
  std::vector<std::string> problems_;
};

std::string what_is_expected(const Expected& expected) {
  if (expected.start == Start::refused) return "refused: " + expected.rule;
  const std::string gpus = expected.gpus.empty() ? "no GPU" : fmt::format("{}", fmt::join(expected.gpus, ", "));
  return fmt::format("{}{} ({})", gpus, expected.open ? ", and open" : "", expected.rule);
}

}  // namespace

void judge_access(AccessRow& row, const Expected& expected, const AccessAttempt& attempt, const AccessHost& host) {
  if (expected.start == Start::unavailable) return skip_access(row, expected.rule);
  row.expected = what_is_expected(expected);
  row.expected_gpus = expected.gpus;
  if (attempt.timed_out) {
    row.verdict = AccessVerdict::fail;
    row.as_expected = false;
    row.reason = "no answer within the time limit; the container was ended";
  } else if (!attempt.probe && expected.may_not_start && machine_refuses(attempt.words)) {
    skip_access(row, fmt::format("this engine does not start {} here: {}",
                                 expected.open ? "an open container" : "a container in the host's namespaces",
                                 attempt.words));
  } else if (!attempt.probe) {
    const bool refused = expected.start == Start::refused;
    row.verdict = refused ? AccessVerdict::pass : AccessVerdict::fail;
    row.as_expected = refused;
    row.reason = (refused ? "refused: " : "did not start: ") + attempt.words;
  } else {
    Judge(row, expected, attempt, host).judge();
    if (expected.start != Start::refused) return;
    if (row.verdict != AccessVerdict::leak) row.verdict = AccessVerdict::fail;
    row.as_expected = false;
    row.reason = "it started, but must be refused" + (row.reason.empty() ? "" : "; " + row.reason);
  }
}

void skip_access(AccessRow& row, const std::string& reason) {
  row.verdict = AccessVerdict::skipped;
  row.as_expected = true;
  row.reason = reason;
}

}  // namespace cuparity
