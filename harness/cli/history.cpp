// cuparity history DIR: trend, regimes and changes of every benchmark over many runs.
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <thread>

#include "harness/cli/commands.hpp"
#include "harness/errors.hpp"
#include "harness/history/history_format.hpp"

namespace cuparity {
namespace {

struct HistoryOptions {
  std::string folder;
  std::string index;
  std::string benchmark;
  std::string mode;
  std::string allow;
  std::string format = "text";
  bool rebuild = false;
};

int show_history(const HistoryOptions& options) {
  std::vector<ExpectedChange> expected;
  if (!options.allow.empty()) {
    expected = read_expected_changes(options.allow);
  }
  HistoryIndex index(options.folder, options.index);
  HistoryReport report;
  report.folder = options.folder;
  report.update = options.rebuild ? index.rebuild() : index.update();
  ChangePointSettings settings;
  settings.threads = std::max(1U, std::thread::hardware_concurrency());
  report.series = find_drift(index, options.benchmark, options.mode, expected, settings);
  if (report.series.empty()) {
    throw UsageError(fmt::format("{}: no result of any benchmark{} in {} files{}", options.folder,
                                 options.benchmark.empty() && options.mode.empty() ? "" : " that matches",
                                 report.update.files,
                                 report.update.passed_over.empty() ? "" : "; " + report.update.passed_over.front()));
  }
  fmt::print("{}", options.format == "json" ? history_as_json(report)
                   : options.format == "md" ? history_as_markdown(report)
                                            : history_as_text(report));
  return exit_pass;
}

}  // namespace

void add_history_command(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand("history", "Trend, regimes and changes over a folder of runs");
  auto options = std::make_shared<HistoryOptions>();
  command->add_option("DIR", options->folder, "Folder with runs, or result files of other programs, at any depth")
      ->required();
  command->add_option("--benchmark", options->benchmark, "Only names in which this is found (regular expression)");
  command->add_option("--mode", options->mode, "Only this mode");
  command->add_option("--allow", options->allow,
                      "YAML file of expected changes; one with 'since' begins a new regime");
  command->add_option("--format", options->format, "text (default), json or md")
      ->check(CLI::IsMember({"text", "json", "md"}));
  command->add_flag("--rebuild", options->rebuild, "Read every file again");
  command->add_option("--index", options->index, "The derived index (default: DIR/.cuparity-history.sqlite)");
  command->footer("The files are the truth; the index can be deleted at any time. Exit code 0: history is no judge.");
  command->callback([options, &exit_code] { exit_code = show_history(*options); });
}

}  // namespace cuparity
