#include <fmt/format.h>

#include <algorithm>
#include <kainjow/mustache.hpp>

#include "harness/publish/page.hpp"
#include "harness/publish/pages.hpp"
#include "harness/publish/site_assets.hpp"
#include "harness/publish/svg_trend.hpp"
#include "harness/report/text.hpp"

namespace cuparity {
namespace {

using kainjow::mustache::data;

constexpr std::size_t table_runs = 50;

const MeasuredSeries& newest(const TrendLine& line) { return *line.points.back().series; }

std::string shown(const MeasuredSeries& series) { return format_shown_value(series, shown_value(series)); }

data lines_data(const MachineTrend& trend) {
  data lines = data::type::list;
  for (std::size_t i = 0; i < trend.lines.size(); ++i) {
    data line;
    line.set("class", line_class(i));
    line.set("mode", shortened(trend.lines[i].mode, 100));
    line.set("latest", shown(newest(trend.lines[i])));
    lines << line;
  }
  return lines;
}

data events_data(const MachineTrend& trend) {
  data events = data::type::list;
  const auto add = [&](std::size_t at, const std::string& text, const std::string& tone) {
    data event;
    event.set("time", short_time(trend.runs[at]->started_at));
    event.set("id", trend.runs[at]->id);
    event.set("text", text);
    event.set("tone", tone);
    events << event;
  };
  auto mark = trend.marks.begin();
  for (const TrendChange& change : trend.changes) {
    for (; mark != trend.marks.end() && mark->at <= change.at; ++mark) {
      add(mark->at, shortened(mark->label, 300), "");
    }
    add(change.at,
        fmt::format("{}: {} from here on (p = {:.2g}; nothing known of the machine changed)",
                    shortened(change.mode, 100), change_text(change), change.p_value),
        change.effect > 0 ? "v-slower" : "v-faster");
  }
  for (; mark != trend.marks.end(); ++mark) add(mark->at, shortened(mark->label, 300), "");
  return events;
}

data table_data(const MachineTrend& trend) {
  std::vector<data> rows(trend.runs.size());
  std::vector<std::vector<std::string>> cells(trend.runs.size(), std::vector<std::string>(trend.lines.size()));
  for (std::size_t i = 0; i < trend.lines.size(); ++i) {
    for (const TrendPoint& point : trend.lines[i].points) cells[point.at][i] = shown(*point.series);
  }
  data list = data::type::list;
  const std::size_t oldest = trend.runs.size() > table_runs ? trend.runs.size() - table_runs : 0;
  for (std::size_t at = trend.runs.size(); at-- > oldest;) {
    data row, values = data::type::list;
    row.set("time", short_time(trend.runs[at]->started_at));
    row.set("id", trend.runs[at]->id);
    row.set("verdict", trend.runs[at]->verdict);
    row.set("verdict_class", trend.runs[at]->verdict_class);
    for (const std::string& cell : cells[at]) values << data("text", cell.empty() ? "–" : cell);
    row.set("values", values);
    list << row;
  }
  return list;
}

data machine_data(const MachineTrend& trend) {
  data machine;
  machine.set("machine", shortened(trend.machine, 120));
  machine.set("chart", svg_trend(trend, "../"));
  machine.set("lines", lines_data(trend));
  const data events = events_data(trend);
  machine.set("has_events", events.is_non_empty_list());
  machine.set("events", events);
  machine.set("rows", table_data(trend));
  machine.set("table_title", trend.runs.size() > table_runs ? fmt::format("The newest {} runs as a table", table_runs)
                                                            : "As a table");
  const MeasuredSeries& kind = newest(trend.lines.front());
  machine.set("better", shows_a_rate(kind) ? "higher is better" : "lower is better");
  return machine;
}

std::string changes_text(const MachineTrend& trend) {
  if (trend.changes.empty()) return "";
  const TrendChange& last = trend.changes.back();
  return fmt::format("{} since {}", change_text(last),
                     short_time(trend.runs[last.at]->started_at).substr(0, 10));
}

data row_data(const BenchmarkTrend& benchmark, const MachineTrend& trend) {
  data row;
  row.set("slug", benchmark.slug);
  row.set("benchmark", shortened(benchmark.benchmark, 100));
  row.set("machine", shortened(trend.machine, 60));
  row.set("runs", std::to_string(trend.runs.size()));
  row.set("sparkline", svg_sparkline(trend));
  row.set("latest", shown(newest(trend.lines.front())));
  row.set("latest_mode", shortened(trend.lines.front().mode, 40));
  row.set("change", changes_text(trend));
  row.set("change_mode", trend.changes.empty() ? "" : shortened(trend.changes.back().mode, 40));
  row.set("change_class", trend.changes.empty()             ? ""
                          : trend.changes.back().effect > 0 ? "v-slower"
                                                            : "v-faster");
  return row;
}

std::string csv_text(const std::string& text) {
  std::string cell = "\"";
  for (const char c : clean_text(text)) {
    if (c == '"') cell += '"';
    cell += c;
  }
  return cell + '"';
}

}  // namespace

std::string render_trends_page(const std::vector<BenchmarkTrend>& trends, const std::string& site_title) {
  data values, rows = data::type::list;
  for (const BenchmarkTrend& benchmark : trends) {
    for (const MachineTrend& machine : benchmark.machines) rows << row_data(benchmark, machine);
  }
  values.set("has_rows", rows.is_non_empty_list());
  values.set("rows", rows);
  const std::string body = kainjow::mustache::mustache(std::string(trends_template)).render(values);
  return page("Trends", site_title, {"../", "trends"}, body, {"assets/runs.js"});
}

std::string render_trend_page(const BenchmarkTrend& trend, const std::string& site_title) {
  data values, machines = data::type::list;
  for (const MachineTrend& machine : trend.machines) machines << machine_data(machine);
  values.set("benchmark", shortened(trend.benchmark, 200));
  values.set("slug", trend.slug);
  values.set("machines", machines);
  const std::string body = kainjow::mustache::mustache(std::string(trend_template)).render(values);
  return page(trend.benchmark, site_title, {"../", "trends"}, body);
}

std::string render_trend_csv(const BenchmarkTrend& trend) {
  std::string csv = "started_at,run,machine,mode,seconds,bytes_per_second,flops_per_second,verdict,cycles\r\n";
  for (const MachineTrend& machine : trend.machines) {
    for (const TrendLine& line : machine.lines) {
      for (const TrendPoint& point : line.points) {
        const MeasuredSeries& series = *point.series;
        const auto rate = [&](const std::optional<double>& work) {
          return work ? fmt::format("{:.10g}", *work / series.median_seconds) : "";
        };
        const std::optional<double> cycles = median_cycles(series);
        csv += fmt::format("{},{},{},{},{:.10g},{},{},{},{}\r\n", csv_text(machine.runs[point.at]->started_at),
                           machine.runs[point.at]->id, csv_text(machine.machine), csv_text(line.mode),
                           series.median_seconds, rate(series.bytes), rate(series.flops),
                           series.verdict ? to_string(*series.verdict) : "",
                           cycles ? fmt::format("{:.10g}", *cycles) : "");
      }
    }
  }
  return csv;
}

}  // namespace cuparity
