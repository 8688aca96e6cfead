// cuparity compare: two result files, one verdict a benchmark.
#include <fmt/core.h>

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "harness/cli/commands.hpp"
#include "harness/cli/compare_format.hpp"
#include "harness/errors.hpp"
#include "harness/gate/gate_margins.hpp"
#include "harness/record/result_file.hpp"
#include "harness/stats/file_comparison.hpp"
#include "harness/stats/margins.hpp"

namespace cuparity {
namespace {

struct CompareOptions {
  std::string baseline;
  std::string candidate;
  std::string mode;
  std::string pairing = "none";
  std::string format = "text";
  bool cross_environment = false;
  std::optional<std::string> margin;  ///< nothing: the default of each benchmark's class
};

struct Loaded {
  ResultFile file;
  std::map<std::string, double> margins;  ///< of the run; empty for other files
};

Loaded load(const std::string& name, const std::string& mode) {
  const Result result = load_result(name);
  if (const Run* run = std::get_if<Run>(&result)) {
    return {result_file(name, *run, mode), run->margins};
  }
  const BenchmarkFile& file = std::get<BenchmarkFile>(result);
  if (!mode.empty()) {
    throw UsageError(
        fmt::format("{}: --mode is for runs of cuparity; a {} result has no modes", name, file.program));
  }
  return {result_file(name, file), {}};
}

int compare(const CompareOptions& options) {
  std::map<std::string, double> margins;  // a mistake in one is said before anything is read
  if (options.margin) margins["default"] = parse_margin("--margin " + *options.margin, *options.margin);
  const Loaded baseline = load(options.baseline, options.mode);
  const Loaded candidate = load(options.candidate, options.mode);
  FileComparisonSettings settings;
  settings.pairing = options.pairing == "block" ? Pairing::block : Pairing::none;
  settings.cross_environment = options.cross_environment;
  if (!options.margin) margins = baseline.margins;
  settings.margin_of = [&margins](const std::string& benchmark) { return margin_of(benchmark, margins); };
  const FileComparison comparison = compare_files(baseline.file, candidate.file, settings);
  const std::string text = options.format == "json" ? comparison_as_json(comparison)
                           : options.format == "md" ? comparison_as_markdown(comparison)
                                                    : comparison_as_text(comparison);
  fmt::print("{}", text);
  return comparison.exit_code;
}

}  // namespace

void add_compare_command(CLI::App& app, int& exit_code) {
  CLI::App* command =
      app.add_subcommand("compare", "Compare two result files: same, slower or faster, and how sure");
  auto options = std::make_shared<CompareOptions>();
  command->add_option("baseline", options->baseline, "run.json, a run's folder, JSON of Google Benchmark, hyperfine, nvbench or pytest-benchmark, or a "
                   "folder with one such file a process")
      ->required();
  command->add_option("candidate", options->candidate, "The one that is compared with it")->required();
  command
      ->add_option("--pairing", options->pairing,
                   "none: independent samples (default); block: repetition j of both belong together")
      ->check(CLI::IsMember({"none", "block"}));
  command->add_option("--format", options->format, "text (default), json or md")
      ->check(CLI::IsMember({"text", "json", "md"}));
  command->add_option("--margin", options->margin,
                      "Relative difference that still counts as the same, 0.01 or 1% (default: that of the baseline "
                      "run; of other files 1 %, launch/ 2 %, startup/ 10 %)");
  command->add_option("--mode", options->mode,
                      "The mode of both runs to compare (default: the baseline mode)");
  command->add_flag("--cross-environment", options->cross_environment,
                    "Compare although GPU, driver or software differ; the result says so");
  command->footer(
      "Runs are compared by their blocks. Google Benchmark files need repetitions:\n"
      "  --benchmark_repetitions=20 --benchmark_out=FILE --benchmark_out_format=json\n"
      "Exit codes: 0 same or faster, 1 slower, or the candidate is wrong, 2 usage, 3 inconclusive or invalid.");
  command->callback([options, &exit_code] { exit_code = compare(*options); });
}

}  // namespace cuparity
