// The files of assets/, embedded when cuparity is built.
#pragma once

#include <string_view>

namespace cuparity {

extern const std::string_view site_template;           ///< site.mustache: around every page
extern const std::string_view runs_template;           ///< runs.mustache
extern const std::string_view trends_template;         ///< trends.mustache
extern const std::string_view trend_template;          ///< trend.mustache: one benchmark
extern const std::string_view compare_template;        ///< compare.mustache
extern const std::string_view site_style;              ///< site.css, added to the report's
extern const std::string_view runs_script;             ///< runs.js
extern const std::string_view compare_script;          ///< compare.js

}  // namespace cuparity
