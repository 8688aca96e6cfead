// report.html: the template of assets/ filled in. Mustache escapes every {{value}}; the {{{three}}} that it
// does not escape are made here: style, script, the data as script-safe JSON, and SVG of numbers alone.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <kainjow/mustache.hpp>

#include "harness/explain/explanation_wording.hpp"
#include "harness/explain/startup.hpp"
#include "harness/report/chart_data.hpp"
#include "harness/report/access_section.hpp"
#include "harness/report/numbers.hpp"
#include "harness/report/report.hpp"
#include "harness/report/report_assets.hpp"
#include "harness/report/report_data.hpp"
#include "harness/report/report_view.hpp"
#include "harness/report/svg_forest.hpp"
#include "harness/report/telemetry_view.hpp"
#include "harness/report/text.hpp"
#include "harness/report/why_view.hpp"
#include "harness/report/xml_text.hpp"

namespace cuparity {
namespace {

using kainjow::mustache::data;
using kainjow::mustache::mustache;

constexpr std::size_t name_limit = 120;
constexpr std::size_t text_limit = 600;
/// So many rows are laid out at first; report.js knows the number, too. Thousands would take seconds.
constexpr std::size_t rows_at_first = 200;

std::string badge(const ReportView& view, const Analysis& analysis) {
  if (!analysis.wrong.empty()) return "wrong";
  return analysis.comparisons.empty() ? "nothing compared" : to_string(view.verdict);
}

/// Escaped, and to be broken behind its slashes rather than within a number or a unit.
std::string name_html(const std::string& name) {
  std::string html;
  for (const char c : xml_escaped(shortened(name, name_limit))) {
    html += c;
    if (c == '/') html += "<wbr>";
  }
  return html;
}

data row_data(const ComparisonCells& cells, std::size_t index) {
  const Comparison& comparison = *cells.comparison;
  data row;
  row.set("index", std::to_string(index));
  row.set("name", shortened(cells.name, name_limit));
  row.set("name_html", name_html(cells.name));
  row.set("mode", shortened(comparison.candidate, name_limit));
  row.set("baseline_value", cells.baseline_value);
  row.set("candidate_value", cells.candidate_value);
  row.set("attained", cells.attained);
  row.set("attained_source", shortened(cells.attained_source, text_limit));
  row.set("effect", cells.effect);
  row.set("effect_sort", comparison.effect ? fmt::format("{:.9g}", *comparison.effect) : "");
  row.set("forest", svg_forest_row(comparison));
  row.set("interval", cells.interval);
  row.set("blocks", cells.blocks);
  row.set("mde", cells.minimum_detectable_effect);
  row.set("mde_sort", comparison.minimum_detectable_effect
                          ? fmt::format("{:.9g}", *comparison.minimum_detectable_effect)
                          : "");
  row.set("verdict", cells.verdict);
  if (!cells.remark.empty()) row.set("remark", cells.remark);
  row.set("reason", shortened(comparison.reason, text_limit));
  return row;
}

data comparisons_data(const ReportView& view, const Analysis& analysis) {
  data rows = data::type::list;
  for (const ModeTable& table : view.tables) {
    for (const ComparisonCells& cells : table.rows) {
      data row = row_data(cells, static_cast<std::size_t>(cells.comparison - analysis.comparisons.data()));
      row.set("later", rows.list_value().size() >= rows_at_first);
      rows << row;
    }
  }
  return rows;
}

data counts_data(const ReportView& view) {
  std::map<Verdict, int> total;
  for (const ModeTable& table : view.tables) {
    for (const auto& [verdict, count] : table.count) total[verdict] += count;
  }
  data counts = data::type::list;
  for (const Verdict verdict :
       {Verdict::slower, Verdict::invalid, Verdict::inconclusive, Verdict::faster, Verdict::same}) {
    if (total[verdict] == 0) continue;
    data count;
    count.set("verdict", to_string(verdict));
    count.set("count", std::to_string(total[verdict]));
    counts << count;
  }
  return counts;
}

data texts_data(const std::vector<std::string>& texts) {
  data list = data::type::list;
  for (const std::string& text : texts) list << data("text", shortened(text, text_limit));
  return list;
}

data skipped_data(const ReportView& view) {
  data groups = data::type::list;
  for (const SkippedGroup& skipped : view.skipped) {
    data group;
    group.set("reason", shortened(skipped.reason, text_limit));
    group.set("count", std::to_string(skipped.benchmarks.size()));
    data names = data::type::list;
    for (const std::string& name : skipped.benchmarks) names << data("text", shortened(name, name_limit));
    group.set("benchmarks", names);
    groups << group;
  }
  return groups;
}

data environment_data(const ReportView& view) {
  data keys = data::type::list;
  for (const EnvironmentKey& key : view.environment) {
    data entry;
    entry.set("key", shortened(key.key, name_limit));
    entry.set("differs", key.differs);
    data values = data::type::list;
    for (const std::string& value : key.values) values << data("text", shortened(value, text_limit));
    entry.set("values", values);
    keys << entry;
  }
  return keys;
}

data noise_floor_data(const ReportView& view) {
  data rows = data::type::list;
  for (std::size_t i = 0; i < view.noise_floor.size(); ++i) rows << row_data(view.noise_floor[i], i);
  return rows;
}

data measured_data(const ReportView& view) {
  data rows = data::type::list;
  for (const MeasuredCells& measured : view.measured) {
    data row;
    row.set("name", shortened(measured.name, name_limit));
    row.set("mode", shortened(measured.mode, name_limit));
    row.set("value", measured.value);
    row.set("processes", measured.processes);
    rows << row;
  }
  return rows;
}

data pairs_data(const std::vector<std::pair<std::string, std::string>>& pairs) {
  data list = data::type::list;
  for (const auto& [label, value] : pairs) {
    data entry;
    entry.set("label", label);
    entry.set("value", shortened(value, text_limit));
    list << entry;
  }
  return list;
}

data why_differences_data(const std::vector<WhyDifference>& differences) {
  data list = data::type::list;
  for (const WhyDifference& one : differences) {
    data entry;
    entry.set("key", shortened(one.key, name_limit));
    entry.set("baseline", shortened(one.baseline, name_limit));
    entry.set("candidate", shortened(one.candidate, name_limit));
    entry.set("text", shortened(one.text, text_limit));
    entry.set("confirm", shortened(one.confirm, text_limit));
    entry.set("has_command", !one.command.empty());
    entry.set("command", clean_text(one.command));
    entry.set("source", one.source);
    list << entry;
  }
  return list;
}

data why_benchmarks_data(const std::vector<WhyBenchmark>& benchmarks) {
  data rows = data::type::list;
  for (const WhyBenchmark& one : benchmarks) {
    data row;
    row.set("name", shortened(one.name, name_limit));
    row.set("verdict", to_string(one.verdict));
    row.set("effect", one.effect);
    row.set("interval", one.interval);
    row.set("conclusion", shortened(one.conclusion, text_limit));
    row.set("has_possible", !one.possible.empty());
    row.set("possible", shortened(fmt::format("{}", fmt::join(one.possible, "; ")), text_limit));
    rows << row;
  }
  return rows;
}

void set_why(data& page, const Run& run, const Analysis& analysis) {
  data modes = data::type::list;
  const std::vector<WhyMode> found = why_modes(run, analysis);
  for (const WhyMode& one : found) {
    data mode;
    mode.set("candidate", shortened(one.candidate, name_limit));
    mode.set("sentence", shortened(one.sentence, text_limit));
    mode.set("open", found.size() == 1 || !one.benchmarks.empty());
    mode.set("has_benchmarks", !one.benchmarks.empty());
    mode.set("benchmarks", why_benchmarks_data(one.benchmarks));
    mode.set("has_like", !one.like.empty());
    mode.set("like", shortened(one.like, name_limit));
    mode.set("has_known", !one.known.empty());
    mode.set("nothing_known", one.like.empty() && one.known.empty());
    mode.set("known", why_differences_data(one.known));
    mode.set("has_other", !one.other.empty());
    mode.set("count_other", std::to_string(one.other.size()));
    mode.set("other", why_differences_data(one.other));
    modes << mode;
  }
  page.set("has_why", !found.empty());
  page.set("why", modes);
  page.set("no_known_difference", no_known_difference);
}

/// Cells of the start-up table: the headings apart, each phase with what it is.
void set_startup(data& page, const Run& run) {
  const StartupTable table = startup_table(run);
  page.set("has_startup", !table.phases.empty());
  if (table.phases.empty()) return;
  const auto lines = startup_lines(table);
  data headings = data::type::list, rows = data::type::list, notes = data::type::list;
  for (std::size_t i = 1; i < lines.front().size(); ++i)
    headings << data("text", shortened(lines.front()[i], name_limit));
  for (std::size_t i = 1; i < lines.size(); ++i) {
    data row;
    row.set("name", lines[i].front());
    row.set("description", table.phases[i - 1].description);
    row.set("sum", table.phases[i - 1].sum);
    data values = data::type::list;
    for (std::size_t column = 1; column < lines[i].size(); ++column) values << data("text", lines[i][column]);
    row.set("values", values);
    rows << row;
  }
  for (const std::string& note : table.notes) notes << data("text", shortened(note, text_limit));
  page.set("startup_caption", startup_caption(table));
  page.set("startup_modes", headings);
  page.set("startup_phases", rows);
  page.set("startup_notes", notes);
  page.set("startup_data", script_safe(startup_data(table)));
}

void set_telemetry(data& page, const Run& run, const std::vector<std::string>& modes) {
  const auto curves = telemetry_curves(run, modes);
  data rows = data::type::list;
  for (const TelemetryCells& cells : telemetry_cells(run, modes)) {
    data row;
    row.set("mode", shortened(cells.mode, name_limit));
    row.set("sm_clock", cells.sm_clock);
    row.set("memory_clock", cells.memory_clock);
    row.set("power", cells.power);
    row.set("temperature", cells.temperature);
    row.set("reasons", shortened(cells.reasons, text_limit));
    rows << row;
  }
  page.set("telemetry", rows);
  page.set("has_telemetry", rows.is_non_empty_list());
  page.set("has_telemetry_curves", !curves.empty());
  page.set("telemetry_data", script_safe(telemetry_data(curves)));
}

/// The line under the verdict: what was measured on what.
std::string subtitle(const Run& run, const ReportView& view) {
  std::string text;
  const auto add = [&](const std::string& part) {
    if (!part.empty()) text += (text.empty() ? "" : " · ") + shortened(part, 100);
  };
  for (const char* label : {"GPU", "CPU"}) {
    const auto found = std::find_if(view.provenance.begin(), view.provenance.end(),
                                    [&](const auto& pair) { return pair.first == label; });
    if (found == view.provenance.end()) continue;
    add(found->second);
    break;
  }
  for (const ModeTable& table : view.tables) add(table.candidate + " against " + table.baseline);
  if (!run.suite.empty()) add("suite " + run.suite);
  add(run.started_at);
  return text;
}

void set_list(data& page, const std::string& name, const data& list) {
  page.set(name, list);
  page.set("has_" + name, list.is_non_empty_list());
  page.set("count_" + name, std::to_string(list.list_value().size()));
}

}  // namespace

std::string render_html(const Run& run, const Analysis& analysis, const std::string& chart_library_address) {
  const ReportView view = describe(run, analysis);
  data page;
  page.set("style", std::string(report_style));
  page.set("script", std::string(report_script));
  // Mustache takes an empty text for true.
  if (chart_library_address.empty())
    page.set("chart_library", std::string(chart_library));
  else
    page.set("chart_library_address", chart_library_address);
  page.set("data", script_safe(report_data(run, analysis)));
  page.set("verdict", badge(view, analysis));
  page.set("verdict_class", analysis.wrong.empty() ? to_string(view.verdict) : "slower");
  page.set("sentence", shortened(view.sentence, text_limit));
  if (!view.state.empty()) page.set("state", view.state);
  page.set("subtitle", subtitle(run, view));
  page.set("version", shortened(run.version, name_limit));
  set_list(page, "counts", counts_data(view));
  set_list(page, "comparisons", comparisons_data(view, analysis));
  page.set("several_modes", view.tables.size() > 1);
  const bool any_attained = std::any_of(view.tables.begin(), view.tables.end(), [](const ModeTable& table) {
    return std::any_of(table.rows.begin(), table.rows.end(),
                       [](const ComparisonCells& cells) { return !cells.attained.empty(); });
  });
  page.set("any_attained", any_attained);
  page.set("baseline", shortened(run.baseline_mode, 40));
  page.set("candidate", view.tables.size() == 1 ? shortened(view.tables.front().candidate, 40) : "candidate");
  page.set("level", view.tables.empty()
                        ? ""
                        : format_percent(view.tables.front().rows.front().comparison->confidence_level));
  data candidates = data::type::list;
  for (const ModeTable& table : view.tables)
    candidates << data("text", shortened(table.candidate, name_limit));
  page.set("candidates", candidates);
  set_why(page, run, analysis);
  set_list(page, "measured", measured_data(view));
  set_list(page, "wrong", texts_data(view.wrong));
  set_list(page, "notes", texts_data(view.notes));
  set_list(page, "skipped", skipped_data(view));
  set_list(page, "noise_floor", noise_floor_data(view));
  page.set("noise_floor_summary", shortened(view.noise_floor_summary, text_limit));
  set_startup(page, run);
  set_telemetry(page, run, view.modes);
  set_list(page, "modes", texts_data(view.modes));
  page.set("has_access", !run.access.empty());
  page.set("access_section", access_section_html(run.access));
  set_list(page, "environment", environment_data(view));
  set_list(page, "provenance", pairs_data(view.provenance));
  if (!view.validation.empty()) page.set("validation", view.validation);
  if (!view.overhead.empty()) page.set("overhead", view.overhead);
  if (!view.command.empty()) page.set("command", clean_text(view.command));
  mustache page_template{std::string(report_template)};
  return page_template.render(page);
}

}  // namespace cuparity
