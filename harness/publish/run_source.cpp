#include "harness/publish/run_source.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <optional>
#include <set>
#include <sstream>

#include "harness/errors.hpp"
#include "harness/publish/run_summary.hpp"
#include "harness/record/json_fields.hpp"
#include "harness/record/run_json.hpp"
#include "harness/redact/patterns.hpp"

namespace cuparity {
namespace {

namespace fs = std::filesystem;

std::string read_text(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw UsageError(fmt::format("{}: can't be read; check its permissions", path.string()));
  std::ostringstream text;
  text << file.rdbuf();
  return std::move(text).str();
}

bool is_run_folder(const fs::path& path) {
  return fs::exists(path / "run.json") || fs::exists(path / "journal.jsonl");
}

/// The first kilobyte of a run's header tells it from the JSON of other programs.
bool looks_like_a_run(const fs::path& path) {
  if (path.extension() != ".json") return false;
  const std::string text = read_text(path);
  return text.find("\"cuparity-run\"") != std::string::npos;
}

/// The file behind a path that load_run takes.
fs::path file_of(const fs::path& path) {
  if (!fs::is_directory(path)) return path;
  return fs::exists(path / "run.json") ? path / "run.json" : path / "journal.jsonl";
}

/// The header with the number of its trials and how long the first took.
struct Outline {
  nlohmann::json header;
  std::size_t trials = 0;
  std::optional<double> first_wall_seconds;
};

std::optional<double> wall_seconds_of(const nlohmann::json& trial) {
  const auto found = trial.find("wall_seconds");
  if (found == trial.end()) return std::nullopt;
  double seconds = 0;
  from_json_value(*found, "wall_seconds", seconds);
  return seconds;
}

/// The trials are let go as soon as they are read: a site of a thousand runs does not fit into memory.
Outline outline_of_json(const std::string& text) {
  Outline outline;
  std::string member;  // of the document, that is being read
  const auto keep = [&](int depth, nlohmann::json::parse_event_t event, nlohmann::json& value) {
    if (event == nlohmann::json::parse_event_t::key && depth == 1) {
      member = value.get_ref<const std::string&>();
      return member != "analysis";
    }
    if (event == nlohmann::json::parse_event_t::key && depth == 3 && member == "trials") {
      return value.get_ref<const std::string&>() == "wall_seconds";
    }
    if (event == nlohmann::json::parse_event_t::object_end && depth == 2 && member == "trials") {
      if (outline.trials++ == 0) outline.first_wall_seconds = wall_seconds_of(value);
      return false;
    }
    return true;
  };
  outline.header = nlohmann::json::parse(text, keep);
  return outline;
}

Outline outline_of_journal(const std::string& text) {
  Outline outline;
  std::istringstream lines(text);
  std::string line;
  std::getline(lines, line);
  outline.header = nlohmann::json::parse(line);
  while (std::getline(lines, line)) {
    if (lines.eof()) break;  // torn: the journal's lines end with a line feed
    if (outline.trials++ == 0) outline.first_wall_seconds = wall_seconds_of(nlohmann::json::parse(line));
  }
  return outline;
}

}  // namespace

std::vector<fs::path> find_runs(const fs::path& path) {
  if (!fs::exists(path)) throw UsageError(fmt::format("{}: no such file or folder", path.string()));
  if (!fs::is_directory(path) || is_run_folder(path)) return {path};
  std::vector<fs::path> found;
  for (fs::recursive_directory_iterator entry(path), end; entry != end; ++entry) {
    if (entry->is_directory() && is_run_folder(entry->path())) {
      found.push_back(entry->path());
      entry.disable_recursion_pending();
    } else if (entry->is_regular_file() && looks_like_a_run(entry->path())) {
      found.push_back(entry->path());
    }
  }
  if (found.empty()) {
    throw UsageError(fmt::format(
        "{}: no run in it (run.json or journal.jsonl, as cuparity run --out writes them)", path.string()));
  }
  std::sort(found.begin(), found.end());
  return found;
}

RunSource scan_run(const fs::path& path) {
  const fs::path file = file_of(path);
  const std::string text = read_text(file);
  RunSource source;
  source.path = path;
  Outline outline;
  try {
    outline = file.extension() == ".jsonl" ? outline_of_journal(text) : outline_of_json(text);
  } catch (const nlohmann::json::exception&) {
    load_run(path);  // says what is wrong and where
    throw UsageError(fmt::format("{}: can't be read as a run", path.string()));
  }
  Run header;
  try {
    header = header_from_json(outline.header);
  } catch (const UsageError& error) {
    throw UsageError(fmt::format("{}: {}", path.string(), error.what()));
  }
  source.started_at = header.started_at;
  source.trials = outline.trials;
  source.id = run_id(header.started_at, header.seed, outline.first_wall_seconds.value_or(0));
  std::set<std::string> seen;
  for (const Uuid& uuid : uuids_in(text)) {
    if (uuid.kind == UuidKind::bare || !seen.insert(std::string(uuid.digits)).second) continue;
    source.devices.push_back((uuid.kind == UuidKind::gpu ? "GPU-" : "MIG-") + std::string(uuid.digits));
  }
  return source;
}

}  // namespace cuparity
