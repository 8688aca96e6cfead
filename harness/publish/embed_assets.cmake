# cmake -DASSETS=FOLDER -DOUTPUT=FILE -P embed_assets.cmake: the site's assets as C++ string constants.
set(constants "")
foreach(asset site_template:site.mustache runs_template:runs.mustache trends_template:trends.mustache
              trend_template:trend.mustache compare_template:compare.mustache site_style:site.css
              runs_script:runs.js compare_script:compare.js)
  string(REPLACE ":" ";" asset ${asset})
  list(GET asset 0 name)
  list(GET asset 1 file)
  file(READ ${ASSETS}/${file} text)
  string(APPEND constants "constexpr std::string_view ${name} = R\"asset(${text})asset\";\n")
endforeach()
file(WRITE ${OUTPUT}.new "#include \"harness/publish/site_assets.hpp\"

namespace cuparity {
${constants}}  // namespace cuparity
")
file(RENAME ${OUTPUT}.new ${OUTPUT})
