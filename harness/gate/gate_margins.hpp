// Margins given on the command line above those of a suite.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace cuparity {

/// `overrides` are "class=x", x as in parse_margin() (stats/margins.hpp): the class is the first part of a benchmark's name
/// ("gemm"), or "default" for all that no other one names. `base` as in stats/margins.hpp. Throws UsageError, also
/// for a class that is named twice.
std::function<double(const std::string& short_name)> margins_with(const std::vector<std::string>& overrides,
                                                                  const std::map<std::string, double>& base);

/// Throws UsageError where the class of an override is that of no benchmark in `short_names`.
void refuse_unknown_classes(const std::vector<std::string>& overrides, const std::vector<std::string>& short_names);

}  // namespace cuparity
