#include "harness/calibrate/calibration_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <system_error>

#include "harness/calibrate/calibrate_suite.hpp"
#include "harness/calibrate/calibration_format.hpp"
#include "harness/errors.hpp"
#include "harness/record/run_json.hpp"

namespace cuparity {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr int more_blocks_than_time = 100'000;

void write(const fs::path& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  if (!file.flush()) {
    throw EnvironmentError(fmt::format("writing {} failed: is the disk full?", path.string()));
  }
}

/// Ends the run at the end of a block when the time is over.
class TimeBudget {
 public:
  explicit TimeBudget(double minutes) : budget_(60 * minutes) {}

  void watch(Run& run) {
    run_ = &run;
    run.planned_blocks = more_blocks_than_time;
    run.looks = {more_blocks_than_time};
    begin_ = Clock::now();
  }

  /// Called before every trial. Before the first trial of a block it decides whether that is the last one.
  void look() {
    if (run_ == nullptr) {
      return;
    }
    const auto trials = std::count_if(run_->trials.begin(), run_->trials.end(), [](const Trial& trial) {
      return trial.kind == TrialKind::benchmark;
    });
    const auto trials_a_block = static_cast<std::ptrdiff_t>(2 * run_->modes.size());
    const auto blocks = trials / trials_a_block;
    if (trials % trials_a_block != 0 || blocks < 1) {
      return;
    }
    const double elapsed = std::chrono::duration<double>(Clock::now() - begin_).count();
    const double block_seconds = elapsed / static_cast<double>(blocks);
    if (elapsed + 2 * block_seconds > budget_) {
      run_->planned_blocks = std::min(run_->planned_blocks, static_cast<int>(blocks) + 1);
      run_->looks = {run_->planned_blocks};
    }
  }

 private:
  Run* run_ = nullptr;
  double budget_;
  Clock::time_point begin_;
};

/// "--inject-slowdown=0.5" for 0.005.
std::vector<std::string> arguments_for(double slowdown) {
  return slowdown > 0 ? std::vector<std::string>{fmt::format("--inject-slowdown={:g}", 100 * slowdown)}
                      : std::vector<std::string>{};
}

const Arm& arm_of_mode(const std::vector<Arm>& arms, const std::string& mode) {
  return *std::find_if(arms.begin(), arms.end(), [&](const Arm& arm) { return arm.mode.text == mode; });
}

/// Adds the arms to a session that has one a mode.
void add_arms(const std::vector<CalibrationArm>& added, Session& session) {
  for (const CalibrationArm& one : added) {
    Arm arm = arm_of_mode(session.arms, one.reference);
    arm.mode.text = one.name;
    arm.arguments = arguments_for(one.slowdown);
    session.arms.push_back(std::move(arm));
    session.run.modes.push_back(one.name);
  }
  session.run.baseline_mode = session.run.modes.front();
}

fs::path prepare_folder(const fs::path& folder, RunOptions& run) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error || !fs::is_directory(folder)) {
    throw UsageError(fmt::format("making the folder {} failed; choose another with --out", folder.string()));
  }
  run.out = folder / "run";
  if (run.suite.empty()) {
    write(folder / "suite.yaml", calibrate_suite_yaml);
    run.suite = (folder / "suite.yaml").string();
  }
  return run.out;
}

}  // namespace

std::vector<CalibrationArm> calibration_arms(const std::vector<std::string>& modes,
                                             const std::vector<double>& slowdowns) {
  std::vector<CalibrationArm> arms;
  for (const std::string& mode : modes) {
    arms.push_back({mode + ", again", mode, 0});
  }
  for (const double slowdown : slowdowns) {
    arms.push_back({fmt::format("{}, {:g} % slower", modes.front(), 100 * slowdown), modes.front(), slowdown});
  }
  return arms;
}

Calibration run_calibration(const CalibrationOptions& options, const RunSurroundings& surroundings) {
  RunOptions run = options.run;
  const fs::path run_folder = prepare_folder(options.folder, run);
  TimeBudget budget(options.minutes);
  std::vector<CalibrationArm> arms;
  run.adjust_session = [&](Session& session) {
    arms = calibration_arms(session.run.modes, options.slowdowns);
    add_arms(arms, session);
    budget.watch(session.run);
  };
  RunSurroundings to = surroundings;
  to.stop_requested = [&] {
    budget.look();
    return surroundings.stop_requested();
  };
  execute_run(run, to);
  const Calibration calibration = calibrate(load_run(run_folder), arms, options.group_sizes);
  write(options.folder / "calibration.json", calibration_as_json(calibration));
  write(options.folder / "calibration.md", calibration_as_markdown(calibration));
  return calibration;
}

}  // namespace cuparity
