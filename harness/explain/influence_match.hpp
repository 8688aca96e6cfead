// Which keys and benchmarks an entry of known_influences.hpp is about.
#pragma once

#include <string>

#include "harness/explain/known_influences.hpp"

namespace cuparity {

/// `pattern` is a key of one of the two tables, and matches the whole `key`.
bool matches(const std::string& key, const char* pattern);

/// Whether the influence is known to move the benchmark, which is a short name.
bool moves(const KnownInfluence& influence, const std::string& backend, const std::string& benchmark);

}  // namespace cuparity
