#include "harness/history/history_index.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <SQLiteCpp/VariadicBind.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <map>

#include "harness/errors.hpp"
#include "harness/history/find_result_files.hpp"
#include "harness/history/history_run.hpp"
#include "harness/record/benchmark_json.hpp"
#include "harness/record/json_fields.hpp"
#include "harness/record/median.hpp"
#include "harness/redact/pseudonyms.hpp"

namespace cuparity {
namespace {

namespace fs = std::filesystem;

constexpr int index_version = 6;
constexpr int application_id = 0x63755069;  ///< marks the file as ours
constexpr const char* index_name = ".cuparity-history.sqlite";
constexpr const char* in_memory = ":memory:";  ///< SQLite's name for it
constexpr int busy_milliseconds = 10'000;
constexpr int sqlite_busy = 5;  ///< SQLITE_BUSY; SQLiteCpp has no name for it

std::string date_of(std::int64_t modified) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(static_cast<std::time_t>(modified / 1'000'000'000)));
}

/// Whether `file` is an index of ours that SQLite can't read any more. Another program's file is not.
bool damaged(const fs::path& file) {
  std::error_code error;
  if (!fs::exists(file, error)) {
    return false;
  }
  try {
    SQLite::Database database(file.string(), SQLite::OPEN_READONLY, busy_milliseconds);
    const bool ours = database.execAndGet("PRAGMA application_id").getInt() == application_id;
    return ours && database.execAndGet("PRAGMA quick_check(1)").getString() != "ok";
  } catch (const SQLite::Exception& failure) {
    return file.filename() == index_name && failure.getErrorCode() != sqlite_busy;
  }
}

int version_of(SQLite::Database& database) { return database.execAndGet("PRAGMA user_version").getInt(); }

[[noreturn]] void refuse_index(const fs::path& file, const SQLite::Exception& error) {
  if (error.getErrorCode() == sqlite_busy) {
    throw EnvironmentError(fmt::format(
        "the history's index {} has been in use by another program for more than {} s; wait for it, or name another "
        "with --index",
        file.string(), busy_milliseconds / 1000));
  }
  throw EnvironmentError(
      fmt::format("using the history's index {} failed: {}; delete it if it is damaged, or name another with --index",
                  file.string(), error.what()));
}

/// Others' runs, or an archive that is mounted read-only, can be looked at all the same.
bool writable(const fs::path& file) {
  std::error_code ignored;
  return access(file.parent_path().c_str(), W_OK) == 0 && (!fs::exists(file, ignored) || access(file.c_str(), W_OK) == 0);
}

/// Compiled once, used for every file.
class Writer {
 public:
  explicit Writer(SQLite::Database& database)
      : database_(database),
        add_run_(database, "INSERT INTO runs (path, size, modified, started_at, software) VALUES (?, ?, ?, ?, ?)"),
        give_way_(database, "UPDATE runs SET copy = 1 WHERE identity = ? AND copy = 0 AND redacted = 1 RETURNING id"),
        forget_points_(database, "DELETE FROM points WHERE run = ?"),
        identify_run_(database,
                      "UPDATE runs SET identity = ?1, redacted = ?2, copy = EXISTS (SELECT 1 FROM runs WHERE identity = ?1 AND "
                      "copy = 0) WHERE id = ?3 RETURNING copy"),
        add_series_(database,
                    "INSERT INTO series (fingerprint, mode, benchmark) VALUES (?, ?, ?) "
                    "ON CONFLICT DO UPDATE SET mode = mode RETURNING id"),
        add_point_(database,
                   "INSERT OR REPLACE INTO points (series, started_at, run, seconds, cycles) VALUES (?, ?, ?, ?, ?)") {}

  /// A copy of a run that is here is remembered without its values. `summary` null: the file can't be read, or is no
  /// measurement (no `failure`); it is remembered so as not to be tried each time.
  void add(const std::string& path, const FoundFile& file, const HistoryRun* summary, const std::string& failure) {
    const std::string started = summary == nullptr ? date_of(file.modified) : summary->started_at;
    SQLite::bind(add_run_, path, file.size, file.modified, started, summary == nullptr ? failure : summary->software);
    add_run_.exec();
    add_run_.reset();
    const std::int64_t run = database_.getLastInsertRowid();
    if (summary == nullptr) {
      mark_unreadable(run);
      return;
    }
    if (is_copy(run, *summary)) return;
    for (const HistoryValue& value : summary->values) {
      SQLite::bind(add_point_, series_id(value), started, run, value.seconds);
      if (value.cycles) add_point_.bind(5, *value.cycles);
      else add_point_.bind(5);  // null
      add_point_.exec();
      add_point_.reset();
    }
  }

 private:
  void mark_unreadable(std::int64_t run) {
    SQLite::Statement statement(database_, "UPDATE runs SET readable = 0 WHERE id = ?");
    statement.bind(1, run);
    statement.exec();
  }

  /// A redacted copy gives way to the run itself, whose series has the name of its GPU.
  bool is_copy(std::int64_t run, const HistoryRun& summary) {
    const std::string identity = summary.identity();
    if (!summary.redacted()) forget_redacted_copy(identity);
    SQLite::bind(identify_run_, identity, summary.redacted() ? 1 : 0, run);
    identify_run_.executeStep();
    const bool copy = identify_run_.getColumn(0).getInt() != 0;
    identify_run_.reset();
    return copy;
  }

  void forget_redacted_copy(const std::string& identity) {
    give_way_.bind(1, identity);
    while (give_way_.executeStep()) {
      forget_points_.bind(1, give_way_.getColumn(0).getInt64());
      forget_points_.exec();
      forget_points_.reset();
    }
    give_way_.reset();
  }

  std::int64_t series_id(const HistoryValue& value) {
    std::int64_t& id = known_series_[value.fingerprint + '\n' + value.mode + '\n' + value.benchmark];
    if (id == 0) {
      SQLite::bind(add_series_, value.fingerprint, value.mode, value.benchmark);
      add_series_.executeStep();
      id = add_series_.getColumn(0).getInt64();
      add_series_.reset();
    }
    return id;
  }

  SQLite::Database& database_;
  SQLite::Statement add_run_;
  SQLite::Statement give_way_;
  SQLite::Statement forget_points_;
  SQLite::Statement identify_run_;
  SQLite::Statement add_series_;
  SQLite::Statement add_point_;
  std::map<std::string, std::int64_t> known_series_;
};

/// Rows of files that are gone or have changed go out; the files that are as they were leave `files`.
int remove_outdated(SQLite::Database& database, std::map<std::string, FoundFile>& files) {
  std::vector<std::int64_t> outdated;
  int gone = 0;
  SQLite::Statement known(database, "SELECT id, path, size, modified FROM runs");
  while (known.executeStep()) {
    const auto found = files.find(known.getColumn(1).getString());
    const bool same = found != files.end() && found->second.size == known.getColumn(2).getInt64() &&
                      found->second.modified == known.getColumn(3).getInt64();
    if (same) {
      files.erase(found);
    } else {
      outdated.push_back(known.getColumn(0).getInt64());
      gone += found == files.end() ? 1 : 0;
    }
  }
  if (outdated.empty()) {
    return 0;
  }
  database.exec("CREATE TEMP TABLE outdated (id INTEGER PRIMARY KEY)");
  SQLite::Statement add(database, "INSERT INTO outdated VALUES (?)");
  for (const std::int64_t id : outdated) {
    add.bind(1, id);
    add.exec();
    add.reset();
  }
  database.exec("DELETE FROM points WHERE run IN (SELECT id FROM outdated)");
  database.exec("DELETE FROM runs WHERE id IN (SELECT id FROM outdated)");
  database.exec("DROP TABLE outdated");
  return gone;
}

/// Copies of a run that went out are read anew: one of them is that run from now on.
void forget_copies_of_what_is_gone(SQLite::Database& database, const std::map<std::string, FoundFile>& all,
                                   std::map<std::string, FoundFile>& files) {
  SQLite::Statement orphans(database,
                            "DELETE FROM runs WHERE copy = 1 AND identity NOT IN (SELECT identity FROM runs WHERE copy = 0 AND "
                            "identity IS NOT NULL) RETURNING path");
  while (orphans.executeStep()) files.insert(*all.find(orphans.getColumn(0).getString()));
}

/// Whether it is something else that cuparity writes: a calibration, a gate's result, a site's pseudonyms, … Nobody misses it.
bool is_no_measurement(const fs::path& path) {
  try {
    const nlohmann::json json = read_json_file(path);
    const std::optional<std::string> own = own_format(json);
    return own ? own != "run" : Pseudonyms::made(json);
  } catch (const std::exception&) {
    return false;
  }
}

/// Nothing if it can't be read, for whatever reason: one file must not hide the others. No `failure` then: it is no
/// measurement.
std::optional<HistoryRun> read_file(const fs::path& path, std::int64_t modified, std::string& failure) {
  try {
    HistoryRun run = read_history_run(load_result(path));
    if (run.started_at.empty()) run.started_at = date_of(modified);
    return run;
  } catch (const UsageError& error) {
    failure = error.what();  // names the file
  } catch (const std::exception& error) {
    failure = fmt::format("{}: {}", path.string(), error.what());
  }
  if (is_no_measurement(path)) failure.clear();
  return std::nullopt;
}

HistoryPoint point_of(SQLite::Statement& query) {
  HistoryPoint point{query.getColumn(0).getString(), query.getColumn(1).getString(), query.getColumn(2).getString(),
                     query.getColumn(3).getDouble(), std::nullopt};
  if (!query.getColumn(4).isNull()) point.cycles = query.getColumn(4).getDouble();
  return point;
}

}  // namespace

LeftOutRun left_out_run(const fs::path& path) {
  std::error_code ignored;
  LeftOutRun run{fs::weakly_canonical(path, ignored), ""};
  try {
    run.identity = read_history_run(load_result(path)).identity();
  } catch (const std::exception&) {  // it is left out by its path
  }
  return run;
}

HistoryIndex::HistoryIndex(const fs::path& folder, const fs::path& index_file) {
  std::error_code error;
  folder_ = fs::canonical(folder, error);
  if (error || !fs::is_directory(folder_, error)) {
    throw UsageError(fmt::format("{}: no such folder; give the one that holds the runs", folder.string()));
  }
  const fs::path file = index_file.empty() ? folder_ / index_name : index_file;
  open(index_file.empty() && !writable(file) ? in_memory : file);
}

HistoryIndex::~HistoryIndex() = default;

void HistoryIndex::open(const fs::path& file) {
  if (damaged(file)) {
    std::error_code ignored;
    fs::remove(file, ignored);
  }
  try {
    database_ = std::make_unique<SQLite::Database>(file.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE,
                                                   busy_milliseconds);
    const bool empty = database_->execAndGet("SELECT count(*) FROM sqlite_master").getInt() == 0;
    if (!empty && database_->execAndGet("PRAGMA application_id").getInt() != application_id) {
      throw UsageError(fmt::format("{}: is another program's database; name another file with --index",
                                   file.string()));
    }
    if (version_of(*database_) != index_version) {
      SQLite::Transaction transaction(*database_, SQLite::TransactionBehavior::IMMEDIATE);
      if (version_of(*database_) != index_version) create_tables();  // nobody else has made them meanwhile
      transaction.commit();
    }
  } catch (const SQLite::Exception& error) {
    refuse_index(file, error);
  }
}

void HistoryIndex::create_tables() {
  for (const char* table : {"points", "series", "runs"}) {
    database_->exec(fmt::format("DROP TABLE IF EXISTS {}", table));
  }
  database_->exec(
      "CREATE TABLE runs (id INTEGER PRIMARY KEY, path TEXT UNIQUE, size INTEGER, modified INTEGER, "
      "started_at TEXT, software TEXT, readable INTEGER DEFAULT 1, identity TEXT, redacted INTEGER DEFAULT 0, "
      "copy INTEGER DEFAULT 0)");
  database_->exec("CREATE INDEX runs_by_identity ON runs (identity)");
  database_->exec(
      "CREATE TABLE series (id INTEGER PRIMARY KEY, fingerprint TEXT, mode TEXT, benchmark TEXT, "
      "UNIQUE (fingerprint, mode, benchmark))");
  database_->exec(
      "CREATE TABLE points (series INTEGER, started_at TEXT, run INTEGER, seconds REAL, cycles REAL, "
      "PRIMARY KEY (series, started_at, run)) WITHOUT ROWID");
  database_->exec(fmt::format("PRAGMA user_version = {}", index_version));
  database_->exec(fmt::format("PRAGMA application_id = {}", application_id));
}

IndexUpdate HistoryIndex::rebuild() { return bring_up_to_date(true); }

IndexUpdate HistoryIndex::update() { return bring_up_to_date(false); }

IndexUpdate HistoryIndex::bring_up_to_date(bool forget) {
  try {
    // Begun as a writer: who reads first and finds another writing is refused at once instead of waiting.
    SQLite::Transaction transaction(*database_, SQLite::TransactionBehavior::IMMEDIATE);
    if (forget) create_tables();
    const IndexUpdate update = take_in_changes();
    transaction.commit();
    return update;
  } catch (const SQLite::Exception& error) {
    refuse_index(database_->getFilename(), error);
  }
}

IndexUpdate HistoryIndex::take_in_changes() {
  const std::map<std::string, FoundFile> all = find_result_files(folder_);
  std::map<std::string, FoundFile> files = all;
  IndexUpdate update;
  update.gone = remove_outdated(*database_, files);
  forget_copies_of_what_is_gone(*database_, all, files);
  Writer writer(*database_);
  for (const auto& [path, file] : files) {
    ++update.read;
    std::string failure;
    const std::optional<HistoryRun> summary = read_file(folder_ / path, file.modified, failure);
    writer.add(path, file, summary ? &*summary : nullptr, failure);
  }
  if (update.read + update.gone > 0) {
    database_->exec("DELETE FROM series WHERE id NOT IN (SELECT DISTINCT series FROM points)");
  }
  update.files = database_->execAndGet("SELECT count(*) FROM runs WHERE copy = 0").getInt();
  SQLite::Statement unreadable(*database_, "SELECT software FROM runs WHERE readable = 0 ORDER BY path");
  while (unreadable.executeStep()) {
    const std::string failure = unreadable.getColumn(0).getString();
    if (failure.empty()) --update.files;
    else update.passed_over.push_back(failure);
  }
  return update;
}

std::vector<HistorySeries> HistoryIndex::series() const {
  std::vector<HistorySeries> result;
  SQLite::Statement query(*database_,
                          "SELECT id, fingerprint, mode, benchmark, (SELECT count(*) FROM points WHERE series = id), "
                          "NOT EXISTS (SELECT 1 FROM points WHERE series = id AND cycles IS NULL) "
                          "FROM series ORDER BY fingerprint, mode, benchmark");
  while (query.executeStep()) {
    result.push_back({query.getColumn(0).getInt64(), query.getColumn(1).getString(), query.getColumn(2).getString(),
                      query.getColumn(3).getString(), query.getColumn(4).getInt(), query.getColumn(5).getInt() != 0});
  }
  return result;
}

std::vector<HistoryPoint> HistoryIndex::points(std::int64_t series_id, int limit, const LeftOutRun& except) const {
  const fs::path& left_out = except.path;
  SQLite::Statement query(*database_,
                          "SELECT points.started_at, path, software, seconds, cycles, identity FROM points JOIN runs "
                          "ON run = runs.id WHERE series = ? ORDER BY points.started_at DESC, run DESC LIMIT ?");
  query.bind(1, series_id);
  query.bind(2, limit > 0 ? limit + 1 : -1);
  std::vector<HistoryPoint> result;
  while (query.executeStep()) {
    const std::string path = query.getColumn(1).getString();
    const fs::path whole = folder_ / path;
    if (!left_out.empty() && (whole == left_out || whole.parent_path() == left_out ||
                              query.getColumn(5).getString() == except.identity)) {
      continue;
    }
    result.push_back(point_of(query));
  }
  if (limit > 0 && result.size() > static_cast<std::size_t>(limit)) {
    result.resize(static_cast<std::size_t>(limit));
  }
  std::reverse(result.begin(), result.end());
  return result;
}

HistoryPoint HistoryIndex::point(std::int64_t series_id, std::size_t place) const {
  SQLite::Statement query(*database_,
                          "SELECT points.started_at, path, software, seconds, cycles FROM points JOIN runs "
                          "ON run = runs.id WHERE series = ? ORDER BY points.started_at, run LIMIT 1 OFFSET ?");
  query.bind(1, series_id);
  query.bind(2, static_cast<std::int64_t>(place));
  if (!query.executeStep()) {
    return {};
  }
  return point_of(query);
}

std::size_t HistoryIndex::count_before(std::int64_t series_id, const std::string& day) const {
  SQLite::Statement query(*database_, "SELECT count(*) FROM points WHERE series = ? AND started_at < ?");
  query.bind(1, series_id);
  query.bind(2, day);
  query.executeStep();
  return static_cast<std::size_t>(query.getColumn(0).getInt64());
}

std::vector<double> HistoryIndex::seconds(const HistorySeries& series) const {
  SQLite::Statement query(*database_,
                          fmt::format("SELECT seconds{} FROM points WHERE series = ? ORDER BY started_at, run",
                                      series.in_cycles ? ", cycles" : ""));
  query.bind(1, series.id);
  std::vector<double> result;
  std::vector<double> hertz;
  while (query.executeStep()) {
    result.push_back(query.getColumn(series.in_cycles ? 1 : 0).getDouble());
    if (series.in_cycles) hertz.push_back(result.back() / query.getColumn(0).getDouble());
  }
  if (!hertz.empty()) {
    const double clock = median(std::move(hertz));
    for (double& cycles : result) cycles /= clock;
  }
  return result;
}

}  // namespace cuparity
