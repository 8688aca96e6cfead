#include "harness/explain/startup.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "harness/stats/signed_rank.hpp"

namespace cuparity {
namespace {

constexpr double alpha = 0.05;

struct PhaseText {
  const char* name;
  const char* description;
  bool sum;
};

/// In the order in which they happen.
constexpr PhaseText phase_texts[] = {
    {"create", "the engine's create command: the container's layers, folders and configuration", false},
    {"hook", "what the GPU request adds to start: the toolkit's hook or CDI's mounts", false},
    {"start", "from the start command to the first instruction of the program's main()", false},
    {"cuinit", "cuInit: the driver looks at every GPU that it is shown", false},
    {"context", "the primary context on the first GPU", false},
    {"module_load", "the module with the first kernel", false},
    {"first_kernel", "the first launch, to its end", false},
    {"first_result", "the result, copied to the host", false},
    {"exit", "from the end of the program's work to its end seen from the host", false},
    {"remove", "the engine's remove command", false},
    {"to_first_result", "from the first command to the first result on the host", true},
    {"total", "from the first command to the end of the last", true},
};

/// Seconds by phase of one start.
using Phases = std::map<std::string, double>;

void subtract_hook(Phases& phases) {
  const auto without = phases.find("start_without_gpu");
  if (without == phases.end()) return;
  phases["hook"] = phases["start"] - without->second;
  phases["start"] = without->second;
  phases.erase(without);
}

Phases phases_of(const Trial& trial) {
  Phases phases;
  for (const Row& row : trial.rows) {
    if (row.state == RowState::measured) phases[row.benchmark] = row.seconds;
  }
  subtract_hook(phases);
  double to_first_result = 0;
  for (const PhaseText& phase : phase_texts) {
    const auto found = phases.find(phase.name);
    if (found != phases.end()) to_first_result += found->second;
    if (std::string_view(phase.name) == "first_result") break;
  }
  phases["to_first_result"] = to_first_result;
  return phases;
}

/// mode -> block -> phases.
using Starts = std::map<std::string, std::map<int, Phases>>;

Starts starts_of(const Run& run) {
  Starts starts;
  for (const Trial& trial : run.trials) {
    if (trial.kind == TrialKind::startup && trial.ok) starts[trial.mode][trial.block] = phases_of(trial);
  }
  return starts;
}

std::optional<StartupValue> value_of(const std::vector<double>& seconds) {
  if (seconds.empty()) return std::nullopt;
  StartupValue value;
  value.seconds = hodges_lehmann(seconds);
  value.blocks = static_cast<int>(seconds.size());
  const Interval interval = signed_rank_interval(seconds, alpha);
  if (interval.bounded()) {
    value.low = interval.low;
    value.high = interval.high;
  }
  return value;
}

std::optional<double> seconds_of(const Phases& phases, const std::string& name) {
  const auto found = phases.find(name);
  return found == phases.end() ? std::nullopt : std::optional<double>(found->second);
}

std::optional<StartupValue> measured(const Starts& starts, const std::string& mode, const std::string& name) {
  std::vector<double> seconds;
  const auto of_mode = starts.find(mode);
  if (of_mode == starts.end()) return std::nullopt;
  for (const auto& [block, phases] : of_mode->second) {
    if (const auto one = seconds_of(phases, name)) seconds.push_back(*one);
  }
  return value_of(seconds);
}

std::optional<StartupValue> difference(const Starts& starts, const std::string& baseline,
                                       const std::string& mode, const std::string& name) {
  if (mode == baseline || starts.count(baseline) == 0 || starts.count(mode) == 0) return std::nullopt;
  std::vector<double> differences;
  for (const auto& [block, phases] : starts.at(mode)) {
    const auto other = starts.at(baseline).find(block);
    if (other == starts.at(baseline).end()) continue;
    const auto here = seconds_of(phases, name);
    const auto there = seconds_of(other->second, name);
    if (here || there) differences.push_back(here.value_or(0) - there.value_or(0));
  }
  return value_of(differences);
}

std::vector<std::string> notes_of(const Starts& starts, const StartupTable& table) {
  std::vector<std::string> notes = {
      "Pulling the image is not in it: the image is on the machine before anything is timed.",
      "Files are in memory from earlier starts: these are warm starts.",
      "start holds the engine's command itself, the container's runtime and the loading of the program's "
      "libraries."};
  const auto has = [&](const char* name) {
    return std::any_of(starts.begin(), starts.end(), [&](const auto& of_mode) {
      return std::any_of(of_mode.second.begin(), of_mode.second.end(),
                         [&](const auto& of_block) { return of_block.second.count(name) > 0; });
    });
  };
  if (has("hook"))
    notes.push_back(
        "hook is a difference: the start of this container minus that of one without the GPU request.");
  else if (table.modes.size() > 1)
    notes.push_back("No hook: no mode asked its engine for a GPU.");
  if (!has("cuinit")) notes.push_back("No GPU phases: the CPU backend ran.");
  return notes;
}

}  // namespace

StartupTable startup_table(const Run& run) {
  StartupTable table;
  const Starts starts = starts_of(run);
  if (starts.empty()) return table;
  table.confidence_level = 1 - alpha;
  table.modes.push_back(run.baseline_mode);
  for (const std::string& mode : run.modes) {
    if (mode != run.baseline_mode) table.modes.push_back(mode);
  }
  for (const PhaseText& text : phase_texts) {
    StartupPhase phase{text.name, text.description, text.sum, {}, {}};
    for (const std::string& mode : table.modes) {
      phase.values.push_back(measured(starts, mode, text.name));
      phase.differences.push_back(difference(starts, run.baseline_mode, mode, text.name));
    }
    const bool somewhere = std::any_of(phase.values.begin(), phase.values.end(),
                                       [](const auto& value) { return value.has_value(); });
    if (somewhere) table.phases.push_back(std::move(phase));
  }
  table.notes = notes_of(starts, table);
  return table;
}

}  // namespace cuparity
