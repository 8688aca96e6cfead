#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "harness/access/access_probe.hpp"
#include "harness/access/gather_access_host.hpp"
#include "harness/access/truth_table.hpp"
#include "harness/cli/commands.hpp"
#include "harness/engine/engines.hpp"
#include "harness/engine/interrupt.hpp"
#include "harness/engine/program_folder.hpp"
#include "harness/run/run_command.hpp"
#include "harness/run/session.hpp"

namespace cuparity {
namespace {

/// A terminal that understands colour and line rewriting, unless the user wants none (no-color.org).
bool is_terminal(std::FILE* stream) {
  const char* term = std::getenv("TERM");
  return isatty(fileno(stream)) != 0 && term != nullptr && std::string(term) != "dumb";
}

std::vector<std::string> command_line_of(const CLI::App& app) {
  std::vector<std::string> words = {"cuparity", "run"};
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& value : option->results()) words.push_back(option->get_name() + "=" + value);
  }
  return words;
}

/// One short look from inside each mode, recorded with the run. Never keeps the run from being made.
void record_access(Session& session) {
  try {
    const std::filesystem::path probe_folder = find_probe_folder();
    const AccessHost host = gather_access_host(probe_folder, "");
    const std::vector<FoundEngine> found = gather_access_engines();
    for (const Arm& arm : session.arms)
      session.run.access.push_back(access_row_of(arm.mode, *arm.engine, found, host, probe_folder));
  } catch (const std::exception& error) {
    session.run.notes.push_back(std::string("Access was not looked at: ") + error.what());
  }
}

int execute(RunOptions options) {
  options.record_more = record_access;
  if (options.bin.empty()) options.bin = folder_of_this_program();
  const Interrupt interrupt;
  RunSurroundings surroundings;
  surroundings.stop_requested = Interrupt::requested;
  surroundings.make_engine = [bin = options.bin](EngineKind kind, const std::string& image) {
    return make_engine(kind, {image, std::filesystem::absolute(bin), Interrupt::requested});
  };
  surroundings.progress_terminal = is_terminal(stderr);
  surroundings.result_terminal = is_terminal(stdout) && std::getenv("NO_COLOR") == nullptr;
  return execute_run(options, surroundings);
}

}  // namespace

void add_run_command(CLI::App& app, int& exit_code) {
  const auto options = std::make_shared<RunOptions>();
  CLI::App* run =
      app.add_subcommand("run", "Measure natively and in containers, interleaved, and give a verdict");
  run->add_option("--suite", options->suite, "quick (default), standard, full, multi_gpu, or the path of a suite file");
  run->add_option("--mode", options->modes,
                  "How the GPU is reached; repeat for each. native, docker:--gpus=all, "
                  "docker:--device=nvidia.com/gpu=0, docker:manual, docker:none, and the same with podman:. "
                  "Default: native and the first container mode that works here")
      ->allow_extra_args(false)
      ->take_all();
  CLI::Option* resume =
      run->add_option("--resume", options->resume, "Go on with the interrupted run in this folder");
  const std::vector<CLI::Option*> fixed = {
      run->add_option("--image", options->image,
                      "Image for the container modes (default: " + default_image() + ")"),
      run->add_option("--out", options->out, "Folder for the results (default: results/runs/<time>-<suite>)"),
      run->add_option("--seed", options->seed, "Seed of the order of the trials (default: random, recorded)")
          ->check(check_seed),
      run->add_option("--blocks", options->blocks,
                      "Blocks instead of the suite's number; each mode runs twice in each")
          ->check(CLI::Range(1, 100000)),
      run->add_option("--backend", options->backend,
                      "auto, cuda or cpu; auto: CUDA if it is built and a GPU answers")
          ->check(CLI::IsMember({"auto", "cuda", "cpu"})),
      run->add_option("--filter", options->filter,
                      "Only the suite's benchmarks in whose names this is found (regular expression)"),
  };
  for (CLI::Option* option : fixed) resume->excludes(option);
  run->add_option("--bin", options->bin,
                  "Folder of cuparity-bench and cuparity-validate (default: that of cuparity)");
  run->footer(
      "Exit codes: 0 same or faster, 1 slower or wrong, 2 usage, 3 not settled, 4 the environment is not usable.\n"
      "Ctrl-C (SIGTERM, SIGHUP) stops and leaves a readable partial result; one more, a second later, ends at once.\n"
      "CUPARITY_DOCKER_FLAGS, CUPARITY_PODMAN_FLAGS: further flags for every 'docker run' or 'podman run'.\n"
      "CUPARITY_NATIVE_LAUNCHER: words put before native commands, e.g. 'nsenter --target 1 --mount --' "
      "where\n"
      "cuparity itself runs in a container.");
  run->callback([run, options, &exit_code] {
    options->command = command_line_of(*run);
    exit_code = execute(*options);
  });
}

}  // namespace cuparity
