// cuparity gate: lets a candidate through, or does not.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>

#include "harness/cli/commands.hpp"
#include "harness/engine/engines.hpp"
#include "harness/engine/interrupt.hpp"
#include "harness/errors.hpp"
#include "harness/gate/gate_formats.hpp"
#include "harness/gate/gate_margins.hpp"
#include "harness/gate/golden_run.hpp"
#include "harness/gate/history_gate.hpp"
#include "harness/record/benchmark_json.hpp"
#include "harness/record/result_file.hpp"
#include "harness/record/run_json.hpp"
#include "harness/run/run_command.hpp"
#include "harness/run/selection.hpp"
#include "harness/stats/correctness.hpp"
#include "harness/stats/fingerprint.hpp"
#include "harness/whole_file.hpp"

namespace cuparity {
namespace {

namespace fs = std::filesystem;

struct GateOptions {
  std::string candidate;
  std::string golden;
  std::string baseline;
  std::string history;
  std::string index;
  std::string mode;
  std::string allow;
  std::vector<std::string> margins;
  std::string junit;
  std::string gitlab;
  bool github = false;
  bool cross_environment = false;
  std::string format = "text";
  RunOptions run;
};

struct Side {
  ResultFile file;
  std::string mode;  ///< empty: not a run of ours
  std::map<std::string, double> margins;
};

/// A file or folder that was read.
struct LoadedResult {
  std::string path;
  Result result;

  const Run* run() const { return std::get_if<Run>(&result); }
};

LoadedResult loaded_result(const std::string& path) { return {path, load_result(path)}; }

Side side_of(const LoadedResult& loaded, const std::string& mode) {
  if (const Run* run = loaded.run()) {
    return {result_file(loaded.path, *run, mode), mode.empty() ? run->baseline_mode : mode, run->margins};
  }
  if (!mode.empty()) {
    throw UsageError(fmt::format("{}: --mode is for runs of cuparity", loaded.path));
  }
  return {result_file(loaded.path, std::get<BenchmarkFile>(loaded.result)), "", {}};
}

/// The mode asked for, else all of the candidate that the baseline has, too: where the host is as fast as before, a container
/// need not be.
std::vector<std::string> modes_to_compare(const std::string& wanted, const LoadedResult& candidate, const LoadedResult* baseline) {
  if (!wanted.empty() || candidate.run() == nullptr || (baseline != nullptr && baseline->run() == nullptr)) {
    return {wanted};
  }
  const std::vector<std::string>& modes = candidate.run()->modes;
  if (baseline == nullptr) return modes;
  const std::vector<std::string>& known = baseline->run()->modes;
  const std::vector<std::string> common = missing_in(modes, missing_in(modes, known));
  if (common.empty()) {
    throw UsageError(fmt::format("nothing to compare: {} has the modes {}, {} has {}; run both with the same --mode", candidate.path,
                                 fmt::join(modes, ", "), baseline->path, fmt::join(known, ", ")));
  }
  return common;
}

/// A mode that got lost must not pass without a word.
void note_modes_in_one(const LoadedResult& candidate, const LoadedResult& baseline, GateResult& result) {
  if (candidate.run() == nullptr || baseline.run() == nullptr) return;
  for (const std::string& mode : missing_in(baseline.run()->modes, candidate.run()->modes)) {
    result.warnings.push_back(fmt::format("the baseline's mode {} is missing in the candidate, so it was not compared", mode));
  }
  for (const std::string& mode : missing_in(candidate.run()->modes, baseline.run()->modes)) {
    result.notes.push_back(fmt::format("The candidate's mode {} is new: the baseline has none to compare it with.", mode));
  }
}

/// What is wrong in modes of the candidate that the baseline lacks: nothing compares them.
std::vector<std::string> wrong_in_new_modes(const LoadedResult& candidate, const LoadedResult& baseline) {
  std::vector<std::string> wrong;
  if (candidate.run() == nullptr || baseline.run() == nullptr) return wrong;
  for (const std::string& mode : missing_in(candidate.run()->modes, baseline.run()->modes)) {
    for (const std::string& line : find_wrong(*candidate.run(), mode)) wrong.push_back(fmt::format("{}: {}", mode, line));
  }
  return wrong;
}

std::vector<std::string> names_in(const std::vector<Side>& before, const std::vector<Side>& now) {
  std::vector<std::string> names;
  for (const std::vector<Side>* sides : {&before, &now}) {
    for (const Side& side : *sides) {
      for (const Sample& sample : side.file.samples) names.push_back(short_name(sample.benchmark));
    }
  }
  return names;
}

GateResult against_baseline(const GateOptions& options, const Side& candidate, const Side& baseline) {
  FileComparisonSettings settings;
  settings.margin_of = margins_with(options.margins, baseline.margins);
  settings.cross_environment = options.cross_environment;
  // A new image or library is what a gate judges; it stands among the notes.
  settings.may_differ = {software_keys().begin(), software_keys().end()};
  return gate_on_files(compare_files(baseline.file, candidate.file, settings));
}

std::vector<Side> sides_of(const LoadedResult& loaded, const std::vector<std::string>& modes) {
  std::vector<Side> sides;
  for (const std::string& mode : modes) sides.push_back(side_of(loaded, mode));
  return sides;
}

/// One result a side; compare(i) throws UsageError where there is nothing to compare, which is that side's result, too, unless
/// it is so for all of them and nothing is wrong. `baseline_name(i)` is what side i is compared with; `wrong_elsewhere` goes
/// into the first result.
template <typename BaselineName, typename Compare>
GateResults each_mode(const std::string& kind, const std::vector<Side>& candidates, BaselineName baseline_name,
                      Compare compare, const std::vector<std::string>& wrong_elsewhere) {
  GateResults results;
  std::string first_obstacle;
  bool any = !wrong_elsewhere.empty();  // something that can be judged
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    try {
      results.push_back(compare(i));
      any = true;
    } catch (const UsageError& error) {
      if (first_obstacle.empty()) first_obstacle = error.what();
      results.push_back(not_compared(kind, baseline_name(i), candidates[i].file.name, error.what()));
      results.back().wrong = candidates[i].file.wrong;
      any = any || !results.back().wrong.empty();
    }
    results.back().mode = candidates[i].mode;
  }
  if (!any) throw UsageError(first_obstacle);
  std::vector<std::string>& wrong = results.front().wrong;
  wrong.insert(wrong.end(), wrong_elsewhere.begin(), wrong_elsewhere.end());
  return results;
}

GateResults against_baseline(const GateOptions& options, const LoadedResult& candidate) {
  const LoadedResult baseline = loaded_result(options.baseline);
  const std::vector<std::string> modes = modes_to_compare(options.mode, candidate, &baseline);
  const std::vector<Side> before = sides_of(baseline, modes), now = sides_of(candidate, modes);
  refuse_unknown_classes(options.margins, names_in(before, now));
  const bool all_modes = options.mode.empty();
  GateResults results = each_mode(
      "baseline", now, [&](std::size_t i) { return before[i].file.name; },
      [&](std::size_t i) { return against_baseline(options, now[i], before[i]); },
      all_modes ? wrong_in_new_modes(candidate, baseline) : std::vector<std::string>());
  if (all_modes) note_modes_in_one(candidate, baseline, results.front());
  return results;
}

GateResults against_history(const GateOptions& options, const LoadedResult& candidate,
                            const std::vector<ExpectedChange>& expected) {
  HistoryIndex index(options.history, options.index);
  const IndexUpdate update = index.update();
  const LeftOutRun itself = left_out_run(options.candidate);
  const std::vector<Side> sides = sides_of(candidate, modes_to_compare(options.mode, candidate, nullptr));
  GateResults results = each_mode(
      "history", sides, [&](std::size_t) { return options.history; },
      [&](std::size_t i) {
        return gate_on_history(index, options.history, sides[i].file, sides[i].mode, itself, expected);
      },
      {});
  for (const std::string& reason : update.passed_over) {
    results.front().warnings.push_back("passed over: " + reason);
  }
  return results;
}

GateResult against_golden(const GateOptions& options) {
  GoldenOptions golden;
  golden.golden = options.golden;
  golden.candidate = options.candidate;
  golden.mode = options.mode;
  golden.margins = options.margins;
  golden.run = options.run;
  if (golden.run.out.empty()) {
    golden.run.out = default_run_folder("gate");
  }
  golden.make_engine = [](EngineKind kind, const std::string& image, const fs::path& bin) {
    return make_engine(kind, {image, bin, Interrupt::requested});
  };
  const Interrupt interrupt;
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> nowhere(std::fopen("/dev/null", "w"), std::fclose);
  RunSurroundings surroundings;
  surroundings.stop_requested = Interrupt::requested;
  surroundings.result = nowhere.get();
  return gate_on_golden(golden, surroundings);
}

void check(const GateOptions& options) {
  const bool files = !options.baseline.empty() || !options.history.empty();
  if (!files && options.golden.empty()) {
    throw UsageError(
        "nothing to compare with: give --golden (an image or programs), --baseline (a result file) or --history (a "
        "folder of runs)");
  }
  if (files && !options.golden.empty()) {
    throw UsageError(
        "--golden re-runs an image or programs, --baseline and --history compare a result file: call cuparity gate "
        "once for each");
  }
  margins_with(options.margins, {});  // a mistake in them is said before anything is started
  if (!options.margins.empty() && options.golden.empty() && options.baseline.empty()) {
    throw UsageError(
        "--margin is for --golden and --baseline; --history alone has no margins, earlier runs say what is usual");
  }
}

void refuse_what_is_not_heeded(const CLI::App& command) {
  const std::pair<const char*, const char*> wanted[] = {
      {"--suite", "--golden"},   {"--blocks", "--golden"}, {"--seed", "--golden"},   {"--backend", "--golden"},
      {"--filter", "--golden"},  {"--out", "--golden"},    {"--index", "--history"},
      {"--cross-environment", "--baseline"}};
  for (const auto& [option, its] : wanted) {
    if (command.count(option) > 0 && command.count(its) == 0) {
      throw UsageError(fmt::format("{} is for {}, which is not given: leave it out", option, its));
    }
  }
}

/// Whether a report written to `file` would replace something that this gate reads, or a run of ours.
bool is_read(const fs::path& file, const GateOptions& options) {
  std::error_code error;
  if (!fs::exists(file, error)) return false;
  if (file.filename() == "run.json" || file.filename() == "journal.jsonl") return true;
  const fs::path folder = fs::absolute(file, error).parent_path();
  for (const std::string& read : {options.candidate, options.baseline, options.allow, options.index}) {
    const bool one_of_its_files =
        file.extension() == ".json" && fs::equivalent(folder, read, error) && !holds_run(folder);
    if (one_of_its_files || fs::equivalent(file, read, error)) return true;
  }
  return false;
}

void check_report(const char* option, const std::string& file, const GateOptions& options) {
  if (!file.empty() && is_read(file, options)) {
    throw UsageError(fmt::format("{0} {1} is what is compared and would be replaced; choose another file for {0}",
                                 option, file));
  }
}

GateResults find_results(const GateOptions& options) {
  check(options);
  check_report("--junit", options.junit, options);
  check_report("--gitlab", options.gitlab, options);
  std::vector<ExpectedChange> expected;
  if (!options.allow.empty()) {
    expected = read_expected_changes(options.allow);
  }
  GateResults results;
  if (!options.golden.empty()) {
    results.push_back(against_golden(options));
  } else {
    const LoadedResult candidate = loaded_result(options.candidate);
    if (!options.baseline.empty()) {
      results = against_baseline(options, candidate);
    }
    if (!options.history.empty()) {
      const GateResults more = against_history(options, candidate, expected);
      results.insert(results.end(), more.begin(), more.end());
    }
  }
  apply_expected_changes(expected, utc_today(), results);
  for (GateResult& result : results) conclude(result);
  return results;
}

/// GitHub's summary of a step, to which every step adds.
void append(const std::string& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary | std::ios::app);
  file << text;
  if (!file.flush()) {
    throw EnvironmentError(fmt::format("writing {} failed: does its folder exist, and is there space?", path));
  }
}

int gate(const GateOptions& options) {
  const GateResults results = find_results(options);
  fmt::print("{}", options.format == "json" ? gate_as_json(results) : gate_as_text(results));
  if (!options.junit.empty()) {
    write_whole_file(options.junit, gate_as_junit(results), "choose another file for --junit", AtLink::followed);
  }
  if (!options.gitlab.empty()) {
    write_whole_file(options.gitlab, gate_as_gitlab(results), "choose another file for --gitlab", AtLink::followed);
  }
  if (options.github) {
    // Commands are found on either stream; JSON on standard output must stay JSON.
    fmt::print(options.format == "json" ? stderr : stdout, "{}", gate_as_github_annotations(results));
    const char* summary = std::getenv("GITHUB_STEP_SUMMARY");
    if (summary != nullptr && *summary != '\0') {
      append(summary, gate_as_markdown(results));
    } else {
      say_on_stderr("cuparity: GITHUB_STEP_SUMMARY is not set, so no step summary was written");
    }
  }
  return exit_code_of(results);
}

}  // namespace

void add_gate_command(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand("gate", "Let a candidate through or not: against a golden, a file, a history");
  auto options = std::make_shared<GateOptions>();
  command
      ->add_option("CANDIDATE", options->candidate,
                   "A run or another result file; with --golden an image or a folder with cuparity-bench")
      ->required();
  command->add_option("--golden", options->golden,
                      "The image or folder with cuparity-bench that was good: re-run now, interleaved");
  command->add_option("--baseline", options->baseline, "The run or result file that was good");
  command->add_option("--history", options->history,
                      "Folder of earlier runs; alone it never says slower, a surprise is inconclusive");
  command->add_option("--index", options->index, "Index of the history (default: DIR/.cuparity-history.sqlite)");
  command->add_option("--mode", options->mode,
                      "The mode to compare (default: every one that both runs have); for images how they get the GPU "
                      "(default: docker:--gpus=all)");
  command->add_option("--allow", options->allow, "YAML file of expected changes");
  command->add_option("--margin", options->margins, "class=share, e.g. gemm=0.5% or default=0.02; repeat for each")
      ->allow_extra_args(false)
      ->take_all();
  command->add_flag("--cross-environment", options->cross_environment,
                    "Compare although GPU or driver differ; the result says so");
  command->add_option("--junit", options->junit, "Write JUnit XML here");
  command->add_option("--gitlab", options->gitlab, "Write GitLab's code quality JSON here");
  command->add_flag("--github", options->github, "Print annotations, append to GITHUB_STEP_SUMMARY");
  command->add_option("--format", options->format, "text (default) or json")->check(CLI::IsMember({"text", "json"}));
  command->add_option("--suite", options->run.suite, "With --golden: quick (default), standard, full, multi_gpu or a file");
  command->add_option("--blocks", options->run.blocks, "With --golden: blocks instead of the suite's number")
      ->check(CLI::Range(1, 100000));
  command->add_option("--seed", options->run.seed, "With --golden: seed of the order")->check(check_seed);
  command->add_option("--backend", options->run.backend, "With --golden: auto, cuda or cpu")
      ->check(CLI::IsMember({"auto", "cuda", "cpu"}));
  command->add_option("--filter", options->run.filter, "With --golden: only names in which this is found");
  command->add_option("--out", options->run.out, "With --golden: folder of the run");
  command->footer(
      "Exit code 0 passes; 1 slower or wrong; 3 could not be decided; 2 also where nothing could be compared.\n"
      "Expected changes (--allow): docs/ci.md.");
  command->callback([options, command, &exit_code] {
    options->run.command = {"cuparity", "gate"};
    for (const CLI::Option* option : command->get_options()) {
      for (const std::string& value : option->results()) {
        options->run.command.push_back(option->get_name() + "=" + value);
      }
    }
    refuse_what_is_not_heeded(*command);
    exit_code = gate(*options);
  });
}

}  // namespace cuparity
