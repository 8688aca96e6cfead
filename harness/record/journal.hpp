// An append-only file of JSON lines: the run's header, then each trial as soon as it has ended.
#pragma once

#include <filesystem>

#include "harness/record/run.hpp"

namespace cuparity {

class Journal {
 public:
  /// Creates `folder`/journal.jsonl with the header; throws EnvironmentError if it exists or can't be written.
  static Journal create(const std::filesystem::path& folder, const Run& header);
  /// Opens for appending after a torn last line, if any, was cut off.
  static Journal reopen(const std::filesystem::path& folder);
  Journal(Journal&& other) noexcept;
  Journal& operator=(Journal&&) = delete;
  ~Journal();

  /// Written and flushed to the disk (fsync) on return. Throws EnvironmentError; what is half written is cut off when the
  /// journal is opened again.
  void append(const Trial& trial);

 private:
  Journal(int file, std::filesystem::path path);
  int file_ = -1;
  std::filesystem::path path_;
};

/// Header and trials; a torn last line (a crash while writing) is left out. Throws UsageError.
Run read_journal(const std::filesystem::path& folder);

}  // namespace cuparity
