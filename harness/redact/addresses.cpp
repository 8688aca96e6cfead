#include "harness/redact/addresses.hpp"

#include <algorithm>

#include "harness/redact/characters.hpp"

namespace cuparity {
namespace {

using std::size_t;
using std::string_view;

/// Groups of hexadecimal digits between colons: an IPv6 address, or a MAC address.
std::optional<Match> colon_address(string_view text, size_t at) {
  size_t length = run_length(text, at, [](char c) { return is_hexadecimal(c) || c == ':'; });
  const string_view run = text.substr(at, length);
  if (run.ends_with(':') && !run.ends_with("::")) --length;  // of the sentence
  if (is_name_at(text, at + length)) return std::nullopt;
  const string_view address = text.substr(at, length);
  size_t groups = 0, longest = 0, pairs = 0, start = 0;
  for (size_t i = 0; i <= length; ++i) {
    if (i < length && address[i] != ':') continue;
    const size_t size = i - start;
    groups += size > 0;
    pairs += size == 2;
    longest = std::max(longest, size);
    start = i + 1;
  }
  const bool shortened = address.find("::") != string_view::npos;
  const bool digits = std::any_of(address.begin(), address.end(), is_digit);
  // Six pairs; InfiniBand has 20.
  if ((groups == 6 || groups == 20) && pairs == groups && length == 3 * groups - 1) return Match{Pattern::mac_address, length};
  if (digits && longest <= 4 && (groups == 8 || (shortened && groups < 8))) {
    return Match{Pattern::ip_address, length};
  }
  return std::nullopt;
}

/// `count` groups of `size` hexadecimal digits each between separators, and no more of them.
size_t groups_length(string_view text, size_t at, size_t count, size_t size, char separator) {
  size_t end = at;
  for (size_t group = 0; group < count; ++group) {
    if (group > 0 && character(text, end++) != separator) return 0;
    if (run_length(text.substr(0, end + size), end, is_hexadecimal) != size) return 0;
    end += size;
  }
  if (is_name_at(text, end) || character(text, end) == '_' || character(text, end) == '-') return 0;
  return character(text, end) == '.' && is_alphanumeric(character(text, end + 1)) ? 0 : end - at;
}

/// "26-11-28-10-15-30" may be a time: year or day, month, day or year, then hours, minutes and seconds.
bool may_be_a_time(string_view pairs) {
  if (std::any_of(pairs.begin(), pairs.end(), is_letter)) return false;
  const auto pair = [&](size_t index) { return (pairs[3 * index] - '0') * 10 + (pairs[3 * index + 1] - '0'); };
  return pair(1) >= 1 && pair(1) <= 12 && pair(3) < 24 && pair(4) < 60 && pair(5) < 60;
}

/// 02-42-ac-11-00-02
size_t dashed_mac_length(string_view text, size_t at) {
  if (before(text, at) == '-') return 0;
  const size_t length = groups_length(text, at, 6, 2, '-');
  return length > 0 && !may_be_a_time(text.substr(at, length)) ? length : 0;
}

/// 0242.ac11.0002; a version number has no letters there.
size_t dotted_mac_length(string_view text, size_t at) {
  if (before(text, at) == '-') return 0;
  const size_t length = groups_length(text, at, 3, 4, '.');
  return has_digit_and_letter(text.substr(at, length)) ? length : 0;
}

}  // namespace

size_t ipv4_length(string_view text, size_t at) {
  size_t end = at;
  for (int part = 0; part < 4; ++part) {
    if (part > 0 && character(text, end++) != '.') return 0;
    const size_t digits = run_length(text, end, is_digit);
    if (digits == 0 || digits > 3 || (digits > 1 && text[end] == '0')) return 0;
    int value = 0;
    for (size_t i = 0; i < digits; ++i) value = value * 10 + (text[end + i] - '0');
    if (value > 255) return 0;
    end += digits;
  }
  if (is_name_at(text, end)) return 0;
  if (character(text, end) == '.' && is_digit(character(text, end + 1))) return 0;
  return end - at;
}

std::optional<Match> address_at(string_view text, size_t at, const TextContext& context) {
  const char previous = before(text, at);
  if (is_name_before(text, at) || previous == '.' || previous == ':' || previous == '_') {
    // "[::1]:80" begins with a bracket; "host:10.0.0.1" is an address after a colon.
    if (previous != ':' || !is_digit(text[at])) return std::nullopt;
  }
  if (is_digit(text[at]) && !context.version) {
    if (const size_t length = ipv4_length(text, at)) return Match{Pattern::ip_address, length};
  }
  if (previous == ':' || !(is_hexadecimal(text[at]) || text[at] == ':')) return std::nullopt;
  if (const size_t length = dashed_mac_length(text, at)) return Match{Pattern::mac_address, length};
  if (const size_t length = context.version ? 0 : dotted_mac_length(text, at)) return Match{Pattern::mac_address, length};
  return colon_address(text, at);
}

}  // namespace cuparity
