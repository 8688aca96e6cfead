// A number of things in words.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>

namespace cuparity {

/// "1 run", "2 runs".
template <typename Number>
std::string counted(Number number, std::string_view what) {
  return fmt::format("{} {}{}", number, what, number == 1 ? "" : "s");
}

}  // namespace cuparity
