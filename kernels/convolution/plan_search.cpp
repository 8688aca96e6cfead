#include "kernels/convolution/plan_search.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace cuparity {
namespace {

std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3g", value);
  return text;
}

}  // namespace

void RejectedPlans::add(double error) {
  if (std::isnan(error)) error = std::numeric_limits<double>::infinity();
  ++count;
  smallest_error = std::min(smallest_error, error);
  largest_error = std::max(largest_error, error);
}

std::string RejectedPlans::remark() const {
  if (count == 0) return {};
  return std::to_string(count) + (count == 1 ? " plan" : " plans") + " rejected as inaccurate, up to " +
         number(largest_error) + " times the bound";
}

std::string RejectedPlans::failure() const {
  return "no plan's result lies within its error bound: " + std::to_string(count) + " tried, errors of " +
         number(smallest_error) + " to " + number(largest_error) + " times the bound";
}

}  // namespace cuparity
