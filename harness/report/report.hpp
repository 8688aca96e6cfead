// A report format is one function: run and analysis -> text. One file a format.
#pragma once

#include <filesystem>
#include <string>

#include "harness/record/run.hpp"
#include "harness/stats/analysis.hpp"

namespace cuparity {

std::string render_terminal(const Run& run, const Analysis& analysis, bool colour);
std::string render_markdown(const Run& run, const Analysis& analysis);
/// `chart_library`: the address of the chart library for a page of a site; empty: it is in the page, which then
/// needs no other file.
std::string render_html(const Run& run, const Analysis& analysis, const std::string& chart_library = "");
/// One line a comparison, RFC 4180; what was skipped, wrong or could not be compared follows.
std::string render_csv(const Run& run, const Analysis& analysis);
/// A test suite a mode, a test case a benchmark; "time" is the median under that mode.
std::string render_junit(const Run& run, const Analysis& analysis);

/// Writes run.json, report.md, report.html, report.csv and report.junit.xml into `folder`, each atomically
/// (write, then rename).
void write_reports(const std::filesystem::path& folder, const Run& run, const Analysis& analysis);

}  // namespace cuparity
