#include "validate/access/visibility.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <set>

#include "environment/text_file.hpp"

namespace cuparity::validate {
namespace {

using environment::join;
using environment::split;
using Uuids = std::set<std::string>;

Judgement passed() { return {}; }
Judgement failed(const std::string& message) { return {Judgement::State::failed, message}; }
Judgement skipped(const std::string& message) { return {Judgement::State::skipped, message}; }

/// The fact, or an empty text where it is absent.
std::string value(const Facts& facts, const std::string& key) {
  const auto found = facts.find(key);
  return found == facts.end() ? std::string() : found->second;
}

std::vector<std::string> gpu_nodes(const Facts& facts) {
  return environment::gpu_device_nodes(split(value(facts, "nvidia_device_nodes"), ','));
}

Uuids uuid_set(const std::string& list) {
  const std::vector<std::string> uuids = split(list, ',');
  return Uuids(uuids.begin(), uuids.end());
}

std::string text(const Uuids& uuids) {
  return uuids.empty() ? "none" : join(std::vector<std::string>(uuids.begin(), uuids.end()), ", ");
}

/// Why CUDA's view can't be compared at all, or an empty text.
std::string no_comparison(const Facts& facts) {
  if (value(facts, "backend") != "cuda")
    return "no GPU is used here: the backend is the CPU (" + value(facts, "backend_reason") + ")";
  if (value(facts, "mig_mode") == "enabled")
    return "MIG is on: CUDA counts MIG devices, NVML and /dev whole GPUs";
  return {};
}

/// CUDA_VISIBLE_DEVICES lets CUDA see fewer GPUs than there are; nothing else does.
bool cuda_is_restricted(const Facts& facts) { return facts.count("variable_CUDA_VISIBLE_DEVICES") != 0; }

bool includes(const Uuids& all, const Uuids& some) {
  return std::includes(all.begin(), all.end(), some.begin(), some.end());
}

}  // namespace

std::vector<std::string> node_uuids(const Facts& facts,
                                    const std::vector<environment::KernelGpu>& kernel_gpus) {
  const std::vector<std::string> nodes = gpu_nodes(facts);
  std::vector<std::string> uuids;
  for (const environment::KernelGpu& gpu : kernel_gpus)
    if (!gpu.uuid.empty() &&
        std::count(nodes.begin(), nodes.end(), "/dev/nvidia" + std::to_string(gpu.minor)) != 0)
      uuids.push_back(gpu.uuid);
  return uuids;
}

Judgement judge_counts(const Facts& facts) {
  const std::string reason = no_comparison(facts);
  if (!reason.empty()) return skipped(reason);
  const std::size_t nodes = gpu_nodes(facts).size();
  const std::size_t cuda = split(value(facts, "gpu_uuids"), ',').size();
  const std::size_t nvml = split(value(facts, "nvml_gpu_uuids"), ',').size();
  const bool nvml_answers = facts.count("nvml_gpu_count") != 0;
  const std::string shown = "CUDA shows " + std::to_string(cuda) + " GPUs, NVML " +
                            (nvml_answers ? std::to_string(nvml) : "does not answer") + ", /dev has " +
                            std::to_string(nodes) + " GPU nodes";
  if (nodes == 0 && !nvml_answers) return skipped(shown + ": nothing to compare CUDA with");
  const auto agrees = [&](std::size_t count) {
    return cuda_is_restricted(facts) ? cuda <= count : cuda == count;
  };
  if (nodes != 0 && !agrees(nodes)) return failed(shown);
  if (nvml_answers && !agrees(nvml)) return failed(shown);
  if (nodes != 0 && nvml_answers && nodes != nvml) return failed(shown);
  if (!nvml_answers)
    return skipped(shown + " (" + value(facts, "nvml_failure") +
                   "); the nodes agree with CUDA. Does NVIDIA_DRIVER_CAPABILITIES lack utility?");
  return passed();
}

Judgement judge_uuids(const Facts& facts, const std::vector<environment::KernelGpu>& kernel_gpus) {
  const std::string reason = no_comparison(facts);
  if (!reason.empty()) return skipped(reason);
  const Uuids cuda = uuid_set(value(facts, "gpu_uuids"));
  const Uuids nvml = uuid_set(value(facts, "nvml_gpu_uuids"));
  const std::vector<std::string> of_nodes = node_uuids(facts, kernel_gpus);
  const Uuids nodes(of_nodes.begin(), of_nodes.end());
  // The kernel driver may hide the UUIDs of some; then the nodes' set is incomplete and proves nothing.
  const bool nodes_known = !nodes.empty() && nodes.size() == gpu_nodes(facts).size();
  const std::string shown = "CUDA: " + text(cuda) + "; NVML: " + text(nvml) +
                            "; nodes: " + (nodes_known ? text(nodes) : "not told");
  if (nvml.empty())
    return skipped(shown + ": NVML shows no UUID to compare with: " + value(facts, "nvml_failure"));
  const bool agrees = cuda_is_restricted(facts) ? includes(nvml, cuda) : nvml == cuda;
  if (!agrees) return failed("different GPUs: " + shown);
  if (nodes_known && nodes != nvml) return failed("different GPUs: " + shown);
  return passed();
}

Judgement judge_library_versions(const Facts& facts) {
  const std::string kernel = value(facts, "kernel_driver_version");
  if (kernel.empty()) return skipped("no kernel driver is seen: /proc/driver/nvidia/version is missing");
  bool compared = false;
  std::string notes;
  for (const char* key : {"libcuda_path", "libnvidia_ml_path"}) {
    const std::string path = value(facts, key);
    if (path.empty()) continue;
    const std::string version = environment::library_driver_version(path);
    if (path.find("/compat/") != std::string::npos) {
      notes += path + " is CUDA's forward-compatibility package, newer than the driver on purpose. ";
    } else if (version.empty()) {
      notes += path + " has no version in its name. ";
    } else if (version != kernel) {
      return failed(path + " is not of the kernel driver's version " + kernel +
                    ": mount the host's own library, or restart after a driver update");
    } else {
      compared = true;
    }
  }
  if (compared) return passed();
  return skipped(notes.empty() ? "no driver library is loaded" : notes + "Nothing to compare with " + kernel);
}

Judgement judge_capabilities(const Facts& facts, int last_capability) {
  if (value(facts, "container") == "none")
    return skipped("not in a container: capabilities are the user's own");
  const std::string effective = value(facts, "effective_capabilities");
  if (effective.empty() || last_capability < 0) return skipped("the kernel does not tell the capabilities");
  const std::uint64_t all =
      last_capability >= 63 ? ~std::uint64_t{0} : (std::uint64_t{1} << (last_capability + 1)) - 1;
  if ((std::strtoull(effective.c_str(), nullptr, 16) & all) != all) return passed();
  return failed("the container has every capability (" + effective +
                "): start it without --privileged and without --cap-add=ALL; a GPU needs neither");
}

}  // namespace cuparity::validate
