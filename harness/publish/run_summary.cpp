#include "harness/publish/run_summary.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <set>

#include "harness/digest.hpp"
#include "harness/record/benchmark_json.hpp"
#include "harness/record/median.hpp"
#include "harness/report/environment_keys.hpp"
#include "harness/report/report_view.hpp"
#include "harness/stats/file_comparison.hpp"
#include "harness/stats/fingerprint.hpp"
#include "harness/stats/margins.hpp"

namespace cuparity {
namespace {

/// Label of provenance() -> word for a trend; what a change in a trend may come from.
constexpr std::pair<const char*, const char*> software_labels[] = {
    {"Driver", "driver"},     {"CUDA runtime", "CUDA runtime"}, {"cuBLAS", "cuBLAS"}, {"cuDNN", "cuDNN"},
    {"OpenBLAS", "OpenBLAS"}, {"oneDNN", "oneDNN"},             {"Kernel", "kernel"}, {"cuparity", "cuparity"}};

std::string fact(const RunSummary& summary, const std::string& label) {
  const auto found = std::find_if(summary.facts.begin(), summary.facts.end(),
                                  [&](const auto& pair) { return pair.first == label; });
  return found == summary.facts.end() ? "" : found->second;
}

/// The work behind a rate: that of the first row that has one.
void add_work(const Run& run, MeasuredSeries& series, const std::string& benchmark) {
  for (const Trial& trial : run.trials) {
    if (trial.mode != series.mode || trial.kind != TrialKind::benchmark) continue;
    for (const Row& row : trial.rows) {
      if (row.benchmark != benchmark || row.state != RowState::measured) continue;
      if (row.bytes_per_second) series.bytes = *row.bytes_per_second * row.seconds;
      if (row.flops_per_second) series.flops = *row.flops_per_second * row.seconds;
      return;
    }
  }
}

/// Empty where there are several: nothing can be asked of them on the page.
std::string only_digest(const Digests& by_algorithm) {
  std::set<std::string> all;
  for (const auto& [algorithm, digests] : by_algorithm) all.insert(digests.begin(), digests.end());
  return all.size() == 1 ? *all.begin() : "";
}

void add_mode(const Run& run, const Analysis& analysis, const std::string& mode, RunSummary& summary) {
  const ResultFile file = result_file("", run, mode);
  if (mode == run.baseline_mode) summary.fingerprint = machine_fingerprint(file.environment);
  for (const Sample& sample : file.samples) {
    MeasuredSeries series;
    series.mode = mode;
    series.benchmark = short_name(sample.benchmark);
    for (const double seconds : sample.seconds) {
      if (std::isfinite(seconds) && seconds > 0) series.seconds.push_back(seconds);
    }
    if (series.seconds.empty()) continue;
    series.median_seconds = median(series.seconds);
    if (sample.cycles.size() == series.seconds.size()) series.cycles = sample.cycles;
    series.digest = only_digest(sample.digests);
    series.margin = margin_of(series.benchmark, run.margins);
    add_work(run, series, sample.benchmark);
    const auto comparison = std::find_if(
        analysis.comparisons.begin(), analysis.comparisons.end(), [&](const Comparison& candidate) {
          return candidate.candidate == mode && candidate.benchmark == sample.benchmark;
        });
    if (comparison != analysis.comparisons.end()) series.verdict = comparison->verdict;
    summary.measured.push_back(std::move(series));
  }
}

}  // namespace

std::string run_id(const std::string& started_at, std::uint64_t seed, double first_wall_seconds) {
  Fnv fnv;
  fnv.add(started_at);
  fnv.add(seed);
  fnv.add(std::bit_cast<std::uint64_t>(first_wall_seconds));
  std::string time;
  for (const char c : started_at) {
    if ((c >= '0' && c <= '9') || c == 'T' || c == 'Z') time += c;
  }
  if (time.size() > 16) time.resize(16);
  const std::uint64_t hash = fnv.value() ^ fnv.value() >> 32;
  return fmt::format("{}-{:08x}", time.empty() ? "run" : time, static_cast<std::uint32_t>(hash));
}

std::optional<double> median_cycles(const MeasuredSeries& series) {
  return series.cycles.empty() ? std::nullopt : std::optional<double>(median(series.cycles));
}

RunSummary summarise(const Run& run, const Analysis& analysis, const std::string& id) {
  RunSummary summary;
  summary.id = id;
  summary.started_at = run.started_at;
  summary.finished_at = run.finished_at;
  summary.suite = run.suite;
  summary.sentence = analysis.sentence.empty() ? "Nothing was compared." : analysis.sentence;
  summary.verdict = !analysis.wrong.empty()        ? "wrong"
                    : analysis.comparisons.empty() ? "nothing compared"
                                                   : to_string(analysis.verdict);
  summary.verdict_class = analysis.wrong.empty() ? to_string(analysis.verdict) : "slower";
  summary.facts = provenance(run);
  const bool gpu = fact(summary, "Backend") != "cpu" && !fact(summary, "GPU").empty();
  summary.device = fact(summary, gpu ? "GPU" : "CPU");
  summary.device_id = gpu ? fact(summary, "GPU UUID") : "";
  summary.driver = gpu ? fact(summary, "Driver") : "";
  summary.cuda = gpu ? fact(summary, "CUDA runtime") : "";
  for (const auto& [label, word] : software_labels) {
    const std::string value = fact(summary, label);
    summary.software.push_back(value.empty() ? "" : fmt::format("{} {}", word, value));
  }
  summary.baseline_mode = run.baseline_mode;
  if (!run.baseline_mode.empty()) summary.modes.push_back(run.baseline_mode);
  for (const std::string& mode : run.modes) {
    if (mode != run.baseline_mode) summary.modes.push_back(mode);
  }
  for (const std::string& mode : summary.modes) {
    if (std::find(run.modes.begin(), run.modes.end(), mode) == run.modes.end()) continue;
    add_mode(run, analysis, mode, summary);
  }
  return summary;
}

bool shows_flops(const MeasuredSeries& series) {
  return series.flops && is_bound_by_flops(*series.flops, series.bytes.value_or(0));
}

std::string machine_of(const RunSummary& run) {
  const std::string device = run.device.empty() ? "unknown device" : run.device;
  return run.device_id.empty() ? device : fmt::format("{} ({})", device, run.device_id);
}

void sort_newest_first(std::vector<RunSummary>& runs) {
  std::sort(runs.begin(), runs.end(), [](const RunSummary& a, const RunSummary& b) {
    return std::pair(b.started_at, b.id) < std::pair(a.started_at, a.id);
  });
}

}  // namespace cuparity
