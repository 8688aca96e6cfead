#include "harness/publish/publish.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <functional>
#include <mutex>
#include <set>
#include <thread>

#include "harness/errors.hpp"
#include "harness/publish/pages.hpp"
#include "harness/publish/run_source.hpp"
#include "harness/publish/site_assets.hpp"
#include "harness/publish/site_folder.hpp"
#include "harness/record/json_fields.hpp"
#include "harness/record/run_json.hpp"
#include "harness/redact/characters.hpp"
#include "harness/redact/redactor.hpp"
#include "harness/report/report.hpp"
#include "harness/report/report_assets.hpp"

namespace cuparity {
namespace {

namespace fs = std::filesystem;

constexpr const char* pseudonyms_file = "pseudonyms.json";

/// Calls work(0 … count - 1) from several threads; throws what the first that failed has thrown.
void for_each_index(std::size_t count, unsigned threads, const std::function<void(std::size_t)>& work) {
  std::atomic<std::size_t> next = 0;
  std::exception_ptr failure;
  std::mutex mutex;
  const auto run = [&] {
    for (std::size_t i = next++; i < count; i = next++) {
      try {
        work(i);
      } catch (...) {
        const std::lock_guard lock(mutex);
        if (!failure) failure = std::current_exception();
        next = count;
      }
    }
  };
  std::vector<std::jthread> others;
  for (unsigned i = 1; i < threads; ++i) others.emplace_back(run);
  run();
  others.clear();
  if (failure) std::rethrow_exception(failure);
}

std::vector<RunSource> scan(const std::vector<fs::path>& paths, unsigned threads) {
  std::vector<RunSource> sources(paths.size());
  for_each_index(paths.size(), threads, [&](std::size_t i) { sources[i] = scan_run(paths[i]); });
  return sources;
}

std::vector<fs::path> published_runs(const fs::path& site) {
  std::vector<fs::path> paths;
  if (!fs::is_directory(site / "runs")) return paths;
  for (const auto& entry : fs::directory_iterator(site / "runs")) {
    if (fs::exists(entry.path() / "run.json")) paths.push_back(entry.path() / "run.json");
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

/// One source a run, oldest first. What comes later in `sources` wins where it is as complete.
std::vector<RunSource> distinct(std::vector<RunSource> sources) {
  std::map<std::pair<std::string, std::string>, RunSource> by_time;
  for (RunSource& source : sources) {
    RunSource& known = by_time[{source.started_at, source.id}];
    if (known.id.empty() || source.trials >= known.trials) known = std::move(source);
  }
  std::vector<RunSource> result;
  for (auto& [key, source] : by_time) result.push_back(std::move(source));
  return result;
}

/// Names the devices in the order of the runs, so that it does not depend on which thread comes first.
void name_devices(const std::vector<RunSource>& sources, Pseudonyms& pseudonyms) {
  for (const RunSource& source : sources) {
    for (const std::string& device : source.devices) pseudonyms.name(parse_uuid(device));
  }
}

/// "gemm-own-fp32-4096-1a2b3c4d.html": nothing else in that folder is ours to remove.
bool is_trend_file(const std::string& name) {
  const std::size_t dot = name.rfind('.');
  if (dot == std::string::npos || dot < 9 || name[dot - 9] != '-') return false;
  const std::string end = name.substr(dot);
  return (end == ".html" || end == ".csv") &&
         std::all_of(name.begin() + static_cast<std::ptrdiff_t>(dot) - 8,
                     name.begin() + static_cast<std::ptrdiff_t>(dot), is_hexadecimal);
}

class Site {
 public:
  Site(const PublishOptions& options, SiteFolder folder)
      : options_(options), folder_(std::move(folder)), pseudonyms_(earlier_pseudonyms()) {}

  Pseudonyms& pseudonyms() { return pseudonyms_; }

  RunSummary publish_run(const RunSource& source) {
    Run run = load_run(source.path);
    if (options_.redact) run = Redactor(pseudonyms_, options_.hidden).redact(run);
    const Analysis analysis = analyse(run);
    RunSummary summary = summarise(run, analysis, source.id);
    const fs::path folder = fs::path("runs") / source.id;
    folder_.write(folder / "run.json",
                  to_json(run, analysis).dump(1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
    folder_.write(folder / "index.html", add_navigation(render_html(run, analysis, "../../assets/chart.js"), summary));
    folder_.write(folder / "report.csv", render_csv(run, analysis));
    folder_.write(folder / "report.md", render_markdown(run, analysis));
    folder_.write(folder / "report.junit.xml", render_junit(run, analysis));
    folder_.write(folder / "summary.js", render_run_data(summary));
    return summary;
  }

  void publish_overview(const std::vector<RunSummary>& runs, unsigned threads) {
    folder_.write("index.html", render_runs_page(runs, options_.title));
    folder_.write("feed.xml", render_feed(runs, options_.title, options_.base_url));
    folder_.write("compare/index.html", render_comparison_page(options_.title));
    folder_.write("assets/runs-data.js", render_runs_data(runs));
    folder_.write("assets/site.css", std::string(report_style) + std::string(site_style));
    folder_.write("assets/chart.js", std::string(chart_library));
    folder_.write("assets/runs.js", std::string(runs_script));
    folder_.write("assets/compare.js", std::string(compare_script));
    folder_.write(".nojekyll", "");  // GitHub Pages is to serve the files as they are
    if (options_.redact) folder_.write(pseudonyms_file, pseudonyms_.to_json().dump(1) + "\n");
    publish_trends(trends_of(runs, threads), threads);
  }

 private:
  Pseudonyms earlier_pseudonyms() const {
    const fs::path path = folder_.root() / pseudonyms_file;
    return fs::exists(path) ? Pseudonyms(read_json_file(path)) : Pseudonyms();
  }

  void publish_trends(const std::vector<BenchmarkTrend>& trends, unsigned threads) {
    folder_.write("trends/index.html", render_trends_page(trends, options_.title));
    for_each_index(trends.size(), threads, [&](std::size_t i) {
      folder_.write(fs::path("trends") / (trends[i].slug + ".html"), render_trend_page(trends[i], options_.title));
      folder_.write(fs::path("trends") / (trends[i].slug + ".csv"), render_trend_csv(trends[i]));
    });
    // Pages of benchmarks that no run has any more, after a run was deleted.
    std::set<std::string> kept = {"index.html"};
    for (const BenchmarkTrend& trend : trends) {
      kept.insert(trend.slug + ".html");
      kept.insert(trend.slug + ".csv");
    }
    for (const auto& entry : fs::directory_iterator(folder_.root() / "trends")) {
      const std::string name = entry.path().filename().string();
      if (is_trend_file(name) && !kept.contains(name)) fs::remove(entry.path());
    }
  }

  const PublishOptions& options_;
  SiteFolder folder_;
  Pseudonyms pseudonyms_;
};

}  // namespace

PublishResult publish(const PublishOptions& options) {
  const unsigned threads = options.threads > 0 ? options.threads : std::max(1U, std::thread::hardware_concurrency());
  std::vector<fs::path> paths = published_runs(options.out);
  std::set<std::string> before;
  for (const fs::path& path : paths) before.insert(path.parent_path().filename().string());
  for (const fs::path& given : options.runs) {
    for (fs::path& path : find_runs(given)) paths.push_back(std::move(path));
  }
  if (paths.empty()) {
    throw UsageError(fmt::format("nothing to publish: give the folders of runs; {} holds none yet",
                                 options.out.string()));
  }
  const std::vector<RunSource> sources = distinct(scan(paths, threads));
  Site site(options, SiteFolder(options.out));
  if (options.redact) name_devices(sources, site.pseudonyms());
  std::vector<RunSummary> runs(sources.size());
  for_each_index(sources.size(), threads,
                 [&](std::size_t i) { runs[i] = site.publish_run(sources[i]); });
  PublishResult result{runs.size(), 0};
  for (const RunSummary& run : runs) result.new_runs += !before.contains(run.id);
  sort_newest_first(runs);
  site.publish_overview(runs, threads);
  return result;
}

}  // namespace cuparity
