// Everything that the probe looks at, as the document of results/schema/access-probe.schema.json.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>

#include "validate/probe/options.hpp"

namespace cuparity::probe {

inline constexpr int probe_schema_version = 1;

/// `folder` holds the program that asks the driver.
nlohmann::json look(const Options& options, const std::filesystem::path& folder);

}  // namespace cuparity::probe
