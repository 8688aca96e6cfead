#include "harness/publish/svg_trend.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "harness/counted.hpp"
#include "harness/publish/page.hpp"
#include "harness/report/numbers.hpp"

namespace cuparity {
namespace {

constexpr double left = 96, top = 26, bottom = 34, right = 14;

/// Where runs and values stand inside of a frame.
struct Frame {
  double width, height;
  double x_begin, x_end, y_begin, y_end;  ///< of the plot inside the frame
  std::size_t runs;
  double low, high;

  double x(std::size_t at) const {
    // A single run stands at the right, where a narrow screen begins.
    const double share = runs < 2 ? 0.92 : static_cast<double>(at) / static_cast<double>(runs - 1);
    return x_begin + share * (x_end - x_begin);
  }
  double y(double value) const {
    return high > low ? y_end - (value - low) / (high - low) * (y_end - y_begin) : (y_begin + y_end) / 2;
  }
};

Frame frame_of(const MachineTrend& trend, double width, double height, bool axes) {
  Frame frame{width, height, 3, width - 3, 3, height - 3, trend.runs.size(), 0, 0};
  if (axes) frame = {width, height, left, width - right, top, height - bottom, trend.runs.size(), 0, 0};
  bool first = true;
  for (const TrendLine& line : trend.lines) {
    for (const TrendPoint& point : line.points) {
      const double value = shown_value(*point.series);
      frame.low = first ? value : std::min(frame.low, value);
      frame.high = first ? value : std::max(frame.high, value);
      first = false;
    }
  }
  // A scatter of a thousandth must not fill the whole height.
  const double space = std::max((frame.high - frame.low) * 0.08, std::abs(frame.high) * 0.002);
  frame.low -= space;
  frame.high += space;
  return frame;
}

/// One line, broken at each mark: what lies across it is not comparable.
std::string path_of(const MachineTrend& trend, const TrendLine& line, const Frame& frame) {
  std::string path;
  auto mark = trend.marks.begin();
  for (const TrendPoint& point : line.points) {
    bool jump = path.empty();
    for (; mark != trend.marks.end() && mark->at <= point.at; ++mark) jump = true;
    path += fmt::format("{}{:.1f} {:.1f}", jump ? 'M' : 'L', frame.x(point.at),
                        frame.y(shown_value(*point.series)));
  }
  return path;
}

/// 1, 2 or 5 times a power of ten: about four of them between low and high.
double tick_step(double low, double high) {
  const double raw = (high - low) / 4;
  const double power = std::pow(10, std::floor(std::log10(raw)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (raw <= factor * power) return factor * power;
  }
  return 10 * power;
}

std::string value_axis(const Frame& frame, const MeasuredSeries& kind) {
  std::string svg;
  const double step = tick_step(frame.low, frame.high);
  if (!(step > 0) || !std::isfinite(step)) return svg;
  for (double value = std::ceil(frame.low / step) * step; value <= frame.high; value += step) {
    svg += fmt::format(R"(<path class="grid" d="M{:.1f} {:.1f}H{:.1f}"/>)", frame.x_begin, frame.y(value),
                       frame.x_end);
    svg += fmt::format(R"(<text x="{:.1f}" y="{:.1f}" text-anchor="end">{}</text>)", frame.x_begin - 10,
                       frame.y(value) + 4, html_escaped(format_shown_value(kind, value), 40));
  }
  return svg;
}

std::string run_axis(const MachineTrend& trend, const Frame& frame) {
  const std::size_t last = trend.runs.size() - 1;
  std::string svg;
  const auto add = [&](std::size_t at, const char* anchor) {
    svg += fmt::format(R"(<text x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>)", frame.x(at),
                       frame.height - 10, anchor,
                       html_escaped(short_time(trend.runs[at]->started_at).substr(0, 10), 24));
  };
  if (last == 0) {
    add(0, "middle");
    return svg;
  }
  add(0, "start");
  if (last >= 4) add(last / 2, "middle");
  add(last, "end");
  return svg;
}

std::string mark_of(const TrendMark& mark, const Frame& frame) {
  const double x = (frame.x(mark.at) + frame.x(mark.at - 1)) / 2;
  return fmt::format(R"(<path class="mark" d="M{:.1f} {:.1f}V{:.1f}"><title>{}</title></path>)", x,
                     frame.y_begin - 8, frame.y_end, html_escaped(mark.label, 300));
}

std::string change_of(const MachineTrend& trend, const TrendChange& change, const Frame& frame) {
  const auto line = std::find_if(trend.lines.begin(), trend.lines.end(),
                                 [&](const TrendLine& entry) { return entry.mode == change.mode; });
  const double x = frame.x(change.at);
  return fmt::format(
      R"(<g class="change {}"><path d="M{:.1f} {:.1f}V{:.1f}"/><text x="{:.1f}" y="{:.1f}" text-anchor="middle">{}</text></g>)",
      line_class(static_cast<std::size_t>(line - trend.lines.begin())), x, frame.y_begin - 4, frame.y_end, x,
      frame.y_begin - 10, change_text(change));
}

std::string point_of(const MachineTrend& trend, const TrendPoint& point, const Frame& frame,
                     const std::string& root) {
  const RunSummary& run = *trend.runs[point.at];
  const MeasuredSeries& series = *point.series;
  const bool slower = series.verdict == Verdict::slower;
  const double radius = trend.runs.size() > 300 ? 1.8 : trend.runs.size() > 80 ? 2.6 : 3.8;
  return fmt::format(
      R"(<a tabindex="-1" href="{}runs/{}/index.html"><circle{} cx="{:.1f}" cy="{:.1f}" r="{}"><title>{} · {}: {}{}</title></circle></a>)",
      root, run.id, slower ? R"( class="slower")" : "", frame.x(point.at), frame.y(shown_value(series)), radius,
      html_escaped(short_time(run.started_at), 24), html_escaped(series.mode, 80),
      html_escaped(format_shown_value(series, shown_value(series)), 40),
      series.verdict ? ", " + to_string(*series.verdict) : "");
}

}  // namespace

std::string change_text(const TrendChange& change) {
  return fmt::format("{} {}{}", format_percent(std::abs(change.effect)), change.effect > 0 ? "slower" : "faster",
                     change.per_clock ? " per clock" : "");
}

std::string line_class(std::size_t line) { return fmt::format("line-{}", line % 8); }

std::string svg_trend(const MachineTrend& trend, const std::string& root) {
  if (trend.runs.empty() || trend.lines.empty()) return "";
  const Frame frame = frame_of(trend, 1100, 330, true);
  const MeasuredSeries& kind = *trend.lines.front().points.back().series;
  std::string svg = fmt::format(
      R"(<svg class="trend" viewBox="0 0 {:.0f} {:.0f}" role="img" aria-label="{} on {}, {} of level">)",
      frame.width, frame.height, counted(trend.runs.size(), "run"), html_escaped(trend.machine, 120),
      counted(trend.changes.size(), "change"));
  svg += value_axis(frame, kind) + run_axis(trend, frame);
  for (const TrendMark& mark : trend.marks) svg += mark_of(mark, frame);
  for (const TrendChange& change : trend.changes) svg += change_of(trend, change, frame);
  for (std::size_t i = 0; i < trend.lines.size(); ++i) {
    svg += fmt::format(R"(<g class="{}"><path class="line" d="{}"/>)", line_class(i),
                       path_of(trend, trend.lines[i], frame));
    for (const TrendPoint& point : trend.lines[i].points) svg += point_of(trend, point, frame, root);
    svg += "</g>";
  }
  return svg + "</svg>";
}

std::string svg_sparkline(const MachineTrend& trend) {
  const Frame frame = frame_of(trend, 150, 30, false);
  std::string svg =
      fmt::format(R"(<svg class="sparkline" viewBox="0 0 150 30" role="img" aria-label="{}">)",
                  counted(trend.runs.size(), "run"));
  for (std::size_t i = 0; i < trend.lines.size(); ++i) {
    const TrendLine& line = trend.lines[i];
    svg += fmt::format(R"(<g class="{}"><path class="line" d="{}"/><circle cx="{:.1f}" cy="{:.1f}" r="2"/></g>)",
                       line_class(i), path_of(trend, line, frame), frame.x(line.points.back().at),
                       frame.y(shown_value(*line.points.back().series)));
  }
  return svg + "</svg>";
}

}  // namespace cuparity
