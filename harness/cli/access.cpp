// cuparity access: every way to ask for a GPU, what must be seen, and what is.
#include <fmt/format.h>

#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "harness/access/access_formats.hpp"
#include "harness/access/access_probe.hpp"
#include "harness/access/container_folder.hpp"
#include "harness/access/gather_access_host.hpp"
#include "harness/access/survival.hpp"
#include "harness/access/truth_table.hpp"
#include "harness/cli/commands.hpp"
#include "harness/engine/engines.hpp"
#include "harness/engine/interrupt.hpp"
#include "harness/errors.hpp"

namespace cuparity {
namespace {

struct AccessFlags {
  std::string engine;
  std::string image;
  std::string format = "text";
  std::string row;
  std::string stand_in;
  std::string survival;
  std::vector<std::string> disturbances = {"update", "restart"};
  double seconds = 5;
};

std::string render(const AccessTable& table, const std::string& format) {
  if (format == "json") return access_json(table);
  if (format == "md") return access_markdown(table);
  if (format == "junit") return access_junit(table);
  return access_text(table);
}

int make_table(const AccessFlags& flags) {
  TruthTableOptions options;
  options.engine = flags.engine;
  options.image = flags.image;
  options.row = flags.row;
  options.stand_in = flags.stand_in;
  options.stop_requested = Interrupt::requested;
  options.progress = say_on_stderr;
  const AccessTable table = make_truth_table(options);
  fmt::print("{}", render(table, flags.format));
  return table.as_expected() ? exit_pass : exit_regression;
}

int watch(const AccessFlags& flags) {
  if (flags.format != "text" && flags.format != "json")
    throw UsageError("--survival is reported as text or json");
  if (std::isnan(flags.seconds)) throw UsageError("--seconds nan: expected a number of seconds such as 5");
  SurvivalOptions options;
  options.mode = parse_access_mode(flags.survival);
  options.disturbances = flags.disturbances;
  options.patience = std::chrono::milliseconds(static_cast<long>(flags.seconds * 1000));
  options.stop_requested = Interrupt::requested;
  EngineOptions engine_options;
  engine_options.stop_requested = Interrupt::requested;
  engine_options.image = flags.image.empty() ? default_image() : flags.image;
  const auto engine = make_engine(options.mode.engine, engine_options);
  if (options.mode.engine == EngineKind::native)
    throw UsageError("--survival needs a container's mode: a native process has no container to disturb");
  if (const std::string failure = engine->unusable(options.mode); !failure.empty()) throw EnvironmentError(failure);
  const auto probe_folder = find_probe_folder();
  const AccessHost host = gather_access_host(probe_folder, flags.stand_in);
  const ContainerFolder folder;
  const SurvivalReport report = watch_survival(*engine, options, probe_folder, folder.path(), host);
  fmt::print("{}", flags.format == "json" ? survival_json(report) : survival_text(report));
  return report.survived() ? exit_pass : exit_regression;
}

}  // namespace

void add_access_command(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand(
      "access", "Try every way to ask for a GPU, and compare what is seen inside with what must be");
  auto flags = std::make_shared<AccessFlags>();
  command->add_option("--engine", flags->engine, "docker or podman (default: every one that answers)")
      ->check(CLI::IsMember({"docker", "podman"}));
  command->add_option("--image", flags->image, "Any image: the probe is mounted into it (default: ours)");
  command->add_option("--format", flags->format, "text, json, md or junit")
      ->check(CLI::IsMember({"text", "json", "md", "junit"}));
  command->add_option("--row", flags->row, "Only rows whose names match this regular expression");
  command->add_option("--stand-in", flags->stand_in,
                      "Check isolation with this character device too (default: a harmless one where no GPU is)");
  CLI::Option* survival = command->add_option(
      "--survival", flags->survival, "Instead: watch whether a container under this mode keeps its access");
  command->add_option("--disturb", flags->disturbances,
                      "What is done to it: update and restart (our container alone), reload (systemctl "
                      "daemon-reload: changes the host, only when named)")
      ->delimiter(',')
      ->check(CLI::IsMember(disturbance_names()))
      ->needs(survival);
  command->add_option("--seconds", flags->seconds, "How long it is watched after each")
      ->check(CLI::Range(0.001, 86400.0))
      ->needs(survival);
  command->footer(
      "Exit codes: 0 all as expected, 1 a row is wrong or leaks, 2 usage, 3 stopped by Ctrl-C, 4 no engine can be tried.");
  command->callback([flags, &exit_code] {
    const Interrupt interrupt;
    exit_code = flags->survival.empty() ? make_table(*flags) : watch(*flags);
  });
}

}  // namespace cuparity
