#include "harness/history/history_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <string_view>

#include "harness/digest.hpp"
#include "harness/record/median.hpp"
#include "harness/stats/file_comparison.hpp"
#include "harness/stats/fingerprint.hpp"

namespace cuparity {
namespace {

void add_values(const ResultFile& file, const std::string& mode, HistoryRun& summary) {
  const std::string fingerprint = machine_fingerprint(file.environment);
  for (const Sample& sample : file.samples) {
    const double seconds =
        sample.seconds.empty() ? sample.median_seconds.value_or(0) : median(sample.seconds);
    if (sample.state == RowState::measured && sample.lost.empty() && seconds > 0 && std::isfinite(seconds)) {
      std::optional<double> cycles;
      if (!sample.cycles.empty()) cycles = median(sample.cycles);
      summary.values.push_back({fingerprint, mode, short_name(sample.benchmark), seconds, cycles});
    }
  }
}

std::string describe_software(const Environment& environment, const std::string& version) {
  std::string text = version.empty() ? "" : "cuparity " + version;
  for (const std::string& key : software_keys()) {
    const auto found = environment.find(key);
    if (found != environment.end() && !found->second.empty()) {
      text += fmt::format("{}{} {}", text.empty() ? "" : ", ", key, found->second);
    }
  }
  return text;
}

HistoryRun summarise(const Run& run) {
  HistoryRun summary;
  summary.started_at = run.started_at;
  Environment environment = run.environment;
  for (const std::string& mode : run.modes) {
    const ResultFile file = result_file("", run, mode);
    add_values(file, mode, summary);
    environment.insert(file.environment.begin(), file.environment.end());
  }
  if (!run.image_digest.empty()) {
    environment["image_digest"] = run.image_digest;
  }
  summary.software = describe_software(environment, run.version);
  return summary;
}

HistoryRun summarise(const BenchmarkFile& file) {
  HistoryRun summary;
  const auto date = file.context.find("date");
  if (date != file.context.end()) {
    summary.started_at = date->second;
  }
  add_values(result_file("", file), "", summary);
  summary.software = describe_software(file.context, "");
  return summary;
}

constexpr std::string_view uuid_key = "gpu_uuid=";

/// Without the GPU's UUID, for which redaction puts a pseudonym.
std::string model_of(std::string fingerprint) {
  const std::size_t at = fingerprint.find(uuid_key);
  if (at != std::string::npos) fingerprint.erase(at, fingerprint.find(';', at) - at);
  return fingerprint;
}

}  // namespace

std::string HistoryRun::identity() const {
  Fnv fnv;
  for (const HistoryValue& value : values) {  // not the mode: it may name a GPU or a path, which redaction takes out
    for (const std::string& text : {model_of(value.fingerprint), value.benchmark}) {
      fnv.add(text);
      fnv.add("\n");
    }
    fnv.add(std::bit_cast<std::uint64_t>(value.seconds));
  }
  return fmt::format("{} {}", started_at, fnv.text());
}

bool HistoryRun::redacted() const {
  return std::any_of(values.begin(), values.end(), [](const HistoryValue& value) {
    const std::size_t at = value.fingerprint.find(uuid_key);
    if (at == std::string::npos) return false;
    const std::string_view uuid = std::string_view(value.fingerprint).substr(at + uuid_key.size());
    return !uuid.starts_with("GPU-") && !uuid.starts_with("MIG-");  // but gpu-1
  });
}

HistoryRun read_history_run(const Result& result) {
  return std::visit([](const auto& content) { return summarise(content); }, result);
}

}  // namespace cuparity
