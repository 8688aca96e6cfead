#include "harness/publish/site.hpp"

#include <algorithm>
#include <filesystem>
#include <set>

#include "harness/digest.hpp"
#include "harness/parallel.hpp"
#include "harness/publish/pages.hpp"
#include "harness/publish/run_summary_json.hpp"
#include "harness/publish/site_assets.hpp"
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
constexpr const char* summary_file = "summary.json";

/// "gemm-own-fp32-4096-1a2b3c4d.html": nothing else in that folder is ours to remove.
bool is_trend_file(const std::string& name) {
  const std::size_t dot = name.rfind('.');
  if (dot == std::string::npos || dot < 9 || name[dot - 9] != '-') return false;
  const std::string end = name.substr(dot);
  return (end == ".html" || end == ".csv") &&
         std::all_of(name.begin() + static_cast<std::ptrdiff_t>(dot) - 8,
                     name.begin() + static_cast<std::ptrdiff_t>(dot), is_hexadecimal);
}

}  // namespace

Site::Site(const PublishOptions& options, const Fingerprints& fingerprints)
    : options_(options), fingerprints_(fingerprints), folder_(options.out), pseudonyms_(earlier_pseudonyms()),
      names_are_known_(!options.redact || fs::exists(folder_.root() / pseudonyms_file)) {}

Pseudonyms Site::earlier_pseudonyms() const {
  const fs::path path = folder_.root() / pseudonyms_file;
  return fs::exists(path) ? Pseudonyms(read_json_file(path)) : Pseudonyms();
}

std::vector<std::string> Site::device_names(const RunSource& source) const {
  std::vector<std::string> names;
  if (!options_.redact) return names;
  for (const std::string& device : source.devices) names.push_back(pseudonyms_.name(parse_uuid(device)));
  return names;
}

void Site::name_devices(const std::vector<RunSource>& sources) {
  for (const RunSource& source : sources) device_names(source);
}

Run Site::load(const RunSource& source) {
  if (!options_.redact) return load_run(source.path);
  Redactor redactor(pseudonyms_, options_.hidden);
  return run_from_document(redactor.redact_run(load_run_document(source.path)), source.path);
}

RunSummary Site::write_run(const RunSource& source) {
  const Run run = load(source);
  const Analysis analysis = analyse(run);
  const RunSummary summary = summarise(run, analysis, source.outline.id);
  const fs::path folder = fs::path("runs") / source.outline.id;
  std::map<std::string, std::string> files;
  const auto write = [&](const char* name, const std::string& text) {
    folder_.write(folder / name, text);
    if (fingerprints_.usable()) files[name] = digest_of(text);
  };
  write("run.json", to_json(run, analysis).dump(1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
  write("index.html", add_navigation(render_html(run, analysis, "../../assets/chart.js"), summary));
  write("report.csv", render_csv(run, analysis));
  write("report.md", render_markdown(run, analysis));
  write("report.junit.xml", render_junit(run, analysis));
  write("summary.js", render_run_data(summary));
  if (fingerprints_.usable()) write_manifest(source, summary, std::move(files));
  return summary;
}

void Site::write_manifest(const RunSource& source, const RunSummary& summary,
                          std::map<std::string, std::string> files) {
  const fs::path folder = fs::path("runs") / source.outline.id;
  std::string text;
  try {
    text = to_json(summary).dump() + "\n";
  } catch (const nlohmann::json::type_error&) {
    return;  // a text that is no UTF-8 would not be read as it was: this run is rendered each time
  }
  folder_.write(folder / summary_file, text);
  files[summary_file] = digest_of(text);
  const Manifest manifest = {fingerprints_.of(source.digest), fingerprints_.of(files.at("run.json")),
                             device_names(source), source.outline, files};
  folder_.write(folder / manifest_file, manifest_text(manifest, fingerprints_));
}

std::optional<RunSummary> Site::find_run(const RunSource& source, const Manifest& manifest) const {
  const std::string fingerprint = fingerprints_.of(source.digest);
  const bool same = fingerprint == manifest.published ||
                    (fingerprint == manifest.given && names_are_known_ && device_names(source) == manifest.devices);
  const fs::path folder = folder_.root() / "runs" / source.outline.id;
  if (!same || !has_files_of(folder, manifest)) return std::nullopt;
  return run_summary_from_json(read_json_file(folder / summary_file));
}

void Site::write_overview(const std::vector<RunSummary>& runs, unsigned threads) {
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
  write_trends(trends_of(runs, threads), threads);
}

void Site::write_trends(const std::vector<BenchmarkTrend>& trends, unsigned threads) {
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

}  // namespace cuparity
