// Environment variables that move times and that not every mode has alike: those of the host reach native processes only.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "harness/run/equal_gpus.hpp"

namespace cuparity {

/// A sentence for each variable that differs between the modes and is known to move one of the benchmarks, which are short
/// names. `seen`: mode -> its probe's context.
std::vector<std::string> uneven_variables(const std::map<std::string, SeenEnvironment>& seen, const std::string& backend,
                                          const std::vector<std::string>& benchmarks);

}  // namespace cuparity
