#pragma once

#include <nlohmann/json.hpp>

#include "harness/record/access_row.hpp"

namespace cuparity {

/// "pass", "fail", "leak", "skipped".
std::string to_string(AccessVerdict verdict);

nlohmann::json to_json(const AccessRow& row);

/// `path` is where the row stands, for error messages. Throws UsageError.
AccessRow access_row_from_json(const nlohmann::json& json, const std::string& path);

}  // namespace cuparity
