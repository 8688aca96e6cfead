// cuparity explain: why two modes of a run differ, and the experiments that confirm it.
#include <fmt/core.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "harness/cli/commands.hpp"
#include "harness/engine/engines.hpp"
#include "harness/engine/interrupt.hpp"
#include "harness/engine/program_folder.hpp"
#include "harness/errors.hpp"
#include "harness/explain/confirmation_run.hpp"
#include "harness/explain/explanation_json.hpp"
#include "harness/record/run_json.hpp"

namespace cuparity {
namespace {

namespace fs = std::filesystem;

struct ExplainOptions {
  std::string run;
  std::vector<std::string> modes;
  std::string format = "text";
  bool confirm = false;
  int blocks = 12;
  fs::path bin;
};

/// The two modes that were named, or the baseline and each of the others.
std::vector<Explanation> explanations_of(const Run& run, const std::vector<std::string>& modes) {
  if (modes.size() == 2) return {explain(run, modes[0], modes[1])};
  if (!modes.empty())
    throw UsageError("--mode is given once; give it twice (the baseline first), or not at all");
  std::vector<Explanation> explanations;
  for (const std::string& mode : run.modes) {
    if (mode != run.baseline_mode) explanations.push_back(explain(run, run.baseline_mode, mode));
  }
  if (explanations.empty())
    throw UsageError(
        fmt::format("the run has one mode, {}: there is nothing to compare it with", run.baseline_mode));
  return explanations;
}

std::vector<ConfirmationResult> confirmations_of(const std::vector<Explanation>& explanations, const Run& run,
                                                 const ExplainOptions& options) {
  const Interrupt interrupt;
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> nowhere(std::fopen("/dev/null", "w"), std::fclose);
  const fs::path bin = fs::absolute(options.bin.empty() ? folder_of_this_program() : options.bin);
  RunSurroundings surroundings;
  surroundings.stop_requested = Interrupt::requested;
  surroundings.make_engine = [bin](EngineKind kind, const std::string& image) {
    return make_engine(kind, {image, bin, Interrupt::requested});
  };
  surroundings.result = nowhere.get();
  const char* term = std::getenv("TERM");
  surroundings.progress_terminal =
      isatty(STDERR_FILENO) != 0 && term != nullptr && std::string(term) != "dumb";
  std::vector<ConfirmationResult> results;
  for (const Explanation& explanation : explanations) {
    for (const ConfirmationPlan& plan : plan_confirmations(explanation)) {
      if (Interrupt::requested()) return results;
      say_on_stderr(fmt::format("experiment: {} under {}", plan.experiment.flags, plan.candidate));
      results.push_back(confirm(plan, run, {run_folder(options.run), bin, options.blocks}, surroundings));
    }
  }
  return results;
}

/// Everything asked for was answered: pass. An experiment that answers nothing is inconclusive, and where no
/// experiment could be made the environment is not usable.
int exit_code_of(const std::vector<ConfirmationResult>& results) {
  bool measured = results.empty();
  bool open = false;
  for (const ConfirmationResult& result : results) {
    measured = measured || result.failure.empty();
    for (const ConfirmedBenchmark& benchmark : result.benchmarks)
      open = open || benchmark.outcome == Confirmation::inconclusive;
  }
  if (!measured) return exit_environment;
  return open ? exit_inconclusive : exit_pass;
}

int execute(const ExplainOptions& options) {
  const Run run = load_run(options.run);
  const std::vector<Explanation> explanations = explanations_of(run, options.modes);
  std::vector<ConfirmationResult> confirmations;
  if (options.confirm) confirmations = confirmations_of(explanations, run, options);
  if (options.format == "json") {
    fmt::print("{}\n", explanation_document(explanations, confirmations).dump(2));
    return exit_code_of(confirmations);
  }
  const bool markdown = options.format == "md";
  std::vector<Explanation> earlier;
  for (const Explanation& explanation : explanations) {
    fmt::print("{}{}", earlier.empty() ? "" : "\n",
               markdown ? explanation_as_markdown(explanation, earlier) : explanation_as_text(explanation, earlier));
    earlier.push_back(explanation);
  }
  if (options.confirm)
    fmt::print("{}",
               markdown ? confirmations_as_markdown(confirmations) : confirmations_as_text(confirmations));
  return exit_code_of(confirmations);
}

}  // namespace

void add_explain_command(CLI::App& app, int& exit_code) {
  CLI::App* command =
      app.add_subcommand("explain", "Say why two modes of a run differ, and confirm it by experiment");
  const auto options = std::make_shared<ExplainOptions>();
  command->add_option("RUN", options->run, "A run's folder (--out of cuparity run), or its run.json")
      ->required();
  command
      ->add_option(
          "--mode", options->modes,
          "Give it twice: the mode to compare with, then the other (default: the baseline with each)")
      ->allow_extra_args(false)
      ->take_all();
  command->add_option("--format", options->format, "text (default), json or md")
      ->check(CLI::IsMember({"text", "json", "md"}));
  CLI::Option* confirm = command->add_flag(
      "--confirm", options->confirm,
      "Carry out the experiments that a flag of the engine can make: the container once more with one thing "
      "changed, interleaved with both modes. Needs this machine to be the run's");
  command->add_option("--blocks", options->blocks, "Blocks of an experiment (default: 12)")
      ->check(CLI::Range(1, 100000))
      ->needs(confirm);
  command->add_option("--bin", options->bin, "Folder of cuparity-bench (default: that of cuparity)")
      ->needs(confirm);
  command->footer(
      "Exit codes: 0 explained and every experiment decided; 2 usage; 3 an experiment is inconclusive;\n"
      "4 none of the experiments could be made. What is known to move what, and from where: docs/explain.md.");
  command->callback([options, &exit_code] { exit_code = execute(*options); });
}

}  // namespace cuparity
