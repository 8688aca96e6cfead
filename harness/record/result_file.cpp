#include "harness/record/result_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <vector>

#include "harness/errors.hpp"
#include "harness/record/hyperfine_json.hpp"
#include "harness/record/journal.hpp"
#include "harness/record/json_fields.hpp"
#include "harness/record/nvbench_json.hpp"
#include "harness/record/pytest_benchmark_json.hpp"
#include "harness/record/run_json.hpp"

namespace cuparity {
namespace {

namespace fs = std::filesystem;

Result parse(const nlohmann::json& json, const fs::path& path) {
  if (json.is_object() && json.value("format", nlohmann::json()) == "cuparity-run") {
    return run_from_json(json);
  }
  const auto has = [&](const char* name) { return json.is_object() && json.contains(name); };
  if (has("machine_info") && has("benchmarks")) {
    return parse_pytest_benchmark_json(json);
  }
  if (has("devices") && has("meta") && has("benchmarks")) {
    return parse_nvbench_json(json, path.parent_path());
  }
  if (has("results") && json["results"].is_array()) {
    return parse_hyperfine_json(json);
  }
  return parse_benchmark_json(json);
}

/// A result that stood there under a name in use would be compared with nothing, and nobody would see it.
void refuse_bad_names(const BenchmarkFile& file) {
  std::set<std::string> names;
  for (const Row& row : file.rows) {
    require_benchmark_name(row.benchmark, "a benchmark");
    if (!names.insert(row.benchmark).second) {
      throw UsageError(fmt::format("holds '{}' twice; give each a file or a name of its own", row.benchmark));
    }
  }
}

Result load_file(const fs::path& path) {
  if (path.extension() == ".jsonl") {
    return load_run(path);
  }
  const nlohmann::json json = load_run_document(path);  // of any program, and the journal for a run.json that is broken
  try {
    Result result = parse(json, path);
    const auto* file = std::get_if<BenchmarkFile>(&result);
    if (file != nullptr && file->rows.empty()) {
      throw UsageError("holds no benchmark; did the filter match nothing?");
    }
    if (file != nullptr) refuse_bad_names(*file);
    return result;
  } catch (const UsageError& error) {
    throw UsageError(fmt::format("{}: {}", path.string(), error.what()));
  }
}

/// What one file adds to the values of a benchmark.
void add_values(const BenchmarkFile& file, const Row& from, Row& to) {
  if (from.state == RowState::failed || (from.state == RowState::skipped && to.state == RowState::measured)) {
    to.state = from.state;
    to.message = from.message;
  }
  if (from.state != RowState::measured) {
    return;
  }
  if (!file.one_process) {
    to.repetitions.insert(to.repetitions.end(), from.repetitions.begin(), from.repetitions.end());
  } else {
    to.repetitions.push_back(from.seconds);
  }
}

/// What the files do not agree on is left out.
void keep_common(const std::map<std::string, std::string>& other, std::map<std::string, std::string>& context) {
  std::erase_if(context, [&](const auto& entry) {
    const auto found = other.find(entry.first);
    return found == other.end() || found->second != entry.second;
  });
}

BenchmarkFile merge(const std::vector<BenchmarkFile>& files) {
  BenchmarkFile merged;
  merged.program = files.front().program;
  merged.advice = files.front().advice;
  merged.context = files.front().context;
  merged.one_process = false;
  for (const BenchmarkFile& file : files) {
    keep_common(file.context, merged.context);
    for (const Row& row : file.rows) {
      auto place = std::find_if(merged.rows.begin(), merged.rows.end(),
                                [&](const Row& known) { return known.benchmark == row.benchmark; });
      if (place == merged.rows.end()) {
        place = merged.rows.insert(place, Row{});
        place->benchmark = row.benchmark;
        place->label = row.label;
      }
      add_values(file, row, *place);
    }
  }
  return merged;
}

BenchmarkFile load_folder(const fs::path& folder) {
  std::vector<fs::path> paths;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() == ".json" && entry.is_regular_file()) {
      paths.push_back(entry.path());
    }
  }
  if (paths.empty()) {
    throw UsageError(fmt::format("{}: holds neither a run (run.json, journal.jsonl) nor any .json file",
                                 folder.string()));
  }
  std::sort(paths.begin(), paths.end());
  std::vector<BenchmarkFile> files;
  for (const fs::path& path : paths) {
    Result result = load_file(path);
    if (std::holds_alternative<Run>(result)) {
      throw UsageError(fmt::format("{}: is a run of cuparity; name it itself instead of the folder it is in",
                                   path.string()));
    }
    files.push_back(std::move(std::get<BenchmarkFile>(result)));
    if (files.back().program != files.front().program) {
      throw UsageError(fmt::format("{}: is of {}, {} of {}; one folder holds one side's files of one program",
                                   path.string(), files.back().program, paths.front().string(),
                                   files.front().program));
    }
  }
  return merge(files);
}

}  // namespace

Result load_result(const fs::path& path) {
  std::error_code error;
  if (!fs::is_directory(path, error)) {
    return load_file(path);
  }
  if (holds_run(path)) {
    return load_run(path);
  }
  return load_folder(path);
}

}  // namespace cuparity
