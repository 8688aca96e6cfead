// The output of cuparity compare, one function a format.
#pragma once

#include <string>

#include "harness/stats/file_comparison.hpp"

namespace cuparity {

/// At most 110 columns: a name that is too long for its column stands on a line of its own.
std::string comparison_as_text(const FileComparison& comparison);
std::string comparison_as_markdown(const FileComparison& comparison);
/// As results/schema/comparison.schema.json says.
std::string comparison_as_json(const FileComparison& comparison);

}  // namespace cuparity
