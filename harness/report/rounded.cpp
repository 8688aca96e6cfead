#include "harness/report/rounded.hpp"

#include <fmt/format.h>

#include <cmath>
#include <cstdlib>

namespace cuparity {

using nlohmann::json;

json rounded(double value, int digits) {
  if (!std::isfinite(value)) return nullptr;
  return std::strtod(fmt::format("{:.{}g}", value, digits).c_str(), nullptr);  // stod throws below the smallest normal number
}

json rounded(const std::vector<double>& values, int digits) {
  json list = json::array();
  for (const double value : values) list.push_back(rounded(value, digits));
  return list;
}

}  // namespace cuparity
