// A trend as an SVG element: numbers, classes for site.css, and texts that are escaped.
#pragma once

#include <string>

#include "harness/publish/trend.hpp"

namespace cuparity {

/// The class of the line with this position among MachineTrend::lines: "line-0" … "line-5".
std::string line_class(std::size_t line);

/// "3.02 % slower".
std::string change_text(const TrendChange& change);

/// The whole chart: an axis, a point a run and mode that links to the run, marks and changes.
/// `root` leads from the page to the site's folder.
std::string svg_trend(const MachineTrend& trend, const std::string& root);

/// Lines alone, as small as a word.
std::string svg_sparkline(const MachineTrend& trend);

}  // namespace cuparity
