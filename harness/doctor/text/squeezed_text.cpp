#include "harness/doctor/text/squeezed_text.hpp"

#include <array>
#include <cctype>

namespace cuparity {
namespace {

constexpr std::size_t longest_gap = 160;

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }
bool is_blank(char c) { return std::isspace(static_cast<unsigned char>(c)) != 0 || c == '\0'; }

/// Bytes at text[at] that count for nothing: quotes of every kind, escapes, HTML's names for quotes.
std::size_t ignored_at(std::string_view text, std::size_t at) {
  static constexpr std::array<std::string_view, 11> ignored = {
      "\"",           "'",            "`",      "\\",    "\xe2\x80\x98", "\xe2\x80\x99", "\xe2\x80\x9c",
      "\xe2\x80\x9d", "&quot;", "&#39;", "&apos;"};
  for (const std::string_view each : ignored) {
    if (text.substr(at, each.size()) == each) return each.size();
  }
  return 0;
}

/// Line ends as a log writes them down: backslash and n, r or t, but not the start of a Windows path's name.
bool is_written_line_end(std::string_view text, std::size_t at) {
  return text[at] == '\\' && at + 1 < text.size() &&
         (text[at + 1] == 'n' || text[at + 1] == 'r' || text[at + 1] == 't');
}

struct Squeezed {
  std::string characters;
  std::vector<bool> blank_before;
};

Squeezed squeeze(std::string_view text) {
  Squeezed squeezed;
  bool blank = true;
  for (std::size_t at = 0; at < text.size();) {
    if (is_written_line_end(text, at)) {
      blank = true;
      at += 2;
    } else if (is_blank(text[at])) {
      blank = true;
      ++at;
    } else if (text.substr(at, 2) == "\xc2\xa0") {  // a blank that does not break
      blank = true;
      at += 2;
    } else if (const std::size_t ignored = ignored_at(text, at)) {
      blank = true;
      at += ignored;
    } else {
      squeezed.characters += static_cast<char>(std::tolower(static_cast<unsigned char>(text[at])));
      squeezed.blank_before.push_back(blank);
      blank = false;
      ++at;
    }
  }
  return squeezed;
}

std::vector<std::string_view> pieces_of(std::string_view text, char separator) {
  std::vector<std::string_view> pieces;
  for (std::size_t begin = 0; begin <= text.size();) {
    std::size_t end = text.find(separator, begin);
    if (end == std::string_view::npos) end = text.size();
    pieces.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return pieces;
}

}  // namespace

SqueezedText::SqueezedText(std::string_view text) {
  Squeezed squeezed = squeeze(without_log_prefixes(text));
  characters_ = std::move(squeezed.characters);
  blank_before_ = std::move(squeezed.blank_before);
}

bool SqueezedText::word_ends_between(std::size_t before, std::size_t after) const {
  if (after == 0 || after >= characters_.size()) return true;
  return blank_before_[after] || !is_word(characters_[before]) || !is_word(characters_[after]);
}

std::size_t SqueezedText::find_pieces(std::string_view phrase) const {
  const std::vector<std::string_view> pieces = pieces_of(phrase, '*');
  std::vector<std::string> wanted;
  for (const std::string_view piece : pieces) wanted.push_back(squeeze(piece).characters);
  const bool open_start = wanted.front().empty();
  const bool open_end = wanted.back().empty();
  std::erase(wanted, "");
  if (wanted.empty()) return 0;
  const auto fits = [&](std::size_t piece, std::size_t at) {
    const std::size_t end = at + wanted[piece].size();
    if (piece == 0 && !open_start && !word_ends_between(at - 1, at)) return false;
    return piece + 1 < wanted.size() || open_end || word_ends_between(end - 1, end);
  };
  // `ends[e]`: the pieces so far end before e. Kept as a list: phrases are short and pieces rare.
  std::vector<std::pair<std::size_t, std::size_t>> matches;  // begin of the phrase, end of the last piece
  for (std::size_t piece = 0; piece < wanted.size(); ++piece) {
    std::vector<std::pair<std::size_t, std::size_t>> next;
    std::size_t match = 0;
    for (std::size_t at = characters_.find(wanted[piece]); at != std::string::npos;
         at = characters_.find(wanted[piece], at + 1)) {
      if (!fits(piece, at)) continue;
      if (piece == 0) {
        next.emplace_back(at, at + wanted[0].size());
        continue;
      }
      // The nearest earlier end before `at` gives the shortest gap.
      while (match + 1 < matches.size() && matches[match + 1].second <= at) ++match;
      if (match < matches.size() && matches[match].second <= at &&
          at - matches[match].second <= longest_gap) {
        next.emplace_back(matches[match].first, at + wanted[piece].size());
      }
    }
    matches = std::move(next);
  }
  if (matches.empty()) return 0;
  std::size_t length = 0;
  for (const std::string& piece : wanted) length += piece.size();
  return length;
}

std::size_t SqueezedText::find(std::string_view phrase) const {
  for (const std::string_view alternative : pieces_of(phrase, '|')) {
    if (const std::size_t length = find_pieces(alternative)) return length;
  }
  return 0;
}

}  // namespace cuparity
