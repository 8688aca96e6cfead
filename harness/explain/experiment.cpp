#include "harness/explain/experiment.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <regex>

#include "environment/library_file.hpp"
#include "harness/access/engine_flags.hpp"
#include "harness/engine/engines.hpp"
#include "harness/errors.hpp"
#include "harness/report/text.hpp"

namespace cuparity {
namespace {

namespace fs = std::filesystem;
using Words = std::vector<std::string>;

struct Change {
  Words removed;
  Words added;
};

bool is_whole_number(const std::string& text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
}

bool is_number(const std::string& text) {
  return !text.empty() && text.find_first_not_of("0123456789.") == std::string::npos;
}

/// "0-3,8": nothing that a summary of several values would hold.
bool is_list(const std::string& text) {
  return !text.empty() && text.find_first_not_of("0123456789-,") == std::string::npos;
}

std::string unlimited_as(const std::string& value, const std::string& word) {
  return value == "none" || value == "unlimited" ? word : value;
}

std::optional<Change> limit_flag(const std::string& flag, const std::string& value,
                                 const std::string& unlimited, const Words& removed) {
  const std::string number = unlimited_as(value, unlimited);
  if (!is_number(number) && number != unlimited) return std::nullopt;
  return Change{removed, {flag + "=" + number}};
}

std::optional<Change> ulimit_flag(const std::string& name, const std::string& value) {
  const std::string number = unlimited_as(value, "-1");
  if (!is_whole_number(number) && number != "-1") return std::nullopt;
  return Change{{}, {fmt::format("--ulimit={0}={1}:{1}", name, number)}};
}

std::optional<Change> variable_flag(const std::string& key,
                                    const std::map<std::string, std::string>& baseline) {
  const auto found = baseline.find(key);
  if (found == baseline.end()) return std::nullopt;
  return Change{{}, {fmt::format("--env={}={}", key.substr(key.find('_') + 1), found->second)}};
}

/// As the mode asks for its GPU, but for all of them.
std::optional<Change> all_gpus(const AccessMode& mode) {
  for (const std::string& word : mode.arguments) {
    if (word.find("nvidia.com/gpu=") != std::string::npos)
      return Change{{"--device"}, {"--device=nvidia.com/gpu=all"}};
  }
  if (without_flags(mode.arguments, {"--gpus"}) == mode.arguments) return std::nullopt;
  return Change{{"--gpus"}, {"--gpus=all"}};
}

std::string major_of(const std::string& path) {
  const std::string version = environment::library_file_version(path);
  return version.substr(0, version.find('.'));
}

/// The key under which the library's path stands: a version differs because of it.
std::string path_key(const std::string& key) {
  static const std::map<std::string, std::string> keys = {
      {"cublas_version", "libcublas_path"}, {"cudnn_version", "libcudnn_path"},
      {"nccl_version", "libnccl_path"},     {"cuda_driver_version", "libcuda_path"},
      {"driver_version", "libcuda_path"},   {"libcublaslt_path", "libcublas_path"}};
  const auto found = keys.find(key);
  return found == keys.end() ? key : found->second;
}

std::optional<Change> host_library(const std::string& key, const std::map<std::string, std::string>& baseline,
                                   const std::map<std::string, std::string>& candidate) {
  const auto host = baseline.find(path_key(key));
  const auto inside = candidate.find(path_key(key));
  if (host == baseline.end() || inside == candidate.end()) return std::nullopt;
  if (major_of(host->second) != major_of(inside->second)) return std::nullopt;
  Change change;
  const fs::path folder = fs::path(inside->second).parent_path();
  for (const auto& [soname, file] : library_parts(host->second)) {
    if (file.string().find(':') != std::string::npos) return std::nullopt;
    change.added.push_back(fmt::format("--volume={}:{}:ro", file.string(), (folder / soname).string()));
  }
  if (change.added.empty()) return std::nullopt;
  return change;
}

std::optional<Change> host_cuda_cache(const std::map<std::string, std::string>& baseline) {
  const auto path = baseline.find("cuda_cache_path");
  const auto state = baseline.find("cuda_cache");
  std::error_code error;
  if (path == baseline.end() || state == baseline.end() || state->second != "writable" ||
      !fs::is_directory(path->second, error) || path->second.find(':') != std::string::npos)
    return std::nullopt;
  return Change{{}, {fmt::format("--volume={0}:{0}", path->second), "--env=CUDA_CACHE_PATH=" + path->second}};
}

std::optional<Change> change_for(ExperimentKind kind, const EnvironmentDifference& difference, const Run& run,
                                 const std::string& baseline_mode, const AccessMode& candidate) {
  const auto baseline = environment_of(run, baseline_mode);
  const auto found = baseline.find(difference.key);
  const std::string value = found == baseline.end() ? "" : found->second;
  switch (kind) {
    case ExperimentKind::none:
      return std::nullopt;
    case ExperimentKind::seccomp_unconfined:
      return Change{{}, {"--security-opt=seccomp=unconfined"}};
    case ExperimentKind::same_cpu_quota:
      return limit_flag("--cpus", value, "0", {"--cpus", "--cpu-quota", "--cpu-period"});
    case ExperimentKind::same_memory_limit:
      return limit_flag("--memory", value, "0", {"--memory", "--memory-swap"});
    case ExperimentKind::same_shm:
      return limit_flag("--shm-size", value, "0", {"--shm-size"});
    case ExperimentKind::same_cpus:
      if (!is_list(value)) return std::nullopt;
      return Change{{"--cpuset-cpus"}, {"--cpuset-cpus=" + value}};
    case ExperimentKind::same_memory_nodes:
      if (!is_list(value)) return std::nullopt;
      return Change{{"--cpuset-mems"}, {"--cpuset-mems=" + value}};
    case ExperimentKind::same_memlock:
      return ulimit_flag("memlock", value);
    case ExperimentKind::same_nofile:
      return ulimit_flag("nofile", value);
    case ExperimentKind::same_threads:
      if (!is_whole_number(value)) return std::nullopt;
      return Change{{}, {"--env=OMP_NUM_THREADS=" + value}};
    case ExperimentKind::all_gpus:
      return all_gpus(candidate);
    case ExperimentKind::same_variable:
      return variable_flag(difference.key, baseline);
    case ExperimentKind::host_library:
      if (baseline_mode != "native") return std::nullopt;
      return host_library(difference.key, baseline, environment_of(run, candidate.text));
    case ExperimentKind::host_cuda_cache:
      if (baseline_mode != "native") return std::nullopt;
      return host_cuda_cache(baseline);
  }
  return std::nullopt;
}

}  // namespace

std::vector<std::pair<std::string, fs::path>> library_parts(const fs::path& path) {
  std::vector<std::pair<std::string, fs::path>> parts;
  const std::string name = path.filename().string();
  const std::string stem = name.substr(0, name.find(".so"));  // libcudnn
  const std::regex soname(stem + "[A-Za-z_0-9]*\\.so\\." + major_of(path.string()));
  std::error_code error;
  for (fs::directory_iterator entry(path.parent_path(), error), end; !error && entry != end;
       entry.increment(error)) {
    std::error_code file_error;
    const std::string file = entry->path().filename().string();
    if (!std::regex_match(file, soname)) continue;
    const fs::path real = fs::canonical(entry->path(), file_error);
    if (!file_error) parts.emplace_back(file, real);
  }
  std::sort(parts.begin(), parts.end());
  return parts;
}

AccessMode changed_mode(const AccessMode& mode, const Words& removed, const Words& added) {
  AccessMode changed = mode;
  changed.arguments = without_flags(mode.arguments, removed);
  changed.arguments.insert(changed.arguments.end(), added.begin(), added.end());
  Words words;
  if (mode.request == RequestKind::none) words.push_back("none");
  if (mode.request == RequestKind::manual) words.push_back("manual");
  words.insert(words.end(), changed.arguments.begin(), changed.arguments.end());
  changed.text = engine_name(mode.engine) + ":" + shell_quoted(words);
  return changed;
}

std::optional<Experiment> experiment_for(ExperimentKind kind, const EnvironmentDifference& difference,
                                         const Run& run, const std::string& baseline,
                                         const std::string& candidate) {
  AccessMode mode;
  try {
    mode = parse_access_mode(candidate);
  } catch (const UsageError&) {
    return std::nullopt;  // a run of another version may know modes that this one does not
  }
  if (mode.engine == EngineKind::native) return std::nullopt;
  const auto change = change_for(kind, difference, run, baseline, mode);
  if (!change) return std::nullopt;
  const AccessMode changed = changed_mode(mode, change->removed, change->added);
  if (changed.arguments == mode.arguments) return std::nullopt;
  return Experiment{shell_quoted(change->added), changed.text};
}

}  // namespace cuparity
