#include "harness/explain/confirmation_run.hpp"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <cctype>
#include <memory>
#include <system_error>

#include "harness/errors.hpp"
#include "harness/plan/suite.hpp"
#include "harness/record/run_json.hpp"
#include "harness/run/selection.hpp"
#include "harness/whole_file.hpp"

namespace cuparity {
namespace {

namespace fs = std::filesystem;

std::string backend_of(const Run& run) {
  const auto found = run.environment.find("backend");
  return found == run.environment.end() ? "auto" : found->second;
}

/// Matches this name alone.
std::string pattern_of(const std::string& name) {
  std::string pattern;
  for (const char c : name) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '/' && c != '_' && c != '-') pattern += '\\';
    pattern += c;
  }
  return pattern;
}

/// The run's own suite, cut down to the experiment: its processes are as long as those that are explained.
std::string suite_yaml(const ConfirmationPlan& plan, const Run& run, const ConfirmationOptions& options) {
  const SuiteText text = load_suite_text((options.folder / "suite.yaml").string());
  Suite suite = parse_suite(text.yaml, text.file_name);
  const auto idle = [&](const std::string& pattern) { return !found_in_none({pattern}, plan.benchmarks).empty(); };
  std::erase_if(suite.margins, [&](const auto& margin) { return margin.first != "default" && idle(margin.first); });
  std::erase_if(suite.per_clock, idle);
  YAML::Emitter out;
  out << YAML::BeginMap;
  out << YAML::Key << "name" << YAML::Value << "explain";
  out << YAML::Key << "description" << YAML::Value << "An experiment of cuparity explain --confirm";
  out << YAML::Key << "blocks" << YAML::Value << options.blocks;
  out << YAML::Key << "time_limit_seconds" << YAML::Value << suite.time_limit_seconds;
  out << YAML::Key << "repetitions" << YAML::Value << suite.repetitions;
  out << YAML::Key << "min_time_seconds" << YAML::Value << suite.min_time_seconds;
  out << YAML::Key << "margins" << YAML::Value << suite.margins;
  if (!suite.per_clock.empty()) out << YAML::Key << "per_clock" << YAML::Value << suite.per_clock;
  out << YAML::Key << "validate" << YAML::Value << "none";
  out << YAML::Key << "benchmarks" << YAML::Value << YAML::BeginMap;
  out << YAML::Key << (backend_of(run) == "cuda" ? "cuda" : "cpu") << YAML::Value << YAML::BeginSeq;
  for (const std::string& benchmark : plan.benchmarks) out << pattern_of(benchmark);
  out << YAML::EndSeq << YAML::EndMap << YAML::EndMap;
  return std::string(out.c_str()) + "\n";
}

/// The first of explain/1, explain/2, … that is not there yet.
fs::path next_folder(const fs::path& run_folder) {
  for (int number = 1;; ++number) {
    const fs::path folder = run_folder / "explain" / std::to_string(number);
    std::error_code error;
    if (!fs::exists(folder, error)) return folder;
  }
}

fs::path write_suite(const fs::path& folder, const std::string& yaml) {
  std::error_code error;
  fs::create_directories(folder.parent_path(), error);
  const fs::path path = folder.parent_path() / (folder.filename().string() + ".yaml");
  write_whole_file(path, yaml, "the folder of the run must be writable for --confirm");
  return path;
}

}  // namespace

ConfirmationResult confirm(const ConfirmationPlan& plan, const Run& run, const ConfirmationOptions& options,
                           const RunSurroundings& surroundings) {
  ConfirmationResult result;
  result.plan = plan;
  const std::string yaml = suite_yaml(plan, run, options);
  const fs::path folder = next_folder(options.folder);
  RunOptions further;
  further.suite = write_suite(folder, yaml).string();
  further.modes = {plan.baseline, plan.candidate, plan.experiment.mode};
  further.image = run.image;
  further.out = folder;
  further.bin = options.bin;
  further.backend = backend_of(run);
  further.command = {"cuparity", "explain", options.folder.string(), "--confirm"};
  try {
    execute_run(further, surroundings);
    result.folder = folder.string();
    result.benchmarks = judge(plan, load_run(folder));
  } catch (const std::runtime_error& error) {
    result.failure = error.what();
  }
  return result;
}

}  // namespace cuparity
