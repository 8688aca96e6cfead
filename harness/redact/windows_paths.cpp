#include "harness/redact/windows_paths.hpp"

#include <algorithm>

#include "harness/redact/characters.hpp"

namespace cuparity {
namespace {

using std::size_t;
using std::string_view;

/// More than four in a row separate nothing.
size_t backslashes_at(string_view text, size_t at) {
  return run_length(text.substr(0, at + 5), at, [](char c) { return c == '\\'; });
}

bool in_folder_name(char c) { return is_name(c) || string_view("._-$~%{}+@#&=!^").find(c) != string_view::npos; }

/// "C:\" before a name; 0 where there is none. Behind a backslash it is a regular expression (\d:\d) but in \\?\C:\.
size_t drive_length(string_view text, size_t at) {
  if (before(text, at) == '\\' && (at < 2 || text[at - 2] != '?')) return 0;
  if (string_view("._]/").find(before(text, at)) != string_view::npos) return 0;
  if (!is_letter(text[at]) || is_name_before(text, at) || character(text, at + 1) != ':') return 0;
  const size_t backslashes = backslashes_at(text, at + 2);
  return (backslashes == 1 || backslashes == 2) && in_folder_name(character(text, at + 2 + backslashes)) ? 2 + backslashes : 0;
}

/// "\\server\share"; 0 where there is none. One-letter servers are regular expressions: \\d\w.
size_t share_length(string_view text, size_t at) {
  const char previous = before(text, at);
  const bool begins = text[at] == '\\' && previous != '\\' && previous != ']' && !is_name_before(text, at);
  const size_t lead = begins ? backslashes_at(text, at) : 0;
  if (lead != 2 && lead != 4) return 0;
  const size_t server = run_length(text, at + lead, in_folder_name);
  const size_t separator = at + lead + server;
  if (server < 2 || backslashes_at(text, separator) != lead / 2) return 0;
  const size_t share = run_length(text, separator + lead / 2, in_folder_name);
  return share == 0 ? 0 : lead + server + lead / 2 + share;
}

/// Where the next backslash of the path is, if the one or two words behind the space at `at` belong to it
/// ("C:\Program Files (x86)\x"); npos if they don't, as those between two paths.
size_t continued_at(string_view text, size_t at, size_t backslashes) {
  const auto in_word = [](char c) { return in_folder_name(c) || c == '(' || c == ')'; };
  size_t end = at;
  for (int word = 0; word < 2 && character(text, end) == ' '; ++word) {
    const size_t length = run_length(text, end + 1, in_word);
    if (length == 0) return string_view::npos;
    end += 1 + length;
  }
  const bool name = is_name_before(text, end) || static_cast<unsigned char>(before(text, end)) < 0x80;
  return end > at && name && backslashes_at(text, end) == backslashes ? end : string_view::npos;
}

/// Where the path ends whose root ends at `begin`. Are spaces its own, a flag behind it says that they were not.
size_t unquoted_end(string_view text, size_t begin, size_t backslashes, bool spaces) {
  size_t end = begin;
  while (end < text.size()) {
    const bool separates = text[end] == '\\' && in_folder_name(character(text, end + backslashes_at(text, end)));
    if (spaces && text[end] == ' ' && character(text, end + 1) == '-') return unquoted_end(text, begin, backslashes, false);
    if (separates || in_folder_name(text[end]) || (spaces && text[end] == ' ')) {
      ++end;
      continue;
    }
    const size_t continued = text[end] == ' ' ? continued_at(text, end, backslashes) : string_view::npos;
    if (continued == string_view::npos) break;
    end = continued;
  }
  while (end > begin && (text[end - 1] == '.' || text[end - 1] == ' ')) --end;  // of a sentence
  return end;
}

size_t windows_path_end(string_view text, size_t at, size_t root, bool word) {
  const char quote = before(text, at);
  if (quote == '"' || quote == '\'' || quote == '`') {
    if (const size_t end = text.find(quote, at + root); end != string_view::npos) return end;
  }
  const size_t backslashes = text[at] == '\\' ? backslashes_at(text, at) / 2 : backslashes_at(text, at + 2);
  return unquoted_end(text, at + root, backslashes, word);
}

}  // namespace

size_t windows_path_length(string_view text, size_t at, const TextContext& context) {
  const size_t drive = drive_length(text, at);
  const size_t root = drive > 0 ? drive : share_length(text, at);
  if (root == 0) return 0;
  string_view path = text.substr(at, windows_path_end(text, at, root, context.word) - at);
  if (path.ends_with('\\')) path.remove_suffix(1);  // that of an escaped quote behind it
  const size_t last = path.rfind('\\') + 1;
  const string_view name = path.substr(last);
  const bool one_name = !context.word || name.find(' ') == string_view::npos;
  const bool shown = last >= root && one_name && name.find('.', 1) != string_view::npos;
  return shown ? last : path.size();
}

}  // namespace cuparity
