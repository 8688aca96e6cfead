// For tests: is a document what results/schema/ promises?
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace cuparity {

/// Empty where `document` follows results/schema/`schema_name`; else what violates it, a line each.
std::string schema_violations(const std::string& schema_name, const nlohmann::json& document);

}  // namespace cuparity
