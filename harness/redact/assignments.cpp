#include "harness/redact/assignments.hpp"

#include <algorithm>

#include "environment/secret_name.hpp"
#include "harness/redact/characters.hpp"
#include "harness/redact/engine_flags.hpp"

namespace cuparity {
namespace {

/// Longer words are no names of fields; it also keeps hostile texts from taking quadratic time.
constexpr std::size_t longest_name = 64;

/// Where the name that begins at `at` ends: "host name" and "serial number" are two words, "S/N" is one.
std::size_t name_end(std::string_view text, std::size_t at) {
  if (lower(text.substr(at, 3)) == "s/n" && !is_name_at(text, at + 3)) return at + 3;
  const auto in_name = [](char c) { return is_alphanumeric(c) || c == '_' || c == '-'; };
  std::size_t end = at + run_length(text.substr(0, at + longest_name + 1), at, in_name);
  for (const std::string_view second : {" name", " number", " no."}) {
    if (lower(text.substr(end, second.size())) == second) end += second.size();
  }
  return end;
}

std::size_t skip_spaces(std::string_view text, std::size_t at) {
  return at + run_length(text, at, [](char c) { return c == ' '; });
}

std::size_t word_length(std::string_view text, std::size_t at) {
  return run_length(text, at, [](char c) { return !is_space(c) && std::string_view(",;\"')").find(c) == std::string_view::npos; });
}

/// "Bearer abc" is one value of two words.
std::size_t authorization_length(std::string_view text, std::size_t at) {
  const std::size_t length = word_length(text, at);
  const std::string_view scheme = text.substr(at, length);
  const bool two_words = std::all_of(scheme.begin(), scheme.end(), [](char c) { return is_alphanumeric(c) || c == '-'; });
  const std::size_t second = skip_spaces(text, at + length);
  return two_words && second > at + length ? second + word_length(text, second) - at : length;
}

/// Short names mean other things, too ("S/N: 12 dB", "mac: yes"): then the value has to look like one.
bool may_be_value(FieldKind kind, std::string_view name, std::string_view value) {
  if (kind == FieldKind::mac) return std::count_if(value.begin(), value.end(), is_hexadecimal) >= 12;
  if (kind != FieldKind::serial || lower(name).find("serial") != std::string::npos) return true;
  return value.size() >= 5 && std::any_of(value.begin(), value.end(), is_digit);
}

}  // namespace

const char* placeholder_of(FieldKind kind) {
  switch (kind) {
    case FieldKind::host:
      return "[host]";
    case FieldKind::user:
      return "[user]";
    case FieldKind::serial:
      return "[serial]";
    case FieldKind::secret:
      return environment::secret_placeholder;
    case FieldKind::container:
      return "[id]";
    case FieldKind::mac:
      return "[mac]";
    case FieldKind::other:
    case FieldKind::digest:
    case FieldKind::version:
    case FieldKind::gpu:
      return nullptr;
  }
  return nullptr;
}

Assignment assignment_at(std::string_view text, std::size_t at) {
  if (!is_letter(text[at]) || is_name_before(text, at) || before(text, at) == '_') return {};
  const std::size_t end = name_end(text, at);
  const std::string_view name = text.substr(at, end - at);
  const FieldKind kind = field_kind(name);
  if (placeholder_of(kind) == nullptr) return {};
  const bool flag = at >= 2 && text.substr(at - 2, 2) == "--";
  if (flag && is_engine_flag(name)) return {};  // flagged_parts() knows what of its value is to go
  const bool prose = !flag && (name == "host" || name == "node" || name == "owner" || name == "login" || name == "account");
  std::size_t begin = skip_spaces(text, end);
  const char sign = character(text, begin);
  const bool signed_value = sign == '=' || (sign == ':' && !prose);
  if (signed_value) begin = skip_spaces(text, begin + 1);
  else if (!(begin > end && (flag || (kind == FieldKind::serial && is_digit(sign))))) return {};
  const char quote = character(text, begin);
  const bool quoted = quote == '"' || quote == '\'';
  std::size_t value_end = quoted ? text.find(quote, begin + 1) : std::string_view::npos;
  if (quoted) ++begin;
  if (value_end == std::string_view::npos)
    value_end = begin + (lower(name).ends_with("authorization") ? authorization_length(text, begin) : word_length(text, begin));
  const std::string_view value = text.substr(begin, value_end - begin);
  const bool found = !value.empty() && may_be_value(kind, name, value) && (signed_value || !is_word_of_sentences(value));
  return found ? Assignment{kind, begin, value_end} : Assignment{};
}

}  // namespace cuparity
