// Numbers for the data of pages, in as many digits as a measurement has.
#pragma once

#include <nlohmann/json.hpp>
#include <vector>

namespace cuparity {

/// With so many significant digits; null where it is not finite.
nlohmann::json rounded(double value, int digits);
nlohmann::json rounded(const std::vector<double>& values, int digits);

}  // namespace cuparity
