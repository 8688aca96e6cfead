// A pasted error message, made comparable: terminals wrap it, engines quote it, logs put times before it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cuparity {

/// Lower case, without colours, log prefixes, quotes, escapes and blanks. Where a blank stood is remembered,
/// so that a word's ends are still known.
class SqueezedText {
 public:
  explicit SqueezedText(std::string_view text);

  const std::string& characters() const { return characters_; }
  bool empty() const { return characters_.empty(); }

  /// Characters of the text that `phrase` covers; 0 where it is not in it. Pieces of a phrase are separated
  /// by '*', which stands for up to 160 characters; '|' separates alternatives, of which the first that is
  /// found counts. A phrase begins and ends at a word's end, unless '*' stands there; a number is found
  /// whole. Blanks, quotes and case do not count.
  std::size_t find(std::string_view phrase) const;

 private:
  bool word_ends_between(std::size_t before, std::size_t after) const;
  std::size_t find_pieces(std::string_view phrase) const;

  std::string characters_;
  std::vector<bool> blank_before_;
};

/// The text without what belongs to the terminal or the log: escape sequences, and times, program names and
/// marks of quotation at the start of lines.
std::string without_log_prefixes(std::string_view text);

}  // namespace cuparity
