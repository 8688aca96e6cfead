// An SQLite index over a folder of result files. The files are the truth: the index can be deleted at any
// time and is made again from them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace SQLite {
class Database;
}

namespace cuparity {

/// Results of one benchmark under one mode on one machine.
struct HistorySeries {
  std::int64_t id = 0;
  std::string fingerprint;
  std::string mode;
  std::string benchmark;
  int runs = 0;
  bool in_cycles = false;  ///< every run of it has cycles: compared per clock
};

struct HistoryPoint {
  std::string started_at;
  std::string path;      ///< of the result file, relative to the folder
  std::string software;  ///< HistoryRun::software
  double seconds = 0;
  std::optional<double> cycles;  ///< HistoryValue::cycles
};

/// A run that is not to be counted, under whatever name the folder has it.
struct LeftOutRun {
  std::filesystem::path path;  ///< of its file or folder
  std::string identity;        ///< HistoryRun::identity; empty: it can't be read
};

struct IndexUpdate {
  int files = 0;  ///< result files in the folder, each run once
  int read = 0;   ///< new or changed ones
  int gone = 0;
  std::vector<std::string> passed_over;  ///< "path: why"
};

/// The run in a file or folder, for HistoryIndex::points(). Reads it.
LeftOutRun left_out_run(const std::filesystem::path& path);

class HistoryIndex {
 public:
  /// `index_file` empty: .cuparity-history.sqlite in `folder`, or in memory where that can't be written. An index that can't
  /// be read, or of another version, is made again. Throws UsageError (no such folder) or EnvironmentError (can't be written).
  explicit HistoryIndex(const std::filesystem::path& folder, const std::filesystem::path& index_file = {});
  ~HistoryIndex();

  /// Brings the index to what the folder holds now: run folders (run.json, or a journal alone) and files of
  /// other programs, in subfolders too, each once, whatever links to it or is a copy of it. A file counts as unchanged if
  /// size and time of change are. A file without a date has that of its last change. Waits for another program that writes
  /// the index; throws EnvironmentError if it can't be written.
  IndexUpdate update();
  /// Forgets everything first.
  IndexUpdate rebuild();

  /// By fingerprint, mode and benchmark.
  std::vector<HistorySeries> series() const;
  /// The newest `limit` points, oldest first; 0: all.
  std::vector<HistoryPoint> points(std::int64_t series_id, int limit = 0, const LeftOutRun& except = {}) const;
  /// The seconds alone, oldest first: fast. Of a series in cycles those that they last at the clock in the middle of
  /// its runs.
  std::vector<double> seconds(const HistorySeries& series) const;
  /// One point, counted from 0 in that order.
  HistoryPoint point(std::int64_t series_id, std::size_t place) const;
  /// How many points began before `day` (ISO 8601).
  std::size_t count_before(std::int64_t series_id, const std::string& day) const;

 private:
  void open(const std::filesystem::path& file);
  void create_tables();
  IndexUpdate bring_up_to_date(bool forget);
  IndexUpdate take_in_changes();

  std::filesystem::path folder_;
  std::unique_ptr<SQLite::Database> database_;
};

}  // namespace cuparity
