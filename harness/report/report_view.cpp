#include "harness/report/report_view.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "harness/record/benchmark_json.hpp"
#include "harness/record/median.hpp"
#include "harness/report/attainable.hpp"
#include "harness/report/environment_keys.hpp"
#include "harness/report/numbers.hpp"
#include "harness/report/text.hpp"

namespace cuparity {
namespace {

/// Rates by mode and benchmark: the median over the processes.
class Rates {
 public:
  explicit Rates(const Run& run) {
    for (const Trial& trial : run.trials) {
      if (trial.kind != TrialKind::benchmark || !trial.ok) continue;
      for (const Row& row : trial.rows) {
        if (row.state != RowState::measured) continue;
        Samples& samples = samples_[{trial.mode, row.benchmark}];
        if (row.flops_per_second) samples.flops.push_back(*row.flops_per_second);
        if (row.bytes_per_second) samples.bytes.push_back(*row.bytes_per_second);
      }
    }
  }

  /// What the benchmark is about: bytes/s where it does few operations a byte (STREAM, SAXPY), FLOP/s where
  /// it does many (GEMM, convolution), time where it has neither.
  std::string value(const std::string& mode, const std::string& benchmark,
                    std::optional<double> seconds) const {
    if (const auto found = samples_.find({mode, benchmark}); found != samples_.end()) {
      const double flops = found->second.flops.empty() ? 0 : median(found->second.flops);
      const double bytes = found->second.bytes.empty() ? 0 : median(found->second.bytes);
      if (is_bound_by_flops(flops, bytes)) return format_flops_per_second(flops);
      if (bytes > 0) return format_bytes_per_second(bytes);
    }
    return seconds ? format_seconds(*seconds) : "–";
  }

  /// As one process would have reported it: medians over the processes.
  Row median_row(const std::string& mode, const std::string& benchmark, double seconds) const {
    Row row;
    row.benchmark = benchmark;
    row.seconds = seconds;
    if (const auto found = samples_.find({mode, benchmark}); found != samples_.end()) {
      if (!found->second.flops.empty()) row.flops_per_second = median(found->second.flops);
      if (!found->second.bytes.empty()) row.bytes_per_second = median(found->second.bytes);
    }
    return row;
  }

 private:
  struct Samples {
    std::vector<double> flops, bytes;
  };
  std::map<std::pair<std::string, std::string>, Samples> samples_;
};

ComparisonCells cells(const Comparison& comparison, const Rates& rates) {
  ComparisonCells result;
  result.comparison = &comparison;
  result.name = short_name(comparison.benchmark);
  result.baseline_value = rates.value(comparison.baseline, comparison.benchmark, comparison.baseline_seconds);
  result.candidate_value =
      rates.value(comparison.candidate, comparison.benchmark, comparison.candidate_seconds);
  result.effect = comparison.effect ? format_effect(*comparison.effect) : "–";
  result.interval = format_interval(comparison.interval_low, comparison.interval_high);
  result.blocks = std::to_string(comparison.n);
  result.minimum_detectable_effect =
      comparison.minimum_detectable_effect ? format_percent(*comparison.minimum_detectable_effect) : "–";
  result.verdict = to_string(comparison.verdict);
  std::vector<std::string> remarks;
  if (comparison.measure == Measure::cycles)
    remarks.push_back("per clock, in time " + (comparison.time_effect ? format_effect(*comparison.time_effect) : "–"));
  if (comparison.detectable_below_margin) remarks.push_back("detectable, below the margin");
  if (comparison.same_bits && !*comparison.same_bits) remarks.push_back("other bits");
  result.remark = fmt::format("{}", fmt::join(remarks, "; "));
  return result;
}

/// Empty: not a GPU, or no such processes.
std::string gpu_name(const Run& run, const std::string& mode) {
  for (const Trial& trial : run.trials) {
    const auto found = trial.environment.find("gpu_name");
    if (trial.mode == mode && found != trial.environment.end()) return found->second;
  }
  return "";
}

void set_attained(ComparisonCells& cells, const Rates& rates, const std::string& gpu) {
  const Comparison& comparison = *cells.comparison;
  if (gpu.empty() || !comparison.candidate_seconds) return;
  const auto found =
      attained(builtin_attainable(), gpu,
               rates.median_row(comparison.candidate, comparison.benchmark, *comparison.candidate_seconds));
  if (!found) return;
  cells.attained = fmt::format("{:.0f} %", 100 * found->fraction);
  cells.attained_source =
      fmt::format("{}: {}", found->kind == AttainableKind::vendor ? "data sheet" : "measured", found->source);
}

std::vector<ModeTable> mode_tables(const Run& run, const Analysis& analysis, const Rates& rates) {
  std::vector<ModeTable> tables;
  std::map<std::string, std::string> gpus;  // by mode
  for (const std::string& mode : run.modes) {
    if (mode != run.baseline_mode) tables.push_back({run.baseline_mode, mode, {}, {}});
  }
  for (const Comparison& comparison : analysis.comparisons) {
    auto table = std::find_if(tables.begin(), tables.end(),
                              [&](const ModeTable& t) { return t.candidate == comparison.candidate; });
    if (table == tables.end())
      table = tables.insert(table, {comparison.baseline, comparison.candidate, {}, {}});
    table->rows.push_back(cells(comparison, rates));
    set_attained(table->rows.back(), rates, gpus.try_emplace(comparison.candidate, gpu_name(run, comparison.candidate)).first->second);
    ++table->count[comparison.verdict];
  }
  std::erase_if(tables, [](const ModeTable& table) { return table.rows.empty(); });
  return tables;
}

std::vector<MeasuredCells> measured_cells(const Run& run, const Rates& rates) {
  std::vector<std::pair<std::string, std::string>> order;  // mode, benchmark
  std::map<std::pair<std::string, std::string>, std::vector<double>> seconds;
  for (const Trial& trial : run.trials) {
    if (trial.kind != TrialKind::benchmark || !trial.ok) continue;
    for (const Row& row : trial.rows) {
      if (row.state != RowState::measured) continue;
      const std::pair<std::string, std::string> key{trial.mode, row.benchmark};
      if (!seconds.contains(key)) order.push_back(key);
      seconds[key].push_back(row.seconds);
    }
  }
  std::vector<MeasuredCells> lines;
  for (const auto& key : order) {
    lines.push_back({key.first, short_name(key.second),
                     rates.value(key.first, key.second, median(seconds[key])),
                     std::to_string(seconds[key].size())});
  }
  return lines;
}

std::string noise_floor_summary(const std::vector<ComparisonCells>& noise_floor,
                                const std::string& baseline) {
  const ComparisonCells* largest = nullptr;
  std::vector<double> sizes;
  for (const ComparisonCells& row : noise_floor) {
    if (!row.comparison->effect) continue;
    sizes.push_back(std::abs(*row.comparison->effect));
    if (!largest || sizes.back() > std::abs(*largest->comparison->effect)) largest = &row;
  }
  if (!largest) return "";
  return fmt::format("{} against itself: median {}, largest {} ({})", baseline, format_percent(median(sizes)),
                     format_percent(std::abs(*largest->comparison->effect)), largest->name);
}

std::vector<SkippedGroup> skipped_groups(const Run& run, const Analysis& analysis) {
  std::set<std::string> all_modes;
  std::vector<std::string> reasons, benchmarks;                              // in order of appearance
  std::map<std::string, std::map<std::string, std::set<std::string>>> seen;  // reason, benchmark, modes
  for (const Trial& trial : run.trials) {
    if (trial.kind != TrialKind::benchmark) continue;
    all_modes.insert(trial.mode);
    for (const Row& row : trial.rows) {
      if (row.state != RowState::skipped) continue;
      if (!seen.contains(row.message)) reasons.push_back(row.message);
      if (std::find(benchmarks.begin(), benchmarks.end(), row.benchmark) == benchmarks.end()) {
        benchmarks.push_back(row.benchmark);
      }
      seen[row.message][row.benchmark].insert(trial.mode);
    }
  }
  std::vector<SkippedGroup> groups;
  for (const std::string& reason : reasons) {
    SkippedGroup& group = groups.emplace_back(SkippedGroup{reason.empty() ? "no reason given" : reason, {}});
    for (const std::string& benchmark : benchmarks) {
      const auto found = seen[reason].find(benchmark);
      if (found == seen[reason].end()) continue;
      const bool everywhere = found->second == all_modes;
      group.benchmarks.push_back(short_name(benchmark) +
                                 (everywhere ? "" : fmt::format(" ({})", fmt::join(found->second, ", "))));
    }
  }
  // An analysis of something else than our own trials knows its skipped rows as lines alone.
  if (groups.empty()) {
    for (const std::string& line : analysis.skipped) groups.push_back({line, {}});
  }
  return groups;
}

std::string state_of(const Run& run) {
  if (!run.finished_at.empty()) return "";
  std::set<int> blocks;
  for (const Trial& trial : run.trials) {
    if (trial.kind != TrialKind::validation && trial.block >= 0) blocks.insert(trial.block);
  }
  if (run.planned_blocks <= 0) return "interrupted: this is what had been measured by then";
  return fmt::format("interrupted: {} of {} blocks had begun; this is what had been measured by then",
                     blocks.size(), run.planned_blocks);
}

/// What was skipped or not run at all is said of each mode: one that skips what another passes was validated less.
std::string validation_of(const Run& run) {
  int passed = 0, failed = 0;
  std::map<std::string, int> skipped;
  std::set<std::string> validated;
  for (const Trial& trial : run.trials) {
    passed += trial.tests_passed;
    failed += trial.tests_failed;
    if (trial.tests_skipped > 0) skipped[trial.mode] += trial.tests_skipped;
    if (trial.kind == TrialKind::validation) validated.insert(trial.mode);
  }
  if (passed + failed == 0 && skipped.empty()) return "";
  std::string text = fmt::format("{} {} passed, all modes together", passed, passed == 1 ? "test" : "tests");
  if (failed > 0) text += fmt::format(", {} failed", failed);
  for (const auto& [mode, count] : skipped) text += fmt::format(", {} skipped under {}", count, shortened(mode, 60));
  for (const std::string& mode : run.modes) {
    if (!validated.contains(mode)) text += fmt::format(", none run under {}", shortened(mode, 60));
  }
  return text;
}

std::string overhead_of(const Run& run, const Analysis& analysis) {
  double processes = 0;
  for (const Trial& trial : run.trials) processes += trial.wall_seconds;
  if (processes <= 0) return "";
  return fmt::format("{} outside of the measured processes, {} of their {}",
                     format_seconds(run.harness_seconds), format_percent(analysis.overhead_ratio),
                     format_seconds(processes));
}

/// A suite that was read from a pipe is there no more; the copy beside the report is.
std::string lasting_suite(const std::string& suite) {
  const bool from_pipe = suite.starts_with("/dev/fd/") || suite.starts_with("/proc/") || suite == "/dev/stdin";
  return from_pipe ? "suite.yaml" : suite;
}

/// The command again, without the folder that it has filled.
std::string command_of(const Run& run) {
  if (run.command.empty()) return "";
  std::vector<std::string> command;
  for (std::size_t i = 0; i < run.command.size(); ++i) {
    const std::string& word = run.command[i];
    const bool names_suite = i > 0 && run.command[i - 1] == "--suite";
    if (word == "--out") ++i;
    else if (word.starts_with("--suite=")) command.push_back("--suite=" + lasting_suite(word.substr(8)));
    else if (!word.starts_with("--out=")) command.push_back(names_suite ? lasting_suite(word) : word);
  }
  const bool seeded = std::any_of(command.begin(), command.end(),
                                  [](const std::string& word) { return word.starts_with("--seed"); });
  if (!seeded) {  // a seed that was drawn: the same order of trials again
    command.push_back("--seed");
    command.push_back(std::to_string(run.seed));
  }
  return shell_quoted(command);
}

}  // namespace

bool is_bound_by_flops(double flops, double bytes) {
  // GEMV, the densest of the memory-bound operations, does half a multiply-add a byte.
  constexpr double most_flops_a_byte_of_memory_benchmarks = 2;
  return flops > most_flops_a_byte_of_memory_benchmarks * bytes;
}

ReportView describe(const Run& run, const Analysis& analysis) {
  const Rates rates(run);
  ReportView view;
  view.verdict = analysis.verdict;
  view.sentence = analysis.sentence.empty() ? "Nothing was compared." : analysis.sentence;
  view.state = state_of(run);
  if (!run.baseline_mode.empty()) view.modes.push_back(run.baseline_mode);
  for (const std::string& mode : run.modes) {
    if (mode != run.baseline_mode) view.modes.push_back(mode);
  }
  view.tables = mode_tables(run, analysis, rates);
  if (view.tables.empty()) view.measured = measured_cells(run, rates);
  for (const Comparison& comparison : analysis.noise_floor) {
    view.noise_floor.push_back(cells(comparison, rates));
  }
  view.noise_floor_summary = noise_floor_summary(view.noise_floor, run.baseline_mode);
  view.wrong = analysis.wrong;
  view.skipped = skipped_groups(run, analysis);
  view.notes = run.notes;
  for (const auto& [mode, reason] : run.mode_reasons) view.notes.push_back(mode + ": " + reason);
  view.environment = environment_keys(run, view.modes);
  view.provenance = provenance(run);
  view.validation = validation_of(run);
  view.overhead = overhead_of(run, analysis);
  view.command = command_of(run);
  return view;
}

}  // namespace cuparity
