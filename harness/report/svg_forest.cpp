#include "harness/report/svg_forest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "harness/report/numbers.hpp"

namespace cuparity {
namespace {

constexpr double margin_width = 34;  // of one margin, in SVG units
constexpr double edge = 112;         // ten margins: (1 + ln 10) * margin_width
constexpr double half_width = edge + 8;
constexpr double half_height = 10;

double position(double effect, double margin) {
  const double scale = std::log1p(std::max(margin, 1e-9));
  const double margins = std::log1p(std::max(effect, -0.999999)) / scale;
  const double size = std::abs(margins);
  const double x = std::copysign(size <= 1 ? size : 1 + std::log(size), margins) * margin_width;
  return std::clamp(x, -1e6, 1e6);
}

std::string arrow(double side) {
  return fmt::format(R"(<path class="estimate" d="M{:.1f} -4L{:.1f} 0L{:.1f} 4z"/>)", side * edge,
                     side * (edge + 7), side * edge);
}

std::string description(const Comparison& comparison) {
  if (!comparison.effect) return "no effect could be estimated";
  const std::string interval = format_interval(comparison.interval_low, comparison.interval_high);
  return fmt::format("effect {}{}, margin {}", format_effect(*comparison.effect),
                     interval.empty() ? "" : ", interval " + interval, format_percent(comparison.margin));
}

}  // namespace

std::string svg_forest_row(const Comparison& comparison) {
  std::string svg = fmt::format(
      R"(<svg class="forest" role="img" aria-label="{}" viewBox="{:.1f} -{} {:.1f} {}">)"
      R"(<rect class="zone" x="-{}" y="-{}" width="{}" height="{}"/><path class="zero" d="M0 -{}V{}"/>)",
      description(comparison), -half_width, half_height, 2 * half_width, 2 * half_height, margin_width,
      half_height, 2 * margin_width, 2 * half_height, half_height, half_height);
  if (comparison.effect && std::isfinite(*comparison.effect)) {
    const double at = position(*comparison.effect, comparison.margin);
    if (comparison.interval_low && comparison.interval_high) {
      const double low = position(*comparison.interval_low, comparison.margin);
      const double high = position(*comparison.interval_high, comparison.margin);
      if (high >= -edge && low <= edge) {
        svg += fmt::format(R"(<path class="interval" d="M{:.2f} 0H{:.2f}"/>)", std::max(low, -edge),
                           std::min(high, edge));
      }
      if (low < -edge) svg += arrow(-1);
      if (high > edge) svg += arrow(1);
    } else if (std::abs(at) > edge) {
      svg += arrow(at < 0 ? -1 : 1);
    }
    if (std::abs(at) <= edge) svg += fmt::format(R"(<circle class="estimate" cx="{:.2f}" r="3.6"/>)", at);
  }
  return svg + "</svg>";
}

}  // namespace cuparity
