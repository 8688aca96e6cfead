#include <array>
#include <regex>

#include "environment/text_file.hpp"
#include "harness/doctor/text/squeezed_text.hpp"

namespace cuparity {
namespace {

/// ESC [ … letter, ESC ] … BEL, and both as a log writes them down: \x1b[31m, \u001b[0m, \033[1m.
std::string without_escape_sequences(std::string_view text) {
  static constexpr std::array<std::string_view, 6> starts = {"\x1b",    "\\x1b",   "\\x1B",
                                                             "\\u001b", "\\u001B", "\\033"};
  std::string plain;
  plain.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    std::size_t length = 0;
    for (const std::string_view start : starts) {
      if (text.substr(at, start.size()) == start) length = start.size();
    }
    if (length == 0) {
      plain += text[at++];
      continue;
    }
    at += length;
    const char kind = at < text.size() ? text[at] : '\0';
    if (kind == '[') {
      ++at;
      while (at < text.size() && (text[at] < '@' || text[at] > '~') && text[at] != '\n') ++at;
      if (at < text.size() && text[at] != '\n') ++at;
    } else if (kind == ']') {
      while (at < text.size() && text[at] != '\a' && text[at] != '\x1b' && text[at] != '\n') ++at;
      if (at < text.size() && text[at] == '\a') ++at;
    }
  }
  return plain;
}

/// What logs, terminals and mails put before a line. Matched at the start of the line alone.
const std::vector<std::regex>& prefixes() {
  static const std::vector<std::regex> all = [] {
    std::vector<std::regex> patterns;
    for (const char* pattern :
         {R"(\s+)", R"(>+\s)", R"(\xe2\x94\x82\s?)",
          R"([\[(]?\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d([.,]\d+)?\s?(Z|UTC|[+-]\d\d:?\d\d)?[\])]?[ :]?)",
          R"([A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d [\w.-]{1,64} [\w./@-]{1,64}(\[\d+\])?: )",
          R"([A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d )", R"(\[\d\d:\d\d:\d\d\] )", R"(\d\d:\d\d:\d\d([.,]\d+)? )",
          R"(\[ *\d+\.\d+\] )", R"([IWEF]\d{4} \d\d:\d\d:\d\d\.\d+ +\d+ [\w.-]+:\d+\] )",
          R"([\w.-]{1,64} +\| ?)", R"(#\d{1,4} (\d+\.\d+ )?)",
          R"([\w.-]{1,64} (dockerd|containerd|podman|kubelet|systemd)(\[\d+\])?: )",
          R"(\[?(ERROR|WARN|WARNING|INFO|FATAL|DEBUG)\]?:? )"}) {
      patterns.emplace_back(pattern, std::regex::ECMAScript | std::regex::optimize);
    }
    return patterns;
  }();
  return all;
}

/// Bytes of `line` that are prefixes; one may follow another.
std::size_t prefix_length(std::string_view line) {
  constexpr std::size_t longest = 200;
  std::size_t length = 0;
  for (int times = 0; times < 6; ++times) {
    bool found = false;
    for (const std::regex& pattern : prefixes()) {
      const std::string_view rest = line.substr(length, longest);
      std::match_results<std::string_view::const_iterator> match;
      if (!std::regex_search(rest.begin(), rest.end(), match, pattern,
                             std::regex_constants::match_continuous) ||
          match.length() == 0) {
        continue;
      }
      length += static_cast<std::size_t>(match.length());
      found = true;
    }
    if (!found) break;
  }
  return length;
}

}  // namespace

std::string without_log_prefixes(std::string_view text) {
  const std::string plain = without_escape_sequences(text);
  std::string result;
  result.reserve(plain.size());
  for (const std::string& line : environment::split(plain, '\n')) {
    result += line.substr(prefix_length(line));
    result += '\n';
  }
  return result;
}

}  // namespace cuparity
