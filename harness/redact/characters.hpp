// Classes of ASCII characters, whatever the locale. Bytes of UTF-8 sequences count as letters of names.
#pragma once

#include <algorithm>
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

/// How many characters from `at` on the predicate takes.
template <typename Predicate>
std::size_t run_length(std::string_view text, std::size_t at, Predicate predicate) {
  std::size_t end = at;
  while (end < text.size() && predicate(text[end])) ++end;
  return end - at;
}

/// What is no number and no word may be an identifier.
inline bool has_digit_and_letter(std::string_view text) {
  return std::any_of(text.begin(), text.end(), is_digit) && std::any_of(text.begin(), text.end(), is_letter);
}

/// Whether the UTF-8 sequence at `at` belongs to a name: ASCII letters and digits and all beyond ASCII but what only
/// separates (U+0080 to U+00BF, U+2000 to U+2BFF, U+3000 to U+303F: quotes, dashes, dots, arrows, symbols).
inline bool is_name_at(std::string_view text, std::size_t at) {
  const auto first = static_cast<unsigned char>(character(text, at));
  const auto second = static_cast<unsigned char>(character(text, at + 1));
  const bool separates = first == 0xC2 || (first == 0xE2 && second < 0xB0) || (first == 0xE3 && second == 0x80);
  return is_name(static_cast<char>(first)) && !separates;
}

/// The same of the character that ends before `at`.
inline bool is_name_before(std::string_view text, std::size_t at) {
  std::size_t begin = at;
  while (begin > 0 && at - begin < 4) {
    --begin;
    if ((static_cast<unsigned char>(text[begin]) & 0xC0) != 0x80) break;  // no continuation: here it begins
  }
  return at > 0 && is_name_at(text, begin);
}

}  // namespace cuparity
