// cuparity report DIR: the reports again, from run.json or, of an interrupted run, from the journal.
#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <string>

#include "harness/cli/commands.hpp"
#include "harness/record/run_json.hpp"
#include "harness/report/report.hpp"
#include "harness/stats/analysis.hpp"

namespace cuparity {

void add_report_command(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand("report", "Make run.json, report.md and report.html of a run again");
  auto folder = std::make_shared<std::string>();
  command->add_option("DIR", *folder, "A run's folder (--out of cuparity run), or its run.json")->required();
  command->callback([folder, &exit_code] {
    std::filesystem::path path(*folder);
    const Run run = load_run(path);
    if (!std::filesystem::is_directory(path)) path = path.has_parent_path() ? path.parent_path() : ".";
    const Analysis analysis = analyse(run);
    write_reports(path, run, analysis);
    fmt::print("{}\n{}, {} and {} were written\n", analysis.sentence, (path / "report.html").string(),
               (path / "report.md").string(), (path / "run.json").string());
    exit_code = 0;
  });
}

}  // namespace cuparity
