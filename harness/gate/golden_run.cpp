#include "harness/gate/golden_run.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "harness/errors.hpp"
#include "harness/gate/gate_margins.hpp"
#include "harness/plan/suite.hpp"
#include "harness/record/run_json.hpp"
#include "harness/run/benchmark_list.hpp"
#include "harness/run/selection.hpp"
#include "harness/stats/blocks.hpp"

namespace cuparity {
namespace {

namespace fs = std::filesystem;

constexpr const char* golden_name = "golden";
constexpr const char* candidate_name = "candidate";

/// Golden and candidate, both images or both folders of programs.
struct Sides {
  fs::path golden_folder;     ///< empty: an image
  fs::path candidate_folder;
  std::string mode;
};

bool holds_a_result(const fs::path& path) {
  std::error_code error;
  if (fs::is_directory(path, error)) return holds_run(path);
  return (path.extension() == ".json" || path.extension() == ".jsonl") && fs::exists(path, error);
}

/// What is there, but holds no programs, and is the name of no image either.
void refuse_what_cannot_run(const std::string& name, const char* role) {
  std::error_code error;
  if (!program_folder(name).empty()) return;
  if (holds_a_result(name)) {
    throw UsageError(fmt::format("{} an image or a folder of programs, and '{}' is a result; a result is compared "
                                 "with: cuparity gate RESULT --baseline RESULT",
                                 role, name));
  }
  const bool path = name.starts_with('/') || name.starts_with('.') || name.ends_with('/');
  if (path && fs::exists(name, error)) {
    throw UsageError(
        fmt::format("{} an image or a folder of programs, and '{}' has no cuparity-bench in it", role, name));
  }
}

Sides find_sides(const GoldenOptions& options) {
  refuse_what_cannot_run(options.golden, "--golden takes");
  refuse_what_cannot_run(options.candidate, "with --golden the candidate is");
  Sides sides{program_folder(options.golden), program_folder(options.candidate), options.mode};
  if (sides.golden_folder.empty() != sides.candidate_folder.empty()) {
    throw UsageError(fmt::format(
        "--golden '{}' is {}, the candidate '{}' is {}: both must be images or both folders of programs",
        options.golden, sides.golden_folder.empty() ? "an image" : "a folder of programs", options.candidate,
        sides.candidate_folder.empty() ? "an image" : "a folder of programs"));
  }
  if (sides.mode.empty()) {
    sides.mode = sides.golden_folder.empty() ? "docker:--gpus=all" : "native";
  }
  const bool native = parse_access_mode(sides.mode).engine == EngineKind::native;
  if (native == sides.golden_folder.empty()) {
    throw UsageError(fmt::format("--mode {}: {}", sides.mode,
                                 native ? "an image can't be run natively" : "programs of a folder are run natively"));
  }
  return sides;
}

/// A regular expression for this name alone.
std::string exact_pattern(const std::string& name) {
  std::string pattern = "^";
  for (const char c : name) {
    if (std::string(".[]{}()\\*+?|^$").find(c) != std::string::npos) {
      pattern += '\\';
    }
    pattern += c;
  }
  return pattern + "$";
}

/// Turns the session of the candidate's mode into one of two arms.
class TwoArms {
 public:
  TwoArms(const GoldenOptions& options, const Sides& sides) : options_(options), sides_(sides) {}

  void adjust(Session& session) {
    const Arm single = session.arms.front();
    golden_engine_ = options_.make_engine(single.mode.engine, options_.golden, sides_.golden_folder);
    const std::string failure = golden_engine_->unusable(single.mode);
    if (!failure.empty()) {
      throw EnvironmentError(fmt::format("the golden '{}' can't be run: {}", options_.golden, failure));
    }
    const std::vector<std::string> common = keep_common_benchmarks(session, single);
    Arm golden = single;
    golden.engine = golden_engine_.get();
    golden.mode.text = golden_name;
    session.arms = {golden, single};
    session.arms[1].mode.text = candidate_name;
    name_arms(session.run, single.mode.text);
    std::vector<std::string> all = common;
    all.insert(all.end(), only_in_golden.begin(), only_in_golden.end());
    all.insert(all.end(), only_in_candidate.begin(), only_in_candidate.end());
    refuse_unknown_classes(options_.margins, all);
    set_margins(common, session.run);
  }

  std::vector<std::string> only_in_golden;
  std::vector<std::string> only_in_candidate;

 private:
  std::vector<std::string> keep_common_benchmarks(Session& session, const Arm& single) {
    const SuiteText text = load_suite_text(options_.run.suite.empty() ? "quick" : options_.run.suite);
    const Suite suite = parse_suite(text.yaml, text.file_name);
    const auto list = [&](Engine& engine) {
      return select_benchmarks(list_benchmarks(engine, single.mode, session.settings.backend, session.settings.folder,
                                               session.settings.time_limit),
                               suite.benchmarks.at(session.settings.backend), options_.run.filter)
          .benchmarks;
    };
    const std::vector<std::string> golden = list(*golden_engine_);
    const std::vector<std::string> candidate = list(*single.engine);
    only_in_golden = missing_in(golden, candidate);
    only_in_candidate = missing_in(candidate, golden);
    const std::vector<std::string> common = missing_in(candidate, only_in_candidate);
    if (common.empty()) {
      throw UsageError("nothing to compare: golden and candidate have no benchmark of the suite in common");
    }
    session.settings.benchmark_filter = exact_filter(common);
    session.run.environment["benchmark_filter"] = session.settings.benchmark_filter;
    return common;
  }

  /// What the command line says stands above the suite's margins, in the run's record, too.
  void set_margins(const std::vector<std::string>& benchmarks, Run& run) const {
    if (options_.margins.empty()) {
      return;
    }
    const auto margin_of = margins_with(options_.margins, run.margins);
    std::map<std::string, double> margins = {{"default", margin_of("default")}};
    for (const std::string& name : benchmarks) {
      margins[exact_pattern(name)] = margin_of(name);
    }
    run.margins = std::move(margins);
  }

  void name_arms(Run& run, const std::string& mode) {
    run.modes = {golden_name, candidate_name};
    run.baseline_mode = golden_name;
    run.mode_reasons = {{golden_name, fmt::format("{} under {}", options_.golden, mode)},
                        {candidate_name, fmt::format("{} under {}", options_.candidate, mode)}};
    for (const auto& [key, value] : golden_engine_->describe()) {
      run.environment["golden_" + key] = value;
    }
  }

  const GoldenOptions& options_;
  const Sides& sides_;
  std::unique_ptr<Engine> golden_engine_;
};

/// What was measured, which is nothing where the user stopped it early enough.
GateResult result_in(const fs::path& folder) {
  std::error_code error;
  if (!fs::exists(folder / "run.json", error)) {
    GateResult result;
    result.kind = "golden";
    result.stopped = "stopped before anything was measured";
    return result;
  }
  const Run run = load_run(folder);
  GateResult result = gate_on_golden(run, analyse(run));
  result.notes.push_back(fmt::format("the run is in {}", folder.string()));
  if (run.finished_at.empty()) {
    result.stopped = fmt::format("stopped after {} of {} blocks", complete_blocks(run).size(), run.planned_blocks);
  }
  return result;
}

}  // namespace

fs::path program_folder(const std::string& name) {
  std::error_code error;
  const fs::path path(name);
  if (fs::is_directory(path, error) && fs::exists(path / "cuparity-bench", error)) {
    return fs::absolute(path);
  }
  if (path.filename() == "cuparity-bench" && fs::exists(path, error)) {
    return fs::absolute(path).parent_path();
  }
  return {};
}

GateResult gate_on_golden(const GoldenOptions& options, const RunSurroundings& surroundings) {
  const Sides sides = find_sides(options);
  TwoArms arms(options, sides);
  RunOptions run = options.run;
  run.modes = {sides.mode};
  if (sides.candidate_folder.empty()) {
    run.image = options.candidate;
  }
  run.adjust_session = [&](Session& session) { arms.adjust(session); };
  RunSurroundings to = surroundings;
  to.make_engine = [&](EngineKind kind, const std::string& image) {
    return options.make_engine(kind, image, sides.candidate_folder);
  };
  execute_run(run, to);
  GateResult result = result_in(run.out);
  result.baseline = options.golden;
  result.candidate = options.candidate;
  result.only_in_baseline = arms.only_in_golden;
  result.only_in_candidate = arms.only_in_candidate;
  return result;
}

}  // namespace cuparity
