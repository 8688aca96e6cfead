// Runs -> a static site: an index, a page a run, trends, comparisons, raw data and a feed.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace cuparity {

struct PublishOptions {
  std::vector<std::filesystem::path> runs;  ///< run.json, folders of runs, or folders of those
  std::filesystem::path out;
  std::string title = "cuparity results";
  std::string base_url;             ///< where the site will be; for the feed's links alone
  bool redact = true;
  std::vector<std::string> hidden;  ///< further words to take out
  std::string key;                  ///< publisher_key(); empty: every page is rendered each time
  unsigned threads = 0;             ///< 0: as many as there are cores
};

struct PublishResult {
  std::size_t runs = 0;      ///< in the site
  std::size_t new_runs = 0;  ///< of them that were not there before
  std::size_t rendered = 0;  ///< of them whose pages were made now; those of the others were right
};

/// Runs that the site already holds stay in it; of a run that comes twice the one with more trials is taken.
/// The same runs give the same bytes; pages that were made from the same bytes by the same program with the same
/// options and key are left alone (manifest.hpp). A run is taken out by deleting runs/ID and publishing again.
/// Throws UsageError for what is no run, EnvironmentError where the site can't be written.
PublishResult publish(const PublishOptions& options);

}  // namespace cuparity
