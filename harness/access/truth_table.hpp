// Tries every request form on every engine that answers, and judges what came of it.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "harness/access/access_host.hpp"
#include "harness/access/gather_access_host.hpp"
#include "harness/engine/engine.hpp"
#include "harness/record/access_row.hpp"

namespace cuparity {

struct AccessTable {
  AccessHost host;
  std::string image;
  std::vector<std::string> engines;  ///< "docker 28.2.2", or why one was left out
  std::vector<AccessRow> rows;

  /// Whether every row is as it must be.
  bool as_expected() const;
};

struct TruthTableOptions {
  std::string engine;  ///< empty: every one that answers
  std::string image;
  std::string row;  ///< regular expression on the rows' names; empty: all
  std::string stand_in;
  std::function<void(const std::string&)> progress;  ///< one line a row; may be empty
  std::function<bool()> stop_requested;              ///< may be empty
};

/// Throws UsageError on a bad expression or engine, EnvironmentError where no engine answers or has the image.
AccessTable make_truth_table(const TruthTableOptions& options);

/// One row for a mode of `cuparity run`: one short start of the probe. `found`: the engines of this machine. Never
/// throws for what the mode does.
AccessRow access_row_of(const AccessMode& mode, Engine& engine, const std::vector<FoundEngine>& found,
                        const AccessHost& host, const std::filesystem::path& probe_folder);

}  // namespace cuparity
