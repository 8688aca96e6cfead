#include "harness/explain/environment_difference.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <optional>
#include <set>

#include "environment/library_file.hpp"
#include "harness/record/benchmark_json.hpp"
#include "harness/record/median.hpp"
#include "harness/report/environment_keys.hpp"

namespace cuparity {
namespace {

using Differences = std::vector<EnvironmentDifference>;

bool is_benchmark(const Trial& trial, const std::string& mode) {
  return trial.kind == TrialKind::benchmark && trial.mode == mode;
}

bool same_library(const Run& run, const EnvironmentDifference& difference, const std::string& baseline,
                  const std::string& candidate) {
  if (difference.baseline == absent_value || difference.candidate == absent_value) return false;
  const std::string before = environment::library_file_version(difference.baseline);
  const std::string after = environment::library_file_version(difference.candidate);
  const auto is_whole = [](const std::string& version) { return version.find('.') != std::string::npos; };
  if (is_whole(before) && is_whole(after)) return before == after;
  const std::string key = version_key(difference.key);
  const auto here = environment_of(run, baseline);
  const auto there = environment_of(run, candidate);
  return here.count(key) > 0 && there.count(key) > 0 && here.at(key) == there.at(key);
}

void add_environment(const Run& run, const std::string& baseline, const std::string& candidate,
                     Differences& differences) {
  for (const EnvironmentKey& key : environment_keys(run, {baseline, candidate})) {
    if (!key.differs) continue;
    EnvironmentDifference difference{key.key, key.values[0], key.values[1], false};
    difference.same_version = !version_key(key.key).empty() && same_library(run, difference, baseline, candidate);
    differences.push_back(std::move(difference));
  }
}

/// benchmark -> the algorithms that the mode's processes named for it
std::map<std::string, std::set<std::string>> algorithms(const Run& run, const std::string& mode) {
  std::map<std::string, std::set<std::string>> found;
  for (const Trial& trial : run.trials) {
    if (!is_benchmark(trial, mode)) continue;
    for (const Row& row : trial.rows) {
      const auto algorithm = row.label.find("algorithm");
      if (algorithm != row.label.end()) found[row.benchmark].insert(algorithm->second);
    }
  }
  return found;
}

void add_algorithms(const Run& run, const std::string& baseline, const std::string& candidate,
                    Differences& differences) {
  const auto here = algorithms(run, baseline);
  const auto there = algorithms(run, candidate);
  for (const auto& [benchmark, before] : here) {
    const auto after = there.find(benchmark);
    if (after == there.end() || after->second == before) continue;
    differences.push_back({"algorithm of " + short_name(benchmark),
                           fmt::format("{}", fmt::join(before, " | ")),
                           fmt::format("{}", fmt::join(after->second, " | ")), false});
  }
}

/// The median over the mode's trials of a telemetry number; nothing where none has it.
std::optional<double> telemetry(const Run& run, const std::string& mode, const std::string& key) {
  std::vector<double> values;
  for (const Trial& trial : run.trials) {
    const auto found = trial.telemetry.find(key);
    if (is_benchmark(trial, mode) && found != trial.telemetry.end())
      values.push_back(std::strtod(found->second.c_str(), nullptr));
  }
  if (values.empty()) return std::nullopt;
  return median(values);
}

void add_telemetry(const Run& run, const std::string& baseline, const std::string& candidate,
                   Differences& differences) {
  struct Reading {
    const char* name;
    double relative;
    double absolute;
  };
  for (const Reading& reading : {Reading{"sm_clock_mhz", 0.005, 0}, Reading{"memory_clock_mhz", 0.005, 0},
                                 Reading{"power_watts", 0.05, 0}, Reading{"temperature_celsius", 0, 5}}) {
    const auto before = telemetry(run, baseline, std::string(reading.name) + "_median");
    const auto after = telemetry(run, candidate, std::string(reading.name) + "_median");
    if (!before || !after) continue;
    if (std::abs(*after - *before) <= std::max(reading.absolute, reading.relative * std::abs(*before)))
      continue;
    differences.push_back({std::string(reading.name) + " under load", fmt::format("{:g}", *before),
                           fmt::format("{:g}", *after), false});
  }
}

/// reason -> share of the mode's watched trials that had it.
std::map<std::string, double> event_reasons(const Run& run, const std::string& mode) {
  std::map<std::string, double> reasons;
  int trials = 0;
  for (const Trial& trial : run.trials) {
    const auto found = trial.telemetry.find("clocks_event_reasons");
    if (!is_benchmark(trial, mode) || found == trial.telemetry.end()) continue;
    ++trials;
    std::string rest = found->second + ", ";
    for (std::size_t comma = rest.find(", "); comma != std::string::npos; comma = rest.find(", ")) {
      if (comma > 0) reasons[rest.substr(0, comma)] += 1;
      rest.erase(0, comma + 2);
    }
  }
  for (auto& [reason, share] : reasons) share /= trials;
  return reasons;
}

void add_event_reasons(const Run& run, const std::string& baseline, const std::string& candidate,
                       Differences& differences) {
  const auto before = event_reasons(run, baseline);
  const auto after = event_reasons(run, candidate);
  std::vector<std::string> lost;
  std::vector<std::string> gained;
  for (const auto& [reason, share] : before)
    if (share >= 0.5 && after.count(reason) == 0) lost.push_back(reason);
  for (const auto& [reason, share] : after)
    if (share >= 0.5 && before.count(reason) == 0) gained.push_back(reason);
  if (lost.empty() && gained.empty()) return;
  const auto text = [](const std::vector<std::string>& reasons) {
    return reasons.empty() ? std::string(absent_value) : fmt::format("{}", fmt::join(reasons, ", "));
  };
  differences.push_back({"clocks_event_reasons under load", text(lost), text(gained), false});
}

}  // namespace

std::string version_key(const std::string& key) {
  if (!key.starts_with("lib") || !key.ends_with("_path")) return "";
  if (key == "libcublaslt_path") return "cublas_version";
  if (key == "libcuda_path") return "cuda_driver_version";
  if (key == "libcudart_path") return "cuda_runtime_version";
  return key.substr(3, key.size() - 8) + "_version";
}

Differences environment_differences(const Run& run, const std::string& baseline,
                                    const std::string& candidate) {
  Differences differences;
  add_environment(run, baseline, candidate, differences);
  add_algorithms(run, baseline, candidate, differences);
  add_telemetry(run, baseline, candidate, differences);
  add_event_reasons(run, baseline, candidate, differences);
  std::stable_sort(differences.begin(), differences.end(),
                   [](const auto& a, const auto& b) { return a.key < b.key; });
  return differences;
}

std::map<std::string, std::string> environment_of(const Run& run, const std::string& mode) {
  for (const Trial& trial : run.trials) {
    if (is_benchmark(trial, mode) && trial.ok) return trial.environment;
  }
  return {};
}

Run restricted_to(const Run& run, const std::string& baseline, const std::string& candidate) {
  Run two = run;
  two.baseline_mode = baseline;
  two.modes = {baseline, candidate};
  std::erase_if(two.trials,
                [&](const Trial& trial) { return trial.mode != baseline && trial.mode != candidate; });
  return two;
}

}  // namespace cuparity
