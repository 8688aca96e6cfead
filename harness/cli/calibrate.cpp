// cuparity calibrate: how often the verdicts are wrong on this machine.
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <cstdio>
#include <ctime>
#include <filesystem>
#include <memory>

#include "harness/calibrate/calibration_format.hpp"
#include "harness/calibrate/calibration_run.hpp"
#include "harness/cli/commands.hpp"
#include "harness/engine/engines.hpp"
#include "harness/engine/interrupt.hpp"
#include "harness/errors.hpp"

namespace cuparity {
namespace {

struct CommandOptions {
  CalibrationOptions calibration;
  std::vector<double> percent = {0.5, 1, 2, 5};
};

std::filesystem::path folder_of_this_program() {
  std::error_code error;
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", error);
  return error ? std::filesystem::path(".") : program.parent_path();
}

int calibrate_here(CommandOptions options) {
  CalibrationOptions& calibration = options.calibration;
  if (calibration.folder.empty()) {
    calibration.folder = std::filesystem::path("results") / "runs" /
                         fmt::format("{:%Y%m%dT%H%M%SZ}-calibrate", fmt::gmtime(std::time(nullptr)));
  }
  if (calibration.run.bin.empty()) {
    calibration.run.bin = folder_of_this_program();
  }
  calibration.slowdowns.clear();
  for (const double percent : options.percent) {
    calibration.slowdowns.push_back(percent / 100);
  }
  const Interrupt interrupt;
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> nowhere(std::fopen("/dev/null", "w"), std::fclose);
  RunSurroundings surroundings;
  surroundings.stop_requested = Interrupt::requested;
  surroundings.result = nowhere.get();
  surroundings.make_engine = [bin = calibration.run.bin](EngineKind kind, const std::string& image) {
    return make_engine(kind, {image, std::filesystem::absolute(bin), Interrupt::requested});
  };
  const Calibration result = run_calibration(calibration, surroundings);
  fmt::print("{}\n{} and {} were written\n", calibration_as_text(result),
             (calibration.folder / "calibration.md").string(), (calibration.folder / "calibration.json").string());
  if (result.cells.empty()) {
    throw EnvironmentError(fmt::format("{} blocks counted: too few for one comparison; give more --minutes",
                                       result.blocks));
  }
  return exit_pass;
}

}  // namespace

void add_calibrate_command(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand(
      "calibrate", "Measure false alarms and power of the verdicts here, on known truths");
  auto options = std::make_shared<CommandOptions>();
  CalibrationOptions& calibration = options->calibration;
  command->add_option("--minutes", calibration.minutes, "How long (default: 20)")->check(CLI::Range(0.05, 10000.0));
  command
      ->add_option("--slowdown", options->percent, "Injected slow-downs in per cent (default: 0.5,1,2,5)")
      ->delimiter(',')
      ->check(CLI::Range(0.001, 1000.0));
  command->add_option("--blocks", calibration.group_sizes, "Blocks of one comparison (default: 6,12,20)")
      ->delimiter(',')
      ->check(CLI::Range(2, 10000));
  command->add_option("--suite", calibration.run.suite,
                      "quick, standard, full or a file (default: bandwidth, pinned copies and GEMM, short)");
  command
      ->add_option("--mode", calibration.run.modes,
                   "Modes to compare with themselves; slow-downs are injected under the first (default: native and "
                   "the first container mode that works)")
      ->allow_extra_args(false)
      ->take_all();
  command->add_option("--image", calibration.run.image, "Image for container modes");
  command->add_option("--backend", calibration.run.backend, "auto, cuda or cpu")
      ->check(CLI::IsMember({"auto", "cuda", "cpu"}));
  command->add_option("--filter", calibration.run.filter, "Only benchmarks in whose names this is found");
  command->add_option("--seed", calibration.run.seed, "Seed of the order (default: random, recorded)");
  command->add_option("--bin", calibration.run.bin, "Folder of cuparity-bench (default: that of cuparity)");
  command->add_option("--out", calibration.folder, "Folder for the results (default: results/runs/<time>-calibrate)");
  command->footer(
      "Slow-downs are injected by cuparity-bench --inject-slowdown: it spins that much longer.\n"
      "Exit code 0: the calibration is a measurement, not a judgement.");
  command->callback([options, command, &exit_code] {
    options->calibration.run.command = {"cuparity", "calibrate"};
    for (const CLI::Option* option : command->get_options()) {
      for (const std::string& value : option->results()) {
        options->calibration.run.command.push_back(option->get_name() + "=" + value);
      }
    }
    exit_code = calibrate_here(*options);
  });
}

}  // namespace cuparity
