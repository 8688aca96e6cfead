#include "harness/publish/run_source.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <optional>
#include <set>
#include <sstream>

#include "harness/digest.hpp"
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
  nlohmann::json first_wall_seconds;
};

/// Builds the document without its trials and what was derived, which are most of it: they are checked and let go.
class OutlineReader : public nlohmann::json_sax<nlohmann::json> {
 public:
  using json = nlohmann::json;

  explicit OutlineReader(Outline& outline) : outline_(outline) {}

  bool null() override { return scalar(nullptr); }
  bool boolean(bool value) override { return scalar(value); }
  bool number_integer(json::number_integer_t value) override { return scalar(value); }
  bool number_unsigned(json::number_unsigned_t value) override { return scalar(value); }
  bool number_float(json::number_float_t value, const std::string&) override { return scalar(value); }
  bool string(std::string& value) override { return scalar(std::move(value)); }
  bool binary(json::binary_t&) override { return false; }
  bool start_object(std::size_t) override { return open(json::value_t::object); }
  bool start_array(std::size_t) override { return open(json::value_t::array); }
  bool end_array() override { return close(); }
  bool end_object() override {
    if (in_trials_ && depth_ == 3) ++outline_.trials;
    return close();
  }
  bool key(std::string& name) override {
    if (depth_ == 1) {
      in_trials_ = name == "trials";
      left_out_ = in_trials_ || name == "analysis";
    }
    wall_seconds_ = in_trials_ && depth_ == 3 && outline_.trials == 0 && name == "wall_seconds";
    if (!left_out_) key_ = std::move(name);
    return true;
  }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override { return false; }

 private:
  template <typename Value>
  bool scalar(Value&& value) {
    if (wall_seconds_ && depth_ == 3) outline_.first_wall_seconds = std::forward<Value>(value);
    else if (!left_out_) place(std::forward<Value>(value));
    return true;
  }

  json& place(json value) {
    if (open_.empty()) return outline_.header = std::move(value);
    json& parent = *open_.back();
    if (parent.is_object()) return parent[key_] = std::move(value);
    parent.push_back(std::move(value));
    return parent.back();
  }

  bool open(json::value_t type) {
    if (depth_ == deepest_nesting) return false;
    if (!left_out_) open_.push_back(&place(json(type)));
    ++depth_;
    return true;
  }

  bool close() {
    --depth_;
    if (!left_out_) open_.pop_back();
    else if (depth_ == 1) in_trials_ = left_out_ = false;
    return true;
  }

  Outline& outline_;
  std::vector<json*> open_;  ///< containers round the place that is being read, of those that are kept
  std::string key_;
  int depth_ = 0;              ///< open containers, those that are left out included
  bool left_out_ = false;      ///< inside a member of the document that is
  bool in_trials_ = false;
  bool wall_seconds_ = false;  ///< the next value of the first trial is that
};

bool read_json_outline(const std::string& text, Outline& outline) {
  OutlineReader reader(outline);
  return nlohmann::json::sax_parse(text, &reader);
}

/// Throws UsageError where the header or the first trial is no JSON.
void read_journal_outline(const std::string& text, Outline& outline) {
  std::istringstream lines(text);
  std::string line;
  std::getline(lines, line);
  outline.header = parse_json_text(line, "journal");
  while (std::getline(lines, line)) {
    if (lines.eof()) break;  // torn: the journal's lines end with a line feed
    if (outline.trials++ > 0) continue;
    const nlohmann::json trial = parse_json_text(line, "journal");
    if (const auto found = trial.find("wall_seconds"); found != trial.end()) outline.first_wall_seconds = *found;
  }
}

/// Nothing where the text is no JSON that load_run takes.
std::optional<Outline> read_outline(const fs::path& file, const std::string& text) {
  Outline outline;
  try {
    if (file.extension() == ".jsonl") read_journal_outline(text, outline);
    else if (!read_json_outline(text, outline)) return std::nullopt;
  } catch (const UsageError&) {
    return std::nullopt;
  }
  return outline;
}

RunOutline run_outline(const Outline& outline, const fs::path& path) {
  try {
    const Run header = header_from_json(outline.header);
    double wall_seconds = 0;
    if (!outline.first_wall_seconds.is_null()) {
      from_json_value(outline.first_wall_seconds, "trials[0].wall_seconds", wall_seconds);
    }
    return {run_id(header.started_at, header.seed, wall_seconds), header.started_at, outline.trials};
  } catch (const UsageError& error) {
    throw UsageError(fmt::format("{}: {}", path.string(), error.what()));
  }
}

std::vector<std::string> devices_in(const std::string& text) {
  std::vector<std::string> devices;
  std::set<std::string_view> seen;
  for (const Uuid& uuid : uuids_in(text)) {
    if (uuid.kind == UuidKind::bare || !seen.insert(uuid.digits).second) continue;
    devices.push_back((uuid.kind == UuidKind::gpu ? "GPU-" : "MIG-") + std::string(uuid.digits));
  }
  return devices;
}

RunSource scan(const fs::path& path, const fs::path& file, const KnownOutlines& known) {
  const std::string text = read_text(file);
  RunSource source;
  source.path = path;
  source.digest = digest_of(text);
  source.devices = devices_in(text);
  if (const RunOutline* outline = known ? known(source.digest) : nullptr) {
    source.outline = *outline;
    return source;
  }
  if (const std::optional<Outline> outline = read_outline(file, text)) {
    source.outline = run_outline(*outline, path);
    return source;
  }
  load_run(path);  // says what is wrong and where, or reads the journal beside a run.json that is broken
  const fs::path journal = file.parent_path() / "journal.jsonl";
  if (file == journal || !fs::exists(journal)) throw UsageError(fmt::format("{}: can't be read as a run", path.string()));
  return scan(path, journal, known);
}

void add_runs_below(const fs::path& path, std::vector<fs::path>& found) {
  for (fs::recursive_directory_iterator entry(path), end; entry != end; ++entry) {
    if (entry->is_directory() && holds_run(entry->path())) {
      found.push_back(entry->path());
      entry.disable_recursion_pending();
    } else if (entry->is_regular_file() && looks_like_a_run(entry->path())) {
      found.push_back(entry->path());
    }
  }
}

}  // namespace

std::vector<fs::path> find_runs(const fs::path& path) {
  if (!fs::exists(path)) throw UsageError(fmt::format("{}: no such file or folder", path.string()));
  if (!fs::is_directory(path) || holds_run(path)) return {path};
  std::vector<fs::path> found;
  try {
    add_runs_below(path, found);
  } catch (const fs::filesystem_error& error) {
    throw EnvironmentError(fmt::format("looking for runs in {}: {}; mend its permissions or name the runs one by one",
                                       path.string(), error.code().message()));
  }
  if (found.empty()) {
    throw UsageError(fmt::format(
        "{}: no run in it (run.json or journal.jsonl, as cuparity run --out writes them)", path.string()));
  }
  std::sort(found.begin(), found.end());
  return found;
}

RunSource scan_run(const fs::path& path, const KnownOutlines& known) { return scan(path, file_of(path), known); }

}  // namespace cuparity
