// Writes what a site consists of.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/publish/manifest.hpp"
#include "harness/publish/publish.hpp"
#include "harness/publish/run_source.hpp"
#include "harness/publish/site_folder.hpp"
#include "harness/publish/trend.hpp"
#include "harness/redact/pseudonyms.hpp"

namespace cuparity {

class Site {
 public:
  /// `options` must outlive this. Throws UsageError where the pseudonyms of an earlier publication can't be read.
  Site(const PublishOptions& options, const Fingerprints& fingerprints);

  /// Names the devices in the order of the runs, so that it does not depend on which thread comes first.
  void name_devices(const std::vector<RunSource>& sources);

  /// The pages of a run and its manifest. Safe to use from several threads.
  RunSummary write_run(const RunSource& source);
  /// What write_run(source) would return, if its pages are those that `manifest` tells of; else nothing.
  std::optional<RunSummary> find_run(const RunSource& source, const Manifest& manifest) const;

  /// Everything else; `runs` newest first.
  void write_overview(const std::vector<RunSummary>& runs, unsigned threads);

 private:
  Pseudonyms earlier_pseudonyms() const;
  Run load(const RunSource& source);
  void write_manifest(const RunSource& source, const RunSummary& summary, std::map<std::string, std::string> files);
  std::vector<std::string> device_names(const RunSource& source) const;
  void write_trends(const std::vector<BenchmarkTrend>& trends, unsigned threads);

  const PublishOptions& options_;
  const Fingerprints& fingerprints_;
  SiteFolder folder_;
  mutable Pseudonyms pseudonyms_;
  bool names_are_known_;  ///< those that earlier pages show
};

}  // namespace cuparity
