// cuparity calibrate: how often the verdicts are wrong on this machine.
#include <fmt/format.h>

#include <cmath>
#include <cstdio>
#include <filesystem>
#include <memory>

#include "harness/calibrate/calibration_format.hpp"
#include "harness/calibrate/calibration_run.hpp"
#include "harness/cli/commands.hpp"
#include "harness/engine/engines.hpp"
#include "harness/engine/interrupt.hpp"
#include "harness/engine/program_folder.hpp"
#include "harness/errors.hpp"
#include "harness/run/run_command.hpp"

namespace cuparity {
namespace {

struct CommandOptions {
  CalibrationOptions calibration;
  std::vector<double> percent = {0.5, 1, 2, 5};
  bool no_inject = false;
  std::filesystem::path resume;
  std::filesystem::path recount;
  std::string format = "text";
};

/// Fills in what the user left open.
void settle(CommandOptions& options) {
  CalibrationOptions& calibration = options.calibration;
  calibration.resume = !options.resume.empty();
  if (calibration.resume) {
    calibration.folder = options.resume;
  } else if (calibration.folder.empty()) {
    calibration.folder = default_run_folder("calibrate");
  }
  if (calibration.run.bin.empty()) {
    calibration.run.bin = folder_of_this_program();
  }
  calibration.plan.minutes = calibration.minutes.value_or(calibration.plan.minutes);
  calibration.plan.slowdowns.clear();
  if (options.no_inject) {
    return;
  }
  for (const double percent : options.percent) {
    calibration.plan.slowdowns.push_back(percent / 100);
  }
}

std::string shown_as(const std::string& format, const Calibration& calibration) {
  return format == "json" ? calibration_as_json(calibration)
         : format == "md" ? calibration_as_markdown(calibration)
                          : calibration_as_text(calibration);
}

void show(const CommandOptions& options, const Calibration& calibration) {
  fmt::print("{}", shown_as(options.format, calibration));
  std::fflush(stdout);
}

/// Says what is missing and how to go on.
int conclude(const Calibration& calibration, const std::filesystem::path& folder, const std::filesystem::path& bin) {
  if (calibration.interrupted) {
    say_on_stderr(fmt::format("cuparity: stopped after {} blocks; go on with: {}", calibration.blocks,
                              resume_command(resume_words(folder), bin)));
    return exit_inconclusive;
  }
  if (calibration.cells.empty()) {
    say_on_stderr(fmt::format("cuparity: {} blocks counted: too few for one comparison; calibrate anew with more --minutes "
                              "and another --out",
                              calibration.blocks));
    return exit_inconclusive;
  }
  return exit_pass;
}

/// CLI11's ranges let NaN pass.
void check_numbers(const CommandOptions& options) {
  if (std::isnan(options.calibration.minutes.value_or(1))) {
    throw UsageError("--minutes nan: expected a number of minutes such as 20");
  }
  for (const double percent : options.percent) {
    if (std::isnan(percent)) {
      throw UsageError("--inject nan: expected per cent such as 0.5,1");
    }
  }
}

int recount_there(const CommandOptions& options) {
  const Calibration calibration = recount_calibration(options.recount);
  show(options, calibration);
  return conclude(calibration, options.recount, {});
}

int calibrate_here(CommandOptions options) {
  check_numbers(options);
  settle(options);
  const Interrupt interrupt;
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> nowhere(std::fopen("/dev/null", "w"), std::fclose);
  RunSurroundings surroundings;
  surroundings.stop_requested = Interrupt::requested;
  surroundings.result = nowhere.get();
  surroundings.make_engine = [bin = options.calibration.run.bin](EngineKind kind, const std::string& image) {
    return make_engine(kind, {image, std::filesystem::absolute(bin), Interrupt::requested});
  };
  const Calibration calibration = run_calibration(options.calibration, surroundings);
  if (calibration.processes == 0) {
    say_on_stderr("cuparity: stopped before anything was measured");
    return exit_inconclusive;
  }
  show(options, calibration);
  say_on_stderr("cuparity: calibration.md and calibration.json are in " + options.calibration.folder.string());
  return conclude(calibration, options.calibration.folder, options.calibration.run.bin);
}

/// What a calibration that goes on or is counted anew has already.
void add_plan_options(CLI::App& command, CommandOptions& options, CLI::Option* resume, CLI::Option* recount) {
  CalibrationOptions& calibration = options.calibration;
  const auto fixed = [resume, recount](CLI::Option* option) { option->excludes(resume)->excludes(recount); };
  CLI::Option* inject = command.add_option("--inject", options.percent, "Slow-downs in per cent (default: 0.5,1,2,5)")
                            ->delimiter(',')
                            ->check(CLI::Range(0.001, 1000.0));
  fixed(inject);
  fixed(command.add_flag("--no-inject", options.no_inject, "False alarms alone: twice as many in the same time")
            ->excludes(inject));
  fixed(command.add_option("--blocks", calibration.plan.group_sizes, "Blocks of one comparison (default: 6,12,20)")
            ->delimiter(',')
            ->check(CLI::Range(2, 10000)));
  fixed(command.add_option("--suite", calibration.run.suite,
                           "calibrate (default), quick, standard, full, multi_gpu or a file"));
  fixed(command
            .add_option("--mode", calibration.run.modes,
                        "Modes to compare with themselves; slow-downs are injected under the first (default: "
                        "native and the first container mode that works)")
            ->allow_extra_args(false)
            ->take_all());
  fixed(command.add_option("--image", calibration.run.image, "Image for container modes"));
  fixed(command.add_option("--backend", calibration.run.backend, "auto, cuda or cpu")
            ->check(CLI::IsMember({"auto", "cuda", "cpu"})));
  fixed(command.add_option("--filter", calibration.run.filter, "Only benchmarks in whose names this is found"));
  fixed(command.add_option("--seed", calibration.run.seed, "Seed of the order (default: random, recorded)")->check(check_seed));
  fixed(command.add_option("--out", calibration.folder,
                           "Folder for the results (default: results/runs/<time>-calibrate)"));
}

}  // namespace

void add_calibrate_command(CLI::App& app, int& exit_code) {
  CLI::App* command =
      app.add_subcommand("calibrate", "Measure false alarms and power of the verdicts here, on known truths");
  auto options = std::make_shared<CommandOptions>();
  CLI::Option* resume =
      command->add_option("--resume", options->resume, "Go on with the calibration in this folder");
  CLI::Option* recount =
      command->add_option("--recount", options->recount, "Count what was measured in this folder anew, and show it")
          ->excludes(resume);
  command->add_option("--minutes", options->calibration.minutes, "How long in all (default: 20)")
      ->check(CLI::Range(0.01, 10000.0))
      ->excludes(recount);
  add_plan_options(*command, *options, resume, recount);
  command->add_option("--bin", options->calibration.run.bin, "Folder of cuparity-bench (default: that of cuparity)")
      ->excludes(recount);
  command->add_option("--format", options->format, "text (default), json or md, on standard output")
      ->check(CLI::IsMember({"text", "json", "md"}));
  command->footer(
      "Slow-downs are injected by cuparity-bench --inject-slowdown.\n"
      "Exit code 0: measured, whatever was found; 3: interrupted, or too few blocks for one comparison.");
  command->callback([options, command, recount, &exit_code] {
    options->calibration.run.command = {"cuparity", "calibrate"};
    for (const CLI::Option* option : command->get_options()) {
      for (const std::string& value : option->results()) {
        options->calibration.run.command.push_back(option->get_name() + "=" + value);
      }
    }
    exit_code = recount->count() == 0 ? calibrate_here(*options) : recount_there(*options);
  });
}

}  // namespace cuparity
