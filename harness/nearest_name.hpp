// "Did you mean …?": the valid name closest to what was typed.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace cuparity {

/// The candidate with the smallest edit distance (insertion, deletion, substitution, swap of neighbours), or
/// nothing where even the nearest shares too little with `name` to be meant: more than a third of it differs,
/// two letters at least being allowed.
std::optional<std::string> nearest_name(const std::string& name, const std::vector<std::string>& candidates);

/// "; did you mean 'x'?", or nothing.
std::string did_you_mean(const std::string& name, const std::vector<std::string>& candidates);

}  // namespace cuparity
