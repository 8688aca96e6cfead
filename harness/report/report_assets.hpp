// The files of assets/, embedded when cuparity is built: a report needs nothing beside it.
#pragma once

#include <string_view>

namespace cuparity {

extern const std::string_view report_template;  ///< report.mustache
extern const std::string_view report_style;     ///< report.css
extern const std::string_view report_script;    ///< charts.js, overview.js, row_details.js, report.js
extern const std::string_view chart_library;    ///< Chart.js, as Debian's libjs-chart.js has it

}  // namespace cuparity
