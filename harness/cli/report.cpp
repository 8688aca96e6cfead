// cuparity report DIR: the reports again, from run.json or, of an interrupted run, from the journal.
#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <string>

#include "harness/cli/commands.hpp"
#include "harness/errors.hpp"
#include "harness/record/run_json.hpp"
#include "harness/redact/redactor.hpp"
#include "harness/redact/this_machine.hpp"
#include "harness/report/report.hpp"
#include "harness/report/text.hpp"
#include "harness/stats/analysis.hpp"

namespace cuparity {
namespace {

namespace fs = std::filesystem;

struct ReportOptions {
  std::string run;
  std::string out;
  bool redact = false;
};

/// What was measured is never replaced: another run in `folder`, or this one by what is left of it after redaction.
void check_report_folder(const ReportOptions& options, const Run& run, const fs::path& folder) {
  std::error_code none;
  const bool its_own = fs::equivalent(folder, run_folder(options.run), none);
  const bool has_journal = fs::exists(folder / "journal.jsonl", none);
  if (options.redact && (its_own || has_journal)) {
    throw UsageError(fmt::format(
        "--redact with --out {}: there it would replace what was measured; choose another folder", folder.string()));
  }
  if ((its_own && fs::is_directory(options.run)) || !holds_run(folder)) return;
  const Run there = load_run(folder);
  if (there.started_at != run.started_at || there.seed != run.seed) {
    throw UsageError(fmt::format("{} holds another run, which would be replaced; choose another folder with --out",
                                 folder.string()));
  }
  if (there.trials.size() > run.trials.size()) {
    throw UsageError(fmt::format("{} holds more of this run, {} processes against {}, which would be lost; choose another "
                                 "folder with --out",
                                 folder.string(), there.trials.size(), run.trials.size()));
  }
}

void report(const ReportOptions& options) {
  if (options.redact && options.out.empty()) {
    throw UsageError("--redact needs --out: in the run's own folder it would replace what was measured");
  }
  Run run = load_run(options.run);
  const fs::path folder = options.out.empty() ? run_folder(options.run) : fs::path(options.out);
  check_report_folder(options, run, folder);
  if (!options.out.empty()) {
    std::error_code code;
    fs::create_directories(folder, code);
    if (code) throw EnvironmentError(fmt::format("making {}: {}", folder.string(), code.message()));
  }
  if (options.redact) {
    Pseudonyms pseudonyms;
    run = Redactor(pseudonyms, names_of_this_machine()).redact(run);
  }
  const Analysis analysis = analyse(run);
  write_reports(folder, run, analysis);
  fmt::print("{}\n{}, {} and {} were written\n", clean_text(analysis.sentence), (folder / "report.html").string(),
             (folder / "report.md").string(), (folder / "run.json").string());
}

}  // namespace

void add_report_command(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand("report", "Make run.json and the reports of a run again");
  auto options = std::make_shared<ReportOptions>();
  command->add_option("DIR", options->run, "A run's folder (--out of cuparity run), or its run.json")->required();
  command->add_option("--out", options->out, "Write into this folder (default: the run's)");
  command->add_flag("--redact", options->redact,
                    "Take out names, paths, serial numbers, UUIDs and addresses; needs --out");
  command->footer(
      "Exit codes: 0 the reports are written, whatever their verdict; 2 usage; 4 they can't be written.");
  command->callback([options, &exit_code] {
    report(*options);
    exit_code = exit_pass;
  });
}

}  // namespace cuparity
