// Text from outside (benchmark names, reasons, environment values) made safe to show. Whoever chose a name
// must not be able to move the cursor, reverse the line or fill the screen.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace cuparity {

/// Valid UTF-8 on one line: control characters, bidirectional overrides and invisible marks become U+FFFD,
/// line ends and tabs a space, invalid bytes U+FFFD.
std::string clean_text(std::string_view text);

/// clean_text(), and where it is longer than `columns` its middle becomes "…".
std::string shortened(std::string_view text, std::size_t columns);

/// The same of values that stand side by side: those that are longer lose first what the longer ones begin and end with alike,
/// in whole items (of a list or path), so that what differs is seen.
std::vector<std::string> shortened_to_differ(const std::vector<std::string>& values, std::size_t columns);

/// Columns that valid UTF-8 takes on a terminal: one a code point, none for combining marks, two for East
/// Asian wide ones.
std::size_t display_width(std::string_view text);

/// clean_text() for Markdown: it neither ends a table cell nor becomes markup, HTML or a mention. An address or #123 links.
std::string markdown_text(std::string_view text);

/// The same, of which nothing links.
std::string markdown_text_without_links(std::string_view text);

/// shortened() in a code span, for names and commands; a backtick becomes '. A bar ends a table's cell even inside a code span
/// unless it is escaped there, and elsewhere the escape would show.
std::string markdown_code(std::string_view text, std::size_t columns, bool in_table = false);

/// The items as markdown_text() below their title, which is Markdown; empty where there are none.
std::string markdown_list(const std::string& title, const std::vector<std::string>& items);

/// As one would type it in a POSIX shell.
std::string shell_quoted(const std::vector<std::string>& words);

}  // namespace cuparity
