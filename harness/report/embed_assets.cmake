# cmake -DASSETS=FOLDER -DCHART_LIBRARY=FILE -DOUTPUT=FILE -P embed_assets.cmake: the report's assets as C++ string
# constants.
file(READ ${ASSETS}/report.mustache template)
file(READ ${ASSETS}/report.css style)
set(script "")
foreach(part charts overview row_details report)
  file(READ ${ASSETS}/${part}.js text)
  string(APPEND script "${text}")
endforeach()
file(READ ${CHART_LIBRARY} library)
string(REGEX REPLACE "\n//# sourceMappingURL[^\n]*" "" library "${library}")
if(NOT library MATCHES "Chart\\.js v[34]\\.")
  message(FATAL_ERROR "${CHART_LIBRARY} is no Chart.js 3 or 4; install libjs-chart.js of Debian 12, Ubuntu 22.04 or newer")
endif()
if(library MATCHES "</script")
  message(FATAL_ERROR "${CHART_LIBRARY} can't stand inside a page: it holds </script")
endif()
file(WRITE ${OUTPUT}.new "#include \"harness/report/report_assets.hpp\"

namespace cuparity {
constexpr std::string_view report_template = R\"asset(${template})asset\";
constexpr std::string_view report_style = R\"asset(${style})asset\";
constexpr std::string_view report_script = R\"asset(${script})asset\";
constexpr std::string_view chart_library = R\"asset(${library})asset\";
}  // namespace cuparity
")
file(RENAME ${OUTPUT}.new ${OUTPUT})
