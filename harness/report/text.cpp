#include "harness/report/text.hpp"

#include <algorithm>
#include <cstdint>

namespace cuparity {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";  // U+FFFD

struct CodePoint {
  std::uint32_t value = 0;
  std::size_t length = 0;  ///< bytes; 0: invalid
};

CodePoint decode(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return {first, 1};
  const std::size_t length = first >= 0xF0 && first < 0xF5   ? 4
                             : first >= 0xE0 && first < 0xF0 ? 3
                             : first >= 0xC2 && first < 0xE0 ? 2
                                                             : 0;
  if (length == 0 || text.size() < length) return {};
  std::uint32_t value = first & (0x7F >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return {};
    value = value << 6 | (byte(i) & 0x3F);
  }
  const bool overlong = (length == 3 && value < 0x800) || (length == 4 && value < 0x10000);
  const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
  return overlong || surrogate || value > 0x10FFFF ? CodePoint{} : CodePoint{value, length};
}

/// C0 and C1 controls, and what reorders or hides text: zero-width and bidirectional marks, line and
/// paragraph separators, byte order mark, tag characters.
bool is_hostile(std::uint32_t c) {
  return c < 0x20 || (c >= 0x7F && c <= 0x9F) || c == 0x061C || (c >= 0x200B && c <= 0x200F) ||
         (c >= 0x2028 && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF ||
         (c >= 0xFFF9 && c <= 0xFFFB) || (c >= 0xE0000 && c <= 0xE007F);
}

std::size_t columns_of(std::uint32_t c) {
  const bool combining = (c >= 0x0300 && c <= 0x036F) || (c >= 0x1AB0 && c <= 0x1AFF) ||
                         (c >= 0x20D0 && c <= 0x20FF) || (c >= 0xFE00 && c <= 0xFE0F);
  if (combining) return 0;
  const bool wide = (c >= 0x1100 && c <= 0x115F) || (c >= 0x2E80 && c <= 0xA4CF) ||
                    (c >= 0xAC00 && c <= 0xD7A3) || (c >= 0xF900 && c <= 0xFAFF) ||
                    (c >= 0xFE30 && c <= 0xFE6F) || (c >= 0xFF00 && c <= 0xFF60) ||
                    (c >= 0x1F300 && c <= 0x1FAFF) || (c >= 0x20000 && c <= 0x3FFFD);
  return wide ? 2 : 1;
}

/// Bytes of `text` (valid UTF-8) that fit into `columns`.
std::size_t prefix_bytes(std::string_view text, std::size_t columns) {
  std::size_t used = 0, position = 0;
  while (position < text.size()) {
    const CodePoint point = decode(text.substr(position));
    used += columns_of(point.value);
    if (used > columns) break;
    position += point.length;
  }
  return position;
}

/// Where the last `columns` columns of `text` begin.
std::size_t suffix_begin(std::string_view text, std::size_t columns) {
  std::size_t used = 0, position = text.size();
  while (position > 0) {
    std::size_t start = position - 1;
    while (start > 0 && (static_cast<unsigned char>(text[start]) & 0xC0) == 0x80) --start;
    used += columns_of(decode(text.substr(start)).value);
    if (used > columns) break;
    position = start;
  }
  return position;
}

// Between items of a list or path; none is part of a character of several bytes.
constexpr std::string_view separators = ",;:=/ |";

/// Bytes of whole items that all begin with.
std::size_t common_beginning(const std::vector<std::string>& texts) {
  const std::string& first = texts.front();
  auto end = first.end();
  for (const std::string& text : texts) end = std::mismatch(first.begin(), end, text.begin(), text.end()).first;
  const std::size_t separator = first.substr(0, static_cast<std::size_t>(end - first.begin())).find_last_of(separators);
  return separator == std::string::npos ? 0 : separator + 1;
}

/// Bytes of whole items, with the separator before them, that all end with.
std::size_t common_end(const std::vector<std::string>& texts) {
  const std::string& first = texts.front();
  auto end = first.rend();
  for (const std::string& text : texts) end = std::mismatch(first.rbegin(), end, text.rbegin(), text.rend()).first;
  const std::size_t separator = first.find_first_of(separators, static_cast<std::size_t>(first.rend() - end));
  return separator == std::string::npos ? 0 : first.size() - separator;
}

/// clean_text() that is no HTML and calls nobody; the characters of `special` mean nothing.
std::string escaped_for_markdown(std::string_view text, std::string_view special) {
  std::string result;
  for (const char c : clean_text(text)) {
    if (c == '<') {
      result += "&lt;";
    } else if (c == '&') {
      result += "&amp;";
    } else if (c == '>' && result.empty()) {
      result += "&gt;";  // begins a quotation
    } else if (c == '@') {
      result += "@<!-- -->";
    } else {
      if (special.find(c) != std::string_view::npos) result += '\\';
      result += c;
    }
  }
  return result;
}

}  // namespace

std::string clean_text(std::string_view text) {
  std::string clean;
  clean.reserve(text.size());
  for (std::size_t position = 0; position < text.size();) {
    const CodePoint point = decode(text.substr(position));
    if (point.length == 0) {
      clean += replacement;
      ++position;
      continue;
    }
    const bool space = point.value == '\n' || point.value == '\r' || point.value == '\t';
    if (space) {
      clean += ' ';
    } else if (is_hostile(point.value)) {
      clean += replacement;
    } else {
      clean += text.substr(position, point.length);
    }
    position += point.length;
  }
  return clean;
}

std::string shortened(std::string_view text, std::size_t columns) {
  std::string clean = clean_text(text);
  if (display_width(clean) <= columns || columns < 3) return clean;
  const std::size_t head = (columns - 1) * 2 / 3;
  const std::size_t tail = columns - 1 - head;
  return clean.substr(0, prefix_bytes(clean, head)) + "…" + clean.substr(suffix_begin(clean, tail));
}

std::vector<std::string> shortened_to_differ(const std::vector<std::string>& values, std::size_t columns) {
  std::vector<std::string> shorter, longer;
  for (const std::string& value : values) {
    shorter.push_back(clean_text(value));
    if (display_width(shorter.back()) > columns) longer.push_back(shorter.back());
  }
  const std::size_t begin = longer.size() > 1 ? common_beginning(longer) : 0;
  const std::size_t end = longer.size() > 1 ? common_end(longer) : 0;
  for (std::string& value : shorter) {
    if (display_width(value) <= columns) continue;
    const bool ends_alike = end > 0 && begin + end < value.size();
    const std::string differs = value.substr(begin, ends_alike ? value.size() - begin - end : std::string::npos);
    value = shortened((begin > 0 ? "…" : "") + differs + (ends_alike ? "…" : ""), columns);
  }
  return shorter;
}

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  for (std::size_t position = 0; position < text.size();) {
    const CodePoint point = decode(text.substr(position));
    width += point.length == 0 ? 1 : columns_of(point.value);
    position += point.length == 0 ? 1 : point.length;
  }
  return width;
}

std::string shell_quoted(const std::vector<std::string>& words) {
  constexpr std::string_view safe =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=./:,@%^";
  std::string line;
  for (const std::string& word : words) {
    if (!line.empty()) line += ' ';
    if (!word.empty() && word.find_first_not_of(safe) == std::string::npos) {
      line += word;
      continue;
    }
    line += '\'';
    for (const char c : word) {
      if (c == '\'') line += "'\\''";
      else line += c;
    }
    line += '\'';
  }
  return line;
}

std::string markdown_text(std::string_view text) { return escaped_for_markdown(text, "\\`*_[]|"); }

std::string markdown_text_without_links(std::string_view text) {
  std::string result = escaped_for_markdown(text, "\\`*_[]|{}#~!$");
  for (std::size_t at = 0; (at = result.find("://", at)) != std::string::npos; at += 12) {
    result.replace(at, 3, "<!-- -->://");
  }
  return result;
}

std::string markdown_code(std::string_view text, std::size_t columns, bool in_table) {
  std::string span = "`";
  for (const char c : shortened(text, columns)) {
    if (c == '|' && in_table) span += '\\';
    span += c == '`' ? '\'' : c;
  }
  return span + "`";
}

std::string markdown_list(const std::string& title, const std::vector<std::string>& items) {
  std::string text = items.empty() ? "" : "\n" + title + "\n\n";
  for (const std::string& item : items) text += "- " + markdown_text(item) + "\n";
  return text;
}

}  // namespace cuparity
