// Classes of ASCII characters, whatever the locale. Bytes of UTF-8 sequences count as letters of names.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace cuparity {

inline bool is_digit(char c) { return c >= '0' && c <= '9'; }
inline bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
inline bool is_alphanumeric(char c) { return is_digit(c) || is_letter(c); }
inline bool is_hexadecimal(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
inline bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
inline bool is_name(char c) { return is_alphanumeric(c) || static_cast<unsigned char>(c) >= 0x80; }

inline char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

inline std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = lower(c);
  return result;
}

/// The character before `at`; a space at the beginning.
inline char before(std::string_view text, std::size_t at) { return at == 0 ? ' ' : text[at - 1]; }
/// The character at `at`; a space beyond the end.
inline char character(std::string_view text, std::size_t at) { return at < text.size() ? text[at] : ' '; }

}  // namespace cuparity
