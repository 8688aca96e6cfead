#include <fmt/format.h>

#include <kainjow/mustache.hpp>

#include "harness/publish/page.hpp"
#include "harness/publish/pages.hpp"
#include "harness/publish/site_assets.hpp"
#include "harness/report/report_data.hpp"
#include "harness/report/rounded.hpp"
#include "harness/report/text.hpp"

namespace cuparity {
namespace {

using nlohmann::json;

constexpr std::size_t text_limit = 200;

/// Significant: effects are read to a hundredth of a per cent.
constexpr int digits = 7;

json series_data(const MeasuredSeries& series) {
  json data = {
      {"seconds", rounded(series.seconds, digits)},
      {"median", rounded(series.median_seconds, digits)},
      {"margin", series.margin}};
  if (!series.cycles.empty()) data["cycles"] = rounded(series.cycles, digits);
  if (shows_flops(series)) data["flops"] = rounded(*series.flops, digits);
  else if (series.bytes) data["bytes"] = rounded(*series.bytes, digits);
  if (!series.digest.empty()) data["digest"] = shortened(series.digest, 40);
  return data;
}

}  // namespace

std::string render_comparison_page(const std::string& site_title) {
  return page("Compare two runs", site_title, {"../", "compare"}, std::string(compare_template),
              {"assets/runs-data.js", "assets/compare.js"});
}

std::string render_runs_data(const std::vector<RunSummary>& runs) {
  json list = json::array();
  for (const RunSummary& run : runs) {
    list.push_back({{"id", run.id},
                    {"machine", shortened(machine_of(run), 60)},
                    {"name", fmt::format("{} · {} · {} · {}", short_time(run.started_at),
                                         shortened(machine_of(run), 60), shortened(run.suite, 30), run.verdict)}});
  }
  return fmt::format("'use strict';\nwindow.cuparityRuns = {};\n", script_safe(list));
}

std::string render_run_data(const RunSummary& run) {
  json data = {{"id", run.id},
               {"machine", shortened(machine_of(run), text_limit)},
               {"baseline", shortened(run.baseline_mode, text_limit)},
               {"facts", json::array()},
               {"modes", json::array()}};
  for (const auto& [label, value] : run.facts) {
    data["facts"].push_back({label, shortened(value, text_limit)});
  }
  for (const std::string& mode : run.modes) {
    json measured = json::object();
    for (const MeasuredSeries& series : run.measured) {
      if (series.mode == mode) measured[shortened(series.benchmark, text_limit)] = series_data(series);
    }
    data["modes"].push_back({{"name", shortened(mode, text_limit)}, {"measured", measured}});
  }
  return fmt::format("'use strict';\nwindow.cuparityLoaded({});\n", script_safe(data));
}

}  // namespace cuparity
