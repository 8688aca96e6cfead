#include <fmt/format.h>

#include <algorithm>
#include <kainjow/mustache.hpp>
#include <set>

#include "harness/counted.hpp"
#include "harness/publish/page.hpp"
#include "harness/publish/pages.hpp"
#include "harness/publish/site_assets.hpp"
#include "harness/redact/characters.hpp"
#include "harness/report/text.hpp"

namespace cuparity {
namespace {

using kainjow::mustache::data;

/// Modes but the baseline: what was asked of which engine.
std::string containers_of(const RunSummary& run) {
  std::string text;
  for (const std::string& mode : run.modes) {
    if (mode == run.baseline_mode) continue;
    text += (text.empty() ? "" : " · ") + shortened(mode, 60);  // a name of a mode may hold a comma
  }
  return text.empty() ? "–" : text;
}

std::string software_of(const RunSummary& run) {
  if (run.driver.empty() && run.cuda.empty()) return "";
  std::string text = run.driver.empty() ? "" : "driver " + shortened(run.driver, 24);
  if (!run.cuda.empty()) text += (text.empty() ? "CUDA " : " · CUDA ") + shortened(run.cuda, 24);
  return text;
}

/// The verdict stands in front of it anyway: "Slower: 1 of 14 …" without its first word.
std::string sentence_of(const RunSummary& run) {
  std::string text = shortened(run.sentence, 500);
  const std::size_t colon = run.verdict.size();
  const bool repeats = text.size() > colon + 2 && text.compare(colon, 2, ": ") == 0 &&
                       lower(text.substr(0, colon)) == run.verdict;
  return repeats ? text.substr(colon + 2) : text;
}

data run_row(const RunSummary& run) {
  data row;
  row.set("id", run.id);
  row.set("time", short_time(run.started_at));
  row.set("interrupted", run.finished_at.empty());
  row.set("verdict", run.verdict);
  row.set("verdict_class", run.verdict_class);
  row.set("sentence", sentence_of(run));
  row.set("machine", shortened(machine_of(run), 80));
  row.set("software", software_of(run));
  row.set("containers", containers_of(run));
  row.set("suite", shortened(run.suite, 40));
  return row;
}

/// The worst first, as in a report.
data verdict_counts(const std::vector<RunSummary>& runs) {
  data counts = data::type::list;
  for (const char* verdict : {"wrong", "slower", "invalid", "nothing compared", "inconclusive", "faster", "same"}) {
    const auto has_it = [&](const RunSummary& run) { return run.verdict == verdict; };
    const auto first = std::find_if(runs.begin(), runs.end(), has_it);
    if (first == runs.end()) continue;
    data entry;
    entry.set("verdict", verdict);
    entry.set("verdict_class", first->verdict_class);
    entry.set("count", std::to_string(std::count_if(first, runs.end(), has_it)));
    counts << entry;
  }
  return counts;
}

}  // namespace

std::string render_runs_page(const std::vector<RunSummary>& runs, const std::string& site_title) {
  data values, rows = data::type::list;
  std::set<std::string> machines;
  for (const RunSummary& run : runs) {
    rows << run_row(run);
    machines.insert(machine_of(run));
  }
  values.set("title", shortened(site_title, 120));
  values.set("count", counted(runs.size(), "run"));
  values.set("machines", machines.size() == 1 ? shortened(*machines.begin(), 100)
                                              : fmt::format("{} machines", machines.size()));
  values.set("newest", runs.empty() ? "" : short_time(runs.front().started_at));
  values.set("verdicts", verdict_counts(runs));
  values.set("runs", rows);
  const std::string body = kainjow::mustache::mustache(std::string(runs_template)).render(values);
  return page(site_title, site_title, {"", "runs"}, body, {"assets/runs.js"});
}

}  // namespace cuparity
