// Regular expressions of files and flags.
#pragma once

#include <regex>
#include <string>

namespace cuparity {

/// Where the library can, matching takes time that grows with a power of the text's length, not exponentially as `(a*)*b` would
/// make it, and no recursion for each character, so that no name of a hostile file ends the stack. Without back references.
#ifdef __GLIBCXX__
inline constexpr auto pattern_syntax = std::regex::ECMAScript | std::regex_constants::__polynomial;
#else
inline constexpr auto pattern_syntax = std::regex::ECMAScript;
#endif

/// Throws std::regex_error, also where it is longer than 5000 characters: std::regex compiles what is nested by recursion, and
/// the stack would end first.
inline std::regex compiled_pattern(const std::string& text) {
  constexpr std::size_t longest = 5000;
  if (text.size() > longest) throw std::regex_error(std::regex_constants::error_stack);
  return std::regex(text, pattern_syntax);
}

}  // namespace cuparity
