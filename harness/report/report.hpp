// A report format is one function: run and analysis -> text. One file a format.
#pragma once

#include <filesystem>
#include <string>

#include "harness/record/run.hpp"
#include "harness/stats/analysis.hpp"

namespace cuparity {

std::string render_terminal(const Run& run, const Analysis& analysis, bool colour);
std::string render_markdown(const Run& run, const Analysis& analysis);
std::string render_html(const Run& run, const Analysis& analysis);

/// Writes run.json, report.md and report.html into `folder`, each atomically (write, then rename).
void write_reports(const std::filesystem::path& folder, const Run& run, const Analysis& analysis);

}  // namespace cuparity
