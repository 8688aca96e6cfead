#include "harness/redact/secrets_by_form.hpp"

#include <algorithm>
#include <array>

#include "harness/redact/characters.hpp"

namespace cuparity {
namespace {

using std::size_t;
using std::string_view;

struct TokenForm {
  string_view prefix;
  size_t shortest;   ///< behind the prefix
  string_view also;  ///< what may stand there besides letters and digits
};

/// Longer prefixes of the same beginning are not needed: what follows is taken along.
constexpr auto token_forms = std::to_array<TokenForm>({
    {"ghp_", 10, ""},          {"gho_", 10, ""},     {"ghu_", 10, ""},      {"ghs_", 10, ""},   {"ghr_", 10, ""},
    {"github_pat_", 10, "_"},  {"glpat-", 10, "-_."}, {"dckr_pat_", 10, "-_"}, {"nvapi-", 10, "-_"}, {"hf_", 20, ""},
    {"sk-", 17, "-_"},         {"xoxa-", 10, "-"},   {"xoxb-", 10, "-"},    {"xoxe-", 10, "-."}, {"xoxp-", 10, "-"},
    {"xoxr-", 10, "-"},        {"xoxs-", 10, "-"}});

size_t service_token_length(string_view text, size_t at) {
  for (const TokenForm& form : token_forms) {
    if (text.substr(at, form.prefix.size()) != form.prefix) continue;
    const auto in_token = [&](char c) { return is_alphanumeric(c) || form.also.find(c) != string_view::npos; };
    size_t rest = run_length(text, at + form.prefix.size(), in_token);
    while (rest > 0 && text[at + form.prefix.size() + rest - 1] == '.') --rest;  // of a sentence
    return rest >= form.shortest ? form.prefix.size() + rest : 0;
  }
  return 0;
}

/// Of Amazon: AKIA or ASIA and sixteen capitals and digits.
size_t amazon_key_length(string_view text, size_t at) {
  constexpr size_t length = 20;
  if (text.substr(at, 4) != "AKIA" && text.substr(at, 4) != "ASIA") return 0;
  const auto in_key = [](char c) { return is_digit(c) || (c >= 'A' && c <= 'Z'); };
  const bool whole = run_length(text.substr(0, at + length), at, in_key) == length && !is_name_at(text, at + length);
  return whole ? length : 0;
}

/// A JSON Web Token: two JSON objects and a signature in base64.
size_t web_token_length(string_view text, size_t at) {
  if (text.substr(at, 3) != "eyJ" || before(text, at) == '.') return 0;
  const auto in_part = [](char c) { return is_alphanumeric(c) || c == '-' || c == '_'; };
  const size_t dot = at + run_length(text, at, in_part);
  if (text.substr(dot, 4) != ".eyJ") return 0;
  const size_t end = dot + 1 + run_length(text, dot + 1, in_part);
  const size_t signature = character(text, end) == '.' ? run_length(text, end + 1, in_part) : 0;
  return (signature > 0 ? end + 1 + signature : end) - at;
}

/// A digit, a "=" at the end or a capital behind a small letter: no word of a sentence.
bool looks_encoded(string_view word) {
  for (size_t i = 1; i < word.size(); ++i)
    if (is_digit(word[i]) || (is_letter(word[i]) && lower(word[i]) != word[i] && lower(word[i - 1]) == word[i - 1])) return true;
  return word.ends_with('=') || (!word.empty() && is_digit(word[0]));
}

/// What follows "Bearer " and "Basic " in a header.
size_t header_token_length(string_view text, size_t at) {
  if (before(text, at) != ' ') return 0;
  const string_view ahead = text.substr(0, at);
  const bool basic = ahead.ends_with("Basic "), bearer = lower(ahead.substr(at - std::min<size_t>(at, 7))) == "bearer ";
  if (!basic && !bearer) return 0;
  const auto in_token = [](char c) { return is_alphanumeric(c) || string_view("-._~+/=").find(c) != string_view::npos; };
  size_t length = run_length(text, at, in_token);
  while (length > 0 && text[at + length - 1] == '.') --length;
  const bool encoded = looks_encoded(text.substr(at, length));
  if (basic) return encoded && length >= 8 && length % 4 == 0 ? length : 0;  // base64
  return (encoded && length >= 6) || length >= 16 ? length : 0;
}

}  // namespace

size_t secret_length(string_view text, size_t at) {
  const char previous = before(text, at);
  if (!is_alphanumeric(text[at]) || is_name_before(text, at) || previous == '_' || previous == '-') return 0;
  if (const size_t length = service_token_length(text, at)) return length;
  if (const size_t length = amazon_key_length(text, at)) return length;
  if (const size_t length = web_token_length(text, at)) return length;
  return header_token_length(text, at);
}

}  // namespace cuparity
