#include "harness/run/equal_gpus.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <sstream>

#include "harness/errors.hpp"

namespace cuparity {
namespace {

std::string value_of(const SeenEnvironment& environment, const std::string& key) {
  const auto found = environment.find(key);
  return found == environment.end() ? "" : found->second;
}

std::vector<std::string> uuids(const SeenEnvironment& environment) {
  std::vector<std::string> result;
  std::istringstream list(value_of(environment, "gpu_uuids"));
  for (std::string uuid; std::getline(list, uuid, ',');) {
    uuid.erase(0, uuid.find_first_not_of(' '));
    if (!uuid.empty()) result.push_back(uuid);
  }
  return result;
}

bool contains(const std::vector<std::string>& list, const std::string& text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

/// GPUs that every mode sees, in the first mode's order.
std::vector<std::string> common_gpus(const std::map<std::string, SeenEnvironment>& seen) {
  std::vector<std::string> common = uuids(seen.begin()->second);
  for (const auto& [mode, environment] : seen) {
    const std::vector<std::string> own = uuids(environment);
    common.erase(
        std::remove_if(common.begin(), common.end(), [&](const std::string& u) { return !contains(own, u); }),
        common.end());
  }
  return common;
}

/// The driver enumerates every GPU whose node it can open, whatever CUDA_VISIBLE_DEVICES says: cuInit takes
/// longer where there are more.
void note_enumerated_gpus(const std::map<std::string, SeenEnvironment>& seen,
                          std::vector<std::string>& notes) {
  std::map<std::string, std::vector<std::string>> modes_by_count;
  for (const auto& [mode, environment] : seen) {
    const std::string count = value_of(environment, "nvml_gpu_count");
    if (!count.empty()) modes_by_count[count].push_back(mode);
  }
  if (modes_by_count.size() < 2) return;
  std::vector<std::string> parts;
  for (const auto& [count, modes] : modes_by_count) {
    parts.push_back(fmt::format("{} under {}", count, fmt::join(modes, ", ")));
  }
  notes.push_back(
      fmt::format("The driver enumerates a different number of GPUs: {}. CUDA_VISIBLE_DEVICES does not "
                  "change that, and cuInit "
                  "takes longer with more GPUs: start-up rows differ for this reason alone.",
                  fmt::join(parts, "; ")));
}

}  // namespace

EqualGpus make_gpus_equal(const std::map<std::string, SeenEnvironment>& seen) {
  EqualGpus equal;
  const bool any =
      std::any_of(seen.begin(), seen.end(), [](const auto& s) { return !uuids(s.second).empty(); });
  if (!any) return equal;
  const std::vector<std::string> common = common_gpus(seen);
  if (common.empty()) {
    std::vector<std::string> parts;
    for (const auto& [mode, environment] : seen) {
      const auto own = uuids(environment);
      parts.push_back(
          fmt::format("{} sees {}", mode, own.empty() ? "none" : fmt::format("{}", fmt::join(own, ", "))));
    }
    throw EnvironmentError(
        fmt::format("the modes have no GPU in common, so nothing can be compared: {}; ask for the "
                    "same GPU under every mode",
                    fmt::join(parts, "; ")));
  }
  for (const auto& [mode, environment] : seen) {
    // The order counts as well: the first GPU is the one that is measured.
    if (uuids(environment) == common) continue;
    equal.variables[mode]["CUDA_VISIBLE_DEVICES"] = fmt::format("{}", fmt::join(common, ","));
    equal.notes.push_back(fmt::format("{} sees {} GPUs, every mode sees {}: it gets CUDA_VISIBLE_DEVICES={}.",
                                      mode, uuids(environment).size(), common.size(),
                                      fmt::join(common, ",")));
  }
  note_enumerated_gpus(seen, equal.notes);
  return equal;
}

}  // namespace cuparity
