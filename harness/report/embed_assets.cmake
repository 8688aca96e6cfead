# cmake -DASSETS=FOLDER -DOUTPUT=FILE -P embed_assets.cmake: the report's assets as C++ string constants.
file(READ ${ASSETS}/report.mustache template)
file(READ ${ASSETS}/report.css style)
file(READ ${ASSETS}/report.js script)
file(WRITE ${OUTPUT}.new "#include \"harness/report/report_assets.hpp\"

namespace cuparity {
constexpr std::string_view report_template = R\"asset(${template})asset\";
constexpr std::string_view report_style = R\"asset(${style})asset\";
constexpr std::string_view report_script = R\"asset(${script})asset\";
}  // namespace cuparity
")
file(RENAME ${OUTPUT}.new ${OUTPUT})
