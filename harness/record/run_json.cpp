#include "harness/record/run_json.hpp"

#include <fmt/format.h>

#include "harness/errors.hpp"
#include "harness/record/access_json.hpp"
#include "harness/record/journal.hpp"
#include "harness/record/json_fields.hpp"

namespace cuparity {
namespace {

constexpr const char* run_format = "cuparity-run";

nlohmann::json text_map(const std::map<std::string, std::string>& map) {
  nlohmann::json json = nlohmann::json::object();
  for (const auto& [key, value] : map) {
    json[valid_utf8(key)] = valid_utf8(value);
  }
  return json;
}

nlohmann::json text_list(const std::vector<std::string>& list) {
  nlohmann::json json = nlohmann::json::array();
  for (const std::string& text : list) {
    json.push_back(valid_utf8(text));
  }
  return json;
}

nlohmann::json number_or_null(const std::optional<double>& value) {
  return value ? number_to_json(*value) : nlohmann::json();
}

std::string to_string(RowState state) {
  switch (state) {
    case RowState::measured: return "measured";
    case RowState::skipped: return "skipped";
    case RowState::failed: return "failed";
  }
  return "failed";
}

RowState row_state_from(const JsonFields& fields) {
  const std::string text = fields.get<std::string>("state");
  for (const RowState state : {RowState::measured, RowState::skipped, RowState::failed}) {
    if (text == to_string(state)) {
      return state;
    }
  }
  throw UsageError(
      fmt::format("{}: expected measured, skipped or failed, found \"{}\"", fields.path_of("state"), text));
}

TrialKind trial_kind_from(const JsonFields& fields) {
  const std::string text = fields.get<std::string>("kind");
  if (text == "benchmark") return TrialKind::benchmark;
  if (text == "validation") return TrialKind::validation;
  if (text == "startup") return TrialKind::startup;
  throw UsageError(fmt::format("{}: expected benchmark, validation or startup, found \"{}\"",
                               fields.path_of("kind"), text));
}

std::string to_string(TrialKind kind) {
  switch (kind) {
    case TrialKind::benchmark: return "benchmark";
    case TrialKind::validation: return "validation";
    case TrialKind::startup: return "startup";
  }
  return "benchmark";
}

nlohmann::json series_to_json(const std::map<std::string, std::vector<double>>& series) {
  nlohmann::json json = nlohmann::json::object();
  for (const auto& [name, values] : series) {
    json[valid_utf8(name)] = numbers_to_json(values);
  }
  return json;
}

nlohmann::json to_json(const Row& row) {
  nlohmann::json json = {{"benchmark", valid_utf8(row.benchmark)}, {"state", to_string(row.state)},
                         {"message", valid_utf8(row.message)},     {"seconds", number_to_json(row.seconds)},
                         {"repetitions", numbers_to_json(row.repetitions)}, {"label", text_map(row.label)}};
  if (row.bytes_per_second) {
    json["bytes_per_second"] = number_to_json(*row.bytes_per_second);
  }
  if (row.flops_per_second) {
    json["flops_per_second"] = number_to_json(*row.flops_per_second);
  }
  if (row.cycles) {
    json["cycles"] = number_to_json(*row.cycles);
  }
  return json;
}

Row row_from(const JsonFields& fields) {
  Row row;
  row.benchmark = fields.get<std::string>("benchmark");
  require_benchmark_name(row.benchmark, fields.path_of("benchmark"));
  row.state = row_state_from(fields);
  fields.read("message", row.message);
  fields.read("seconds", row.seconds);
  fields.read("repetitions", row.repetitions);
  row.bytes_per_second = fields.find<double>("bytes_per_second");
  row.flops_per_second = fields.find<double>("flops_per_second");
  row.cycles = fields.find<double>("cycles");
  fields.read("label", row.label);
  return row;
}

Trial trial_from(const JsonFields& fields) {
  Trial trial;
  trial.index = fields.get<int>("index");
  trial.block = fields.get<int>("block");
  trial.position = fields.get<int>("position");
  trial.kind = trial_kind_from(fields);
  trial.mode = fields.get<std::string>("mode");
  trial.ok = fields.get<bool>("ok");
  fields.read("started_at", trial.started_at);
  fields.read("wall_seconds", trial.wall_seconds);
  fields.read("process_seconds", trial.process_seconds);
  fields.read("failure", trial.failure);
  fields.read("raw_file", trial.raw_file);
  fields.read("environment", trial.environment);
  fields.read("telemetry", trial.telemetry);
  fields.read("telemetry_series", trial.telemetry_series);
  fields.read("tests_passed", trial.tests_passed);
  fields.read("tests_failed", trial.tests_failed);
  fields.read("tests_skipped", trial.tests_skipped);
  fields.read("failed_tests", trial.failed_tests);
  if (fields.has("rows")) {
    const nlohmann::json& rows = fields.required("rows");
    require_array(rows, fields.path_of("rows"));
    for (std::size_t i = 0; i < rows.size(); ++i) {
      trial.rows.push_back(row_from(JsonFields(rows[i], fmt::format("{}[{}]", fields.path_of("rows"), i))));
    }
  }
  return trial;
}

/// Refuses other programs' documents and documents of a newer cuparity.
void check_format(const JsonFields& fields) {
  const bool ours = fields.has("format") && fields.required("format") == run_format;
  if (!ours || !fields.has("schema_version")) {
    throw UsageError(
        "not a run of cuparity (no \"format\": \"cuparity-run\" with a schema_version); "
        "give a run.json or the folder of a run");
  }
  const int version = fields.get<int>("schema_version");
  if (version > run_schema_version) {
    throw UsageError(
        fmt::format("schema_version {} was written by a newer cuparity; this one reads up to {}: "
                    "update cuparity",
                    version, run_schema_version));
  }
  if (version < 1) {
    throw UsageError(fmt::format("schema_version: expected 1 to {}, found {}", run_schema_version, version));
  }
}

std::vector<Trial> trials_from(const JsonFields& fields) {
  const nlohmann::json& array = fields.required("trials");
  require_array(array, "trials");
  std::vector<Trial> trials;
  for (std::size_t i = 0; i < array.size(); ++i) {
    trials.push_back(trial_from(JsonFields(array[i], fmt::format("trials[{}]", i))));
  }
  return trials;
}

/// Puts the path in front of the message of a UsageError.
template <typename Function>
auto with_origin(const std::filesystem::path& path, Function function) {
  try {
    return function();
  } catch (const UsageError& error) {
    throw UsageError(fmt::format("{}: {}", path.string(), error.what()));
  }
}

}  // namespace

nlohmann::json to_json(const Trial& trial) {
  nlohmann::json rows = nlohmann::json::array();
  for (const Row& row : trial.rows) {
    rows.push_back(to_json(row));
  }
  nlohmann::json json = {{"index", trial.index},
                         {"block", trial.block},
                         {"position", trial.position},
                         {"kind", to_string(trial.kind)},
                         {"mode", valid_utf8(trial.mode)},
                         {"started_at", trial.started_at},
                         {"wall_seconds", number_to_json(trial.wall_seconds)},
                         {"process_seconds", number_to_json(trial.process_seconds)},
                         {"ok", trial.ok},
                         {"failure", valid_utf8(trial.failure)},
                         {"raw_file", valid_utf8(trial.raw_file)},
                         {"environment", text_map(trial.environment)},
                         {"telemetry", text_map(trial.telemetry)},
                         {"rows", std::move(rows)},
                         {"tests_passed", trial.tests_passed},
                         {"tests_failed", trial.tests_failed},
                         {"tests_skipped", trial.tests_skipped},
                         {"failed_tests", text_list(trial.failed_tests)}};
  if (!trial.telemetry_series.empty()) {
    json["telemetry_series"] = series_to_json(trial.telemetry_series);
  }
  return json;
}

Trial trial_from_json(const nlohmann::json& json) { return trial_from(JsonFields(json, "")); }

nlohmann::json header_to_json(const Run& run) {
  nlohmann::json margins = nlohmann::json::object();
  for (const auto& [pattern, margin] : run.margins) {
    margins[valid_utf8(pattern)] = number_to_json(margin);
  }
  nlohmann::json access = nlohmann::json::array();
  for (const AccessRow& row : run.access) access.push_back(to_json(row));
  return {{"format", run_format},
          {"schema_version", run_schema_version},
          {"version", run.version},
          {"suite", valid_utf8(run.suite)},
          {"command", text_list(run.command)},
          {"seed", run.seed},
          {"baseline_mode", valid_utf8(run.baseline_mode)},
          {"modes", text_list(run.modes)},
          {"mode_reasons", text_map(run.mode_reasons)},
          {"image", valid_utf8(run.image)},
          {"image_digest", run.image_digest},
          {"started_at", run.started_at},
          {"finished_at", run.finished_at},
          {"planned_blocks", run.planned_blocks},
          {"looks", run.looks},
          {"margins", std::move(margins)},
          {"per_clock", text_list(run.per_clock)},
          {"environment", text_map(run.environment)},
          {"notes", text_list(run.notes)},
          {"access", std::move(access)},
          {"harness_seconds", number_to_json(run.harness_seconds)}};
}

Run header_from_json(const nlohmann::json& json) {
  const JsonFields fields(json, "");
  check_format(fields);
  Run run;
  run.baseline_mode = fields.get<std::string>("baseline_mode");
  run.modes = fields.get<std::vector<std::string>>("modes");
  fields.read("version", run.version);
  fields.read("suite", run.suite);
  fields.read("command", run.command);
  fields.read("seed", run.seed);
  fields.read("mode_reasons", run.mode_reasons);
  fields.read("image", run.image);
  fields.read("image_digest", run.image_digest);
  fields.read("started_at", run.started_at);
  fields.read("finished_at", run.finished_at);
  fields.read("planned_blocks", run.planned_blocks);
  fields.read("looks", run.looks);
  fields.read("margins", run.margins);
  fields.read("per_clock", run.per_clock);
  fields.read("environment", run.environment);
  fields.read("notes", run.notes);
  if (fields.has("access")) {
    const nlohmann::json& rows = fields.required("access");
    require_array(rows, fields.path_of("access"));
    for (std::size_t i = 0; i < rows.size(); ++i)
      run.access.push_back(access_row_from_json(rows.at(i), fmt::format("{}[{}]", fields.path_of("access"), i)));
  }
  fields.read("harness_seconds", run.harness_seconds);
  return run;
}

nlohmann::json to_json(const Comparison& comparison) {
  return {{"benchmark", valid_utf8(comparison.benchmark)},
          {"baseline", valid_utf8(comparison.baseline)},
          {"candidate", valid_utf8(comparison.candidate)},
          {"verdict", to_string(comparison.verdict)},
          {"reason", valid_utf8(comparison.reason)},
          {"measure", comparison.measure == Measure::cycles ? "cycles" : "seconds"},
          {"margin", number_to_json(comparison.margin)},
          {"n", comparison.n},
          {"baseline_seconds", number_or_null(comparison.baseline_seconds)},
          {"candidate_seconds", number_or_null(comparison.candidate_seconds)},
          {"effect", number_or_null(comparison.effect)},
          {"time_effect", number_or_null(comparison.time_effect)},
          {"time_interval",
           {{"low", number_or_null(comparison.time_interval_low)}, {"high", number_or_null(comparison.time_interval_high)}}},
          {"interval",
           {{"low", number_or_null(comparison.interval_low)},
            {"high", number_or_null(comparison.interval_high)},
            {"level", number_to_json(comparison.confidence_level)}}},
          {"p_value", number_or_null(comparison.p_value)},
          {"adjusted_p_value", number_or_null(comparison.adjusted_p_value)},
          {"minimum_detectable_effect", number_or_null(comparison.minimum_detectable_effect)},
          {"blocks_to_settle",
           comparison.blocks_to_settle ? nlohmann::json(*comparison.blocks_to_settle) : nlohmann::json()},
          {"detectable_below_margin", comparison.detectable_below_margin},
          {"same_bits", comparison.same_bits ? nlohmann::json(*comparison.same_bits) : nlohmann::json()},
          {"differences", numbers_to_json(comparison.differences)}};
}

nlohmann::json to_json(const Run& run) {
  nlohmann::json json = header_to_json(run);
  nlohmann::json& trials = json["trials"] = nlohmann::json::array();
  for (const Trial& trial : run.trials) {
    trials.push_back(to_json(trial));
  }
  return json;
}

nlohmann::json to_json(const Run& run, const Analysis& analysis) {
  nlohmann::json json = to_json(run);
  nlohmann::json& derived = json["analysis"];
  derived["comparisons"] = nlohmann::json::array();
  for (const Comparison& comparison : analysis.comparisons) {
    derived["comparisons"].push_back(to_json(comparison));
  }
  derived["noise_floor"] = nlohmann::json::array();
  for (const Comparison& comparison : analysis.noise_floor) {
    derived["noise_floor"].push_back(to_json(comparison));
  }
  derived["wrong"] = text_list(analysis.wrong);
  derived["skipped"] = text_list(analysis.skipped);
  derived["verdict"] = to_string(analysis.verdict);
  derived["sentence"] = valid_utf8(analysis.sentence);
  derived["exit_code"] = analysis.exit_code;
  derived["overhead_ratio"] = number_to_json(analysis.overhead_ratio);
  return json;
}

Run run_from_json(const nlohmann::json& json) {
  if (!json.is_object()) {
    throw UsageError(fmt::format("not a run of cuparity but a JSON {}", json.type_name()));
  }
  Run run = header_from_json(json);
  run.trials = trials_from(JsonFields(json, ""));
  return run;
}

std::filesystem::path run_folder(const std::filesystem::path& path) {
  if (std::filesystem::is_directory(path)) return path;
  return path.has_parent_path() ? path.parent_path() : ".";
}

namespace {

/// The folder of the journal where `path` means one; else the file with the JSON.
std::pair<std::filesystem::path, bool> journal_or_file(const std::filesystem::path& path) {
  std::error_code code;
  if (std::filesystem::is_directory(path, code)) {
    if (std::filesystem::exists(path / "run.json", code)) return {path / "run.json", false};
    if (std::filesystem::exists(path / "journal.jsonl", code)) return {path, true};
    throw UsageError(
        fmt::format("{}: holds neither run.json nor journal.jsonl; give the folder that "
                    "cuparity run --out wrote",
                    path.string()));
  }
  if (path.extension() != ".jsonl") return {path, false};
  return {path.parent_path().empty() ? "." : path.parent_path(), true};
}

/// What a run.json that can't be read was derived from, if it stands beside it.
bool has_journal_beside(const std::filesystem::path& file) {
  std::error_code code;
  return file.filename() == "run.json" && std::filesystem::exists(file.parent_path() / "journal.jsonl", code);
}

Run read_journal_in_place_of(const std::filesystem::path& file) {
  Run run = read_journal(file.parent_path());
  run.notes.push_back("run.json can't be read; this is what journal.jsonl says.");
  return run;
}

}  // namespace

Run run_from_document(const nlohmann::json& json, const std::filesystem::path& path) {
  return with_origin(path, [&] { return run_from_json(json); });
}

bool holds_run(const std::filesystem::path& folder) {
  std::error_code error;
  return std::filesystem::exists(folder / "run.json", error) || std::filesystem::exists(folder / "journal.jsonl", error);
}

Run load_run(const std::filesystem::path& path) {
  const auto [place, is_journal] = journal_or_file(path);
  return is_journal ? read_journal(place) : run_from_document(load_run_document(place), place);
}

nlohmann::json load_run_document(const std::filesystem::path& path) {
  const auto [place, is_journal] = journal_or_file(path);
  if (is_journal) return to_json(read_journal(place));
  try {
    return read_json_file(place);
  } catch (const UsageError&) {
    if (!has_journal_beside(place)) throw;
    return to_json(read_journal_in_place_of(place));
  }
}

}  // namespace cuparity
