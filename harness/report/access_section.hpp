// The access rows of a run, for the reports.
#pragma once

#include <string>
#include <vector>

#include "harness/record/access_row.hpp"

namespace cuparity {

/// A Markdown table, and the reasons below it.
std::string access_rows_markdown(const std::vector<AccessRow>& rows);

/// A section "Access" for report.md; empty where no row was recorded.
std::string access_section_markdown(const std::vector<AccessRow>& rows);

/// The same for report.html.
std::string access_section_html(const std::vector<AccessRow>& rows);

}  // namespace cuparity
