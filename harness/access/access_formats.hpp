// The truth table as a file: one function and one source file a format.
#pragma once

#include <string>

#include "harness/access/truth_table.hpp"

namespace cuparity {

std::string access_text(const AccessTable& table);
std::string access_json(const AccessTable& table);      ///< results/schema/access.schema.json
std::string access_markdown(const AccessTable& table);
std::string access_junit(const AccessTable& table);

/// "2 pass, 1 leak as it must, 3 skipped".
std::string access_summary(const AccessTable& table);

/// "pass", "leak (as it must)", "fail" …
std::string verdict_text(const AccessRow& row);

}  // namespace cuparity
