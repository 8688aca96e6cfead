// run.json: a Run with the comparisons derived from it, as results/schema/run.schema.json says.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>

#include "harness/record/run.hpp"
#include "harness/stats/analysis.hpp"

namespace cuparity {

/// The one conversion of records; the journal writes the same objects, one a line.
nlohmann::json to_json(const Trial& trial);
Trial trial_from_json(const nlohmann::json& json);

/// The run without its trials (the journal's first line).
nlohmann::json header_to_json(const Run& run);
Run header_from_json(const nlohmann::json& json);

/// Header and trials: what was measured.
nlohmann::json to_json(const Run& run);

nlohmann::json to_json(const Comparison& comparison);
/// Everything: header, trials, and what was derived (comparisons, noise floor, verdict).
nlohmann::json to_json(const Run& run, const Analysis& analysis);

/// Throws UsageError: not JSON, another program's JSON, a newer schema_version, a field of the wrong type.
Run run_from_json(const nlohmann::json& json);

/// Whether a run's files stand in `folder`: run.json, or a journal alone.
bool holds_run(const std::filesystem::path& folder);

/// `path` is run.json, a run's folder with run.json, or one with a journal alone (interrupted run). Where run.json is empty or
/// cut, the journal beside it is read and a note says so.
Run load_run(const std::filesystem::path& path);

/// The same as the JSON that run_from_json() takes, which may not have been looked at: to be redacted before.
nlohmann::json load_run_document(const std::filesystem::path& path);
/// run_from_json() whose errors begin with the path.
Run run_from_document(const nlohmann::json& json, const std::filesystem::path& path);

/// The folder of what load_run() reads.
std::filesystem::path run_folder(const std::filesystem::path& path);

}  // namespace cuparity
