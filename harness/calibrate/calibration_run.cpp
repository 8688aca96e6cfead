#include "harness/calibrate/calibration_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <system_error>

#include "harness/calibrate/calibration_format.hpp"
#include "harness/errors.hpp"
#include "harness/record/journal.hpp"
#include "harness/record/run_json.hpp"
#include "harness/report/text.hpp"
#include "harness/run/folder_lock.hpp"
#include "harness/whole_file.hpp"

namespace cuparity {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr int fewest_blocks = 2;
constexpr int most_blocks = 100'000;

/// How many blocks the minutes allow.
class TimeBudget {
 public:
  TimeBudget(double minutes, double seconds_before) : budget_(60 * minutes), before_(seconds_before) {}

  void begin() { begin_ = Clock::now(); }

  int blocks(int complete) const {
    if (complete == 0) {
      return fewest_blocks;
    }
    const double elapsed = before_ + std::chrono::duration<double>(Clock::now() - begin_).count();
    const double blocks = std::floor(budget_ / (elapsed / complete));
    return static_cast<int>(std::clamp<double>(blocks, std::max(complete, fewest_blocks), most_blocks));
  }

 private:
  double budget_;
  double before_;  ///< what an earlier part of the run took
  Clock::time_point begin_ = Clock::now();
};

const Arm& arm_of_mode(const std::vector<Arm>& arms, const std::string& mode) {
  return *std::find_if(arms.begin(), arms.end(), [&](const Arm& arm) { return arm.mode.text == mode; });
}

/// Adds the arms to a session that has one a mode. The first mode is what slow-downs are injected under.
void add_arms(const std::vector<CalibrationArm>& added, Session& session) {
  session.run.baseline_mode = session.run.modes.front();
  for (const CalibrationArm& one : added) {
    Arm arm = arm_of_mode(session.arms, one.reference);
    arm.mode.text = one.name;
    if (one.slowdown > 0) {
      arm.arguments = {fmt::format("--inject-slowdown={:g}", 100 * one.slowdown)};
    }
    session.arms.push_back(std::move(arm));
    session.run.modes.push_back(one.name);
  }
  // Neither says anything about times.
  session.settings.validate.clear();
  session.settings.startup = false;
}

void prepare_folder(const fs::path& folder) {
  std::error_code error;
  if (fs::exists(folder / "plan.json", error)) {
    throw UsageError(fmt::format(
        "--out {} holds a calibration; choose another folder, or go on with: {}", folder.string(),
        shell_quoted(resume_words(folder))));
  }
  fs::create_directories(folder, error);
  if (error || !fs::is_directory(folder)) {
    throw UsageError(
        fmt::format("making the folder {} failed; choose another with --out", folder.string()));
  }
}

std::vector<std::string> recount_words(const fs::path& folder) {
  return {"cuparity", "calibrate", "--recount", folder.string()};
}

double seconds_so_far(const fs::path& run_folder) {
  double seconds = 0;
  for (const Trial& trial : read_journal(run_folder).trials) {
    seconds += trial.wall_seconds;
  }
  return seconds;
}

/// The plan that stands, and the run's options for a new calibration or one that goes on.
CalibrationPlan settle(const CalibrationOptions& options, RunOptions& run) {
  const fs::path run_folder = options.folder / "run";
  if (!options.resume) {
    prepare_folder(options.folder);
    run.out = run_folder;
    if (run.suite.empty()) {
      run.suite = "calibrate";
    }
    return options.plan;
  }
  if (!load_run(run_folder).finished_at.empty()) {
    throw UsageError(fmt::format("the calibration in {} is finished; its figures: {}", options.folder.string(),
                                 shell_quoted(recount_words(options.folder))));
  }
  CalibrationPlan plan = read_plan(options.folder);
  plan.minutes = options.minutes.value_or(plan.minutes);
  run.modes = plan.modes;
  run.resume = run_folder;
  return plan;
}

}  // namespace

std::vector<std::string> resume_words(const fs::path& folder) {
  return {"cuparity", "calibrate", "--resume", folder.string()};
}

Calibration run_calibration(const CalibrationOptions& options, const RunSurroundings& surroundings) {
  const fs::path run_folder = options.folder / "run";
  RunOptions run = options.run;
  CalibrationPlan plan = settle(options, run);
  const FolderLock lock(options.folder);
  TimeBudget budget(plan.minutes, options.resume ? seconds_so_far(run_folder) : 0);
  run.adjust_session = [&](Session& session) {
    plan.modes = session.run.modes;
    add_arms(calibration_arms(plan), session);
    write_plan(plan, options.folder);
    budget.begin();
  };
  run.resume_command = resume_words(options.folder);
  run.replan = [&](int complete_blocks) { return budget.blocks(complete_blocks); };
  std::error_code error;
  try {
    execute_run(run, surroundings);
  } catch (...) {
    fs::remove(options.folder, error);  // only if nothing is in it: it could not begin
    throw;
  }
  if (!fs::exists(run_folder / "journal.jsonl", error)) {
    Calibration nothing;
    nothing.interrupted = true;
    return nothing;  // the user stopped it before the first process
  }
  const Calibration calibration = recount_calibration(options.folder);
  const std::string recount_advice =
      "free some space; the figures: " + shell_quoted(recount_words(options.folder));
  write_whole_file(options.folder / "calibration.json", calibration_as_json(calibration), recount_advice);
  write_whole_file(options.folder / "calibration.md", calibration_as_markdown(calibration), recount_advice);
  return calibration;
}

Calibration recount_calibration(const fs::path& folder) {
  const CalibrationPlan plan = read_plan(folder);
  std::error_code error;
  const Run run = load_run(fs::is_directory(folder / "run", error) ? folder / "run" : folder);
  return calibrate(run, calibration_arms(plan), plan.group_sizes);
}

}  // namespace cuparity
