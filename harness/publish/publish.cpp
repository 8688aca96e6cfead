#include "harness/publish/publish.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <optional>
#include <thread>
#include <unordered_map>

#include "harness/errors.hpp"
#include "harness/parallel.hpp"
#include "harness/publish/site.hpp"
#include "harness/record/run_json.hpp"
#include "harness/report/text.hpp"

namespace cuparity {
namespace {

namespace fs = std::filesystem;

/// The ids of the runs that the site holds, sorted.
std::vector<std::string> published_ids(const fs::path& site) {
  std::vector<std::string> ids;
  if (!fs::is_directory(site / "runs")) return ids;
  for (const auto& entry : fs::directory_iterator(site / "runs")) {
    if (fs::exists(entry.path() / "run.json")) ids.push_back(entry.path().filename().string());
  }
  std::sort(ids.begin(), ids.end());
  return ids;
}

/// What earlier publications left for this one.
class EarlierRuns {
 public:
  EarlierRuns(const fs::path& site, const std::vector<std::string>& ids, const Fingerprints& fingerprints,
              unsigned threads)
      : fingerprints_(fingerprints) {
    if (!fingerprints.usable()) return;
    std::vector<std::optional<Manifest>> manifests(ids.size());
    for_each_index(ids.size(), threads, [&](std::size_t i) {
      manifests[i] = read_manifest(site / "runs" / ids[i] / manifest_file, fingerprints);
    });
    for (std::size_t i = 0; i < ids.size(); ++i) {
      if (manifests[i] && manifests[i]->outline.id == ids[i]) by_id_.emplace(ids[i], std::move(*manifests[i]));
    }
    for (const auto& [id, manifest] : by_id_) {
      outlines_.emplace(manifest.given, &manifest.outline);
      outlines_.emplace(manifest.published, &manifest.outline);
    }
  }

  const RunOutline* outline_of(const std::string& digest) const {
    if (outlines_.empty()) return nullptr;
    const auto found = outlines_.find(fingerprints_.of(digest));
    return found == outlines_.end() ? nullptr : found->second;
  }

  const Manifest* find(const std::string& id) const {
    const auto found = by_id_.find(id);
    return found == by_id_.end() ? nullptr : &found->second;
  }

 private:
  const Fingerprints& fingerprints_;
  std::map<std::string, Manifest> by_id_;
  std::unordered_map<std::string, const RunOutline*> outlines_;  ///< by fingerprint of the file
};

/// One source a run, oldest first. What comes later in `sources` wins where it is as complete.
std::vector<RunSource> distinct(std::vector<RunSource> sources) {
  std::map<std::pair<std::string, std::string>, RunSource> by_time;
  for (RunSource& source : sources) {
    RunSource& known = by_time[{source.outline.started_at, source.outline.id}];
    if (known.outline.id.empty() || source.outline.trials >= known.outline.trials) known = std::move(source);
  }
  std::vector<RunSource> result;
  for (auto& [key, source] : by_time) result.push_back(std::move(source));
  return result;
}

/// A site is made public as a whole, so no folder in which a run was measured may stand in it.
void check_not_in_site(const fs::path& run, const fs::path& site) {
  const fs::path root = fs::weakly_canonical(fs::absolute(site));
  const fs::path folder = fs::canonical(fs::is_directory(run) ? run : fs::absolute(run).parent_path());
  const bool inside = *folder.lexically_relative(root).begin() != "..";
  const bool published = folder.parent_path() == root / "runs" && !fs::exists(folder / "journal.jsonl");
  if (inside && !published) {
    throw UsageError(fmt::format("--out {}: the run {} stands in it, and what was measured would be published as it "
                                 "is; choose another folder",
                                 site.string(), run.string()));
  }
}

/// A run of the site itself that cannot be read stands in the way of every publication, so how it is taken out is said.
RunSource scan_published(const fs::path& path, const KnownOutlines& known) {
  try {
    return scan_run(path, known);
  } catch (const UsageError& error) {
    throw UsageError(fmt::format("{}; the site's own copy of that run is damaged: {}, then publish the run again",
                                 error.what(), shell_quoted({"rm", "-r", path.parent_path().string()})));
  }
}

/// Every run that is given or in the site already, once.
std::vector<RunSource> find_sources(const PublishOptions& options, const std::vector<std::string>& published,
                                    const EarlierRuns& earlier, unsigned threads) {
  std::vector<fs::path> paths;
  for (const std::string& id : published) paths.push_back(options.out / "runs" / id / "run.json");
  for (const fs::path& given : options.runs) {
    for (fs::path& path : find_runs(given)) {
      check_not_in_site(path, options.out);
      paths.push_back(std::move(path));
    }
  }
  if (paths.empty()) {
    throw UsageError(fmt::format("nothing to publish: give the folders of runs; {} holds none yet",
                                 options.out.string()));
  }
  std::vector<RunSource> sources(paths.size());
  for_each_index(paths.size(), threads, [&](std::size_t i) {
    const auto known = [&](const std::string& digest) { return earlier.outline_of(digest); };
    sources[i] = i < published.size() ? scan_published(paths[i], known) : scan_run(paths[i], known);
  });
  return distinct(std::move(sources));
}

}  // namespace

PublishResult publish(const PublishOptions& options) {
  const unsigned threads = options.threads > 0 ? options.threads : std::max(1U, std::thread::hardware_concurrency());
  const Fingerprints fingerprints({options.key, program_digest(), options.redact, options.hidden});
  if (holds_run(options.out)) check_not_in_site(options.out, options.out);
  const std::vector<std::string> published = published_ids(options.out);
  const EarlierRuns earlier(options.out, published, fingerprints, threads);
  const std::vector<RunSource> sources = find_sources(options, published, earlier, threads);
  Site site(options, fingerprints);
  site.name_devices(sources);
  std::vector<RunSummary> runs(sources.size());
  std::atomic<std::size_t> rendered = 0;
  for_each_index(sources.size(), threads, [&](std::size_t i) {
    const Manifest* manifest = earlier.find(sources[i].outline.id);
    std::optional<RunSummary> known = manifest ? site.find_run(sources[i], *manifest) : std::nullopt;
    rendered += !known;
    runs[i] = known ? std::move(*known) : site.write_run(sources[i]);
  });
  PublishResult result{runs.size(), 0, rendered};
  for (const RunSummary& run : runs) {
    result.new_runs += !std::binary_search(published.begin(), published.end(), run.id);
  }
  sort_newest_first(runs);
  site.write_overview(runs, threads);
  return result;
}

}  // namespace cuparity
