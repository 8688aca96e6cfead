// The access rows of a run, for the reports.
#pragma once

#include <string>
#include <vector>

#include "harness/record/access_row.hpp"

namespace cuparity {

/// What of memory that is shared between processes and GPUs was tried, "IPC refused with CUDA_ERROR_INVALID_DEVICE (101):
/// GPU-b; P2P possible between 2 GPUs"; empty where there was nothing to try.
std::string sharing_text(const AccessRow& row);

/// A Markdown table, and the reasons below it.
std::string access_rows_markdown(const std::vector<AccessRow>& rows);

/// A section "Access" for report.md; empty where no row was recorded.
std::string access_section_markdown(const std::vector<AccessRow>& rows);

/// The same for report.html.
std::string access_section_html(const std::vector<AccessRow>& rows);

}  // namespace cuparity
