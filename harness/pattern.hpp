// Regular expressions of files and flags.
#pragma once

#include <regex>
#include <string>

namespace cuparity {

/// Throws std::regex_error, also where it is longer than 5000 characters: std::regex compiles what is nested by recursion, and
/// the stack would end first.
inline std::regex compiled_pattern(const std::string& text) {
  constexpr std::size_t longest = 5000;
  if (text.size() > longest) throw std::regex_error(std::regex_constants::error_stack);
  return std::regex(text);
}

}  // namespace cuparity
