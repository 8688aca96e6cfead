#include "harness/redact/patterns.hpp"

#include <algorithm>
#include <array>

#include "harness/redact/addresses.hpp"
#include "harness/redact/characters.hpp"
#include "harness/redact/fields.hpp"
#include "harness/redact/secrets_by_form.hpp"
#include "harness/redact/windows_paths.hpp"

namespace cuparity {
namespace {

using std::size_t;
using std::string_view;

template <size_t count>
bool contains(const std::array<string_view, count>& list, string_view value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

// ---- URL, e-mail, domain -------------------------------------------------------------------------------

constexpr size_t longest_scheme = 20;

size_t url_length(string_view text, size_t at) {
  if (is_alphanumeric(before(text, at)) || !is_letter(text[at])) return 0;
  const auto in_scheme = [](char c) { return is_alphanumeric(c) || c == '+' || c == '.' || c == '-'; };
  const size_t scheme = run_length(text.substr(0, at + longest_scheme), at, in_scheme);
  if (text.substr(at + scheme, 3) != "://") return 0;
  const size_t rest = run_length(text, at + scheme + 3, [](char c) {
    return !is_space(c) && string_view("\"'`<>)]}|").find(c) == string_view::npos;
  });
  return scheme + 3 + rest;
}

/// Dot-separated labels of letters, digits and dashes. 0 where there is but one.
size_t labels_length(string_view text, size_t at, string_view& last_label) {
  size_t end = at, dots = 0;
  while (true) {
    const size_t label = run_length(text, end, [](char c) { return is_alphanumeric(c) || c == '-'; });
    if (label == 0) break;
    last_label = text.substr(end, label);
    end += label;
    if (character(text, end) != '.' || !is_alphanumeric(character(text, end + 1))) break;
    ++dots;
    ++end;
  }
  return dots == 0 ? 0 : end - at;
}

// Without those that are endings of file names too (.so, .sh, .py, .in …).
constexpr std::array<string_view, 50> top_level_domains = {
    "com", "org", "net",   "edu", "gov", "mil",      "int",  "cloud",       "io",   "ai",
    "dev", "app", "tech",  "co",  "de",  "fr",       "uk",   "ch",          "nl",   "it",
    "es",  "se",  "dk",    "fi",  "cz",  "jp",       "cn",   "kr",          "tw",   "au",
    "nz",  "ca",  "us",    "br",  "eu",  "ru",       "sg",   "hk",          "ie",   "pt",
    "gr",  "lan", "local", "lab", "hpc", "internal", "corp", "localdomain", "home", "intranet"};

/// Names that everybody's software contains: registries, and the vendor of CDI devices.
constexpr std::array<string_view, 14> public_domains = {
    "nvidia.com",  "docker.io",         "nvcr.io",    "ghcr.io",        "quay.io",
    "gcr.io",      "mcr.microsoft.com", "github.com", "docs.nvidia.com", "registry.k8s.io",
    "docker.com",  "public.ecr.aws",    "debian.org", "ubuntu.com"};

size_t domain_length(string_view text, size_t at) {
  const char previous = before(text, at);
  if (!is_alphanumeric(text[at]) || is_name_before(text, at) || previous == '.' || previous == '-') return 0;
  string_view last;
  const size_t length = labels_length(text, at, last);
  if (length == 0 || character(text, at + length) == '_') return 0;
  if (!contains(top_level_domains, lower(last))) return 0;
  return contains(public_domains, lower(text.substr(at, length))) ? 0 : length;
}

size_t email_length(string_view text, size_t at) {
  const auto local = [](char c) { return is_name(c) || string_view("._%+-").find(c) != string_view::npos; };
  if (!is_name(text[at]) || local(before(text, at))) return 0;
  const size_t name = run_length(text, at, local);
  if (character(text, at + name) != '@') return 0;
  const size_t host = at + name + 1;
  if (const size_t address = host < text.size() ? ipv4_length(text, host) : 0; address > 0) {
    return name + 1 + address;
  }
  if (!is_letter(character(text, host))) return 0;
  const size_t length =
      run_length(text, host, [](char c) { return is_alphanumeric(c) || c == '-' || c == '.'; });
  if (text.substr(host, length) == "sha256" || text.substr(host, length) == "sha512") return 0;  // a digest
  return name + 1 + length;
}

// ---- Identifiers ---------------------------------------------------------------------------------------

constexpr std::array<size_t, 5> uuid_groups = {8, 4, 4, 4, 12};

/// 8-4-4-4-12 hexadecimal digits.
size_t bare_uuid_length(string_view text, size_t at) {
  size_t end = at;
  for (size_t group = 0; group < uuid_groups.size(); ++group) {
    if (group > 0 && character(text, end++) != '-') return 0;
    if (run_length(text, end, is_hexadecimal) < uuid_groups[group]) return 0;
    end += uuid_groups[group];
  }
  return is_hexadecimal(character(text, end)) ? 0 : end - at;
}

/// GPU-…, MIG-…, MIG-GPU-…: also cut short, as `device=GPU-8a1b2c3d` allows.
size_t prefixed_uuid_length(string_view text, size_t at) {
  size_t prefix = 0;
  for (const string_view name : {"MIG-GPU-", "MIG-", "GPU-"}) {
    if (prefix == 0 && text.substr(at, name.size()) == name) prefix = name.size();
  }
  if (prefix == 0) return 0;
  if (const size_t whole = bare_uuid_length(text, at + prefix)) return prefix + whole;
  size_t digits = run_length(text, at + prefix, [](char c) { return is_hexadecimal(c) || c == '-'; });
  while (digits > 0 && text[at + prefix + digits - 1] == '-') --digits;
  return digits >= 4 ? prefix + digits : 0;
}

/// "commit 7256575e9885", "md5: …", "sha256:…": what stands at `at` was made of something, and names no machine.
bool named_as_digest(string_view text, size_t at) {
  size_t end = at;
  while (end > 0 && at - end < 3 && string_view(" :=\"'").find(text[end - 1]) != string_view::npos) --end;
  size_t begin = end;
  const auto in_name = [](char c) { return is_alphanumeric(c) || c == '_' || c == '-'; };
  while (begin > 0 && end - begin < 32 && in_name(text[begin - 1])) --begin;
  return end < at && names_a_digest(text.substr(begin, end - begin));
}

/// 32 hexadecimal digits, as some programs print a UUID.
size_t undashed_uuid_length(string_view text, size_t at) {
  constexpr size_t length = 32;
  if (is_alphanumeric(before(text, at))) return 0;
  const bool whole = run_length(text.substr(0, at + length), at, is_hexadecimal) == length;
  if (!whole || is_alphanumeric(character(text, at + length))) return 0;
  return has_digit_and_letter(text.substr(at, length)) && !named_as_digest(text, at) ? length : 0;
}

/// With dashes, or with a prefix.
size_t marked_uuid_length(string_view text, size_t at) {
  if (is_alphanumeric(before(text, at))) return 0;
  if (const size_t prefixed = prefixed_uuid_length(text, at)) return prefixed;
  return bare_uuid_length(text, at);
}

/// 64 digits, or the 12 that engines print and give the container as its host name.
size_t container_id_length(string_view text, size_t at) {
  if (is_alphanumeric(before(text, at))) return 0;
  const auto small_hexadecimal = [](char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); };
  const size_t length = run_length(text, at, small_hexadecimal);
  if ((length != 64 && length != 12) || is_alphanumeric(character(text, at + length))) return 0;
  return has_digit_and_letter(text.substr(at, length)) && !named_as_digest(text, at) ? length : 0;
}

// ---- Paths ---------------------------------------------------------------------------------------------

/// Where a path that begins at `at` ends: at a quote if one is in front of it, else at white space and what
/// separates paths in lists and sentences.
size_t path_end(string_view text, size_t at, const TextContext& context) {
  const char quote = before(text, at);
  if (quote == '"' || quote == '\'' || quote == '`') {
    if (const size_t end = text.find(quote, at); end != string_view::npos) return end;
  }
  const bool spaces = context.word && text.find(" -", at) == string_view::npos;
  size_t end = at;
  for (; end < text.size(); ++end) {
    if (text[end] == '\\' && end + 1 < text.size()) {
      ++end;
      continue;
    }
    if (is_space(text[end]) && !(spaces && text[end] == ' ')) break;
    if (string_view("\"'`:,;()[]<>|").find(text[end]) != string_view::npos) break;
  }
  end = std::min(end, text.size());
  while (end > at && text[end - 1] == '.') --end;  // of a sentence
  return end;
}

bool may_begin_path(string_view text, size_t at) {
  const char previous = before(text, at);
  if (text[at] != '/') return !is_name_before(text, at) && string_view("._-]/").find(previous) == string_view::npos;
  if (is_letter(previous) && at >= 2 && text[at - 2] == '-') return is_space(before(text, at - 2));  // -v/home/…
  return !is_name_before(text, at) && string_view("._-])}/%~").find(previous) == string_view::npos;
}

/// The same on every machine, and what an access check is about.
bool is_device_node(string_view path) {
  return path.starts_with("/dev/nvidia") || path.starts_with("/dev/dri/") || path == "/dev/shm" ||
         path == "/dev/null";
}

constexpr std::array<string_view, 9> system_folders = {"/usr/", "/lib/",  "/lib64/", "/dev/", "/proc/",
                                                       "/sys/", "/etc/", "/bin/",   "/sbin/"};

/// A file's name says what it is; a folder's name at the end may be a person's.
bool may_show_last(string_view path, string_view last) {
  if (last.find('.', 1) != string_view::npos) return true;
  return std::any_of(system_folders.begin(), system_folders.end(),
                     [&](string_view folder) { return path.starts_with(folder); });
}

size_t path_length(string_view text, size_t at, const TextContext& context) {
  const bool from_home = text[at] == '~';
  const bool from_parent = text.substr(at, 3) == "../";
  if ((text[at] != '/' && !from_home && !from_parent) || !may_begin_path(text, at)) return 0;
  if (text[at] == '/') {
    const char next = character(text, at + run_length(text, at, [](char c) { return c == '/'; }));
    if (!is_name(next) && string_view("._${\\").find(next) == string_view::npos) return 0;
  }
  const string_view path = text.substr(at, path_end(text, at, context) - at);
  if (from_home && path.find('/') == string_view::npos) return 0;
  if (is_device_node(path)) return 0;
  const size_t slash = path.rfind('/');
  if (slash == 0) {
    // "(/manual_time|/iterations:" is a regular expression.
    const char previous = before(text, at);
    return previous == '(' || previous == '|' ? 0 : path.size();
  }
  const string_view last = path.substr(slash + 1);
  // In a word of a command spaces were taken along: what then stands last need not be a file's name alone.
  const bool one_name = !context.word || last.find(' ') == string_view::npos;
  return !last.empty() && one_name && may_show_last(path, last) ? slash + 1 : path.size();
}

}  // namespace

std::optional<Match> match_at(string_view text, size_t at, const TextContext& context) {
  const char c = text[at];
  if (c == '/' || c == '~' || c == '.') {
    if (const size_t length = path_length(text, at, context)) return Match{Pattern::path, length};
    return std::nullopt;
  }
  if (c == '\\' || is_letter(c)) {
    if (const size_t length = windows_path_length(text, at, context)) return Match{Pattern::path, length};
  }
  if (!is_name(c) && c != ':') return std::nullopt;
  if (const size_t length = url_length(text, at)) return Match{Pattern::url, length};
  if (const size_t length = secret_length(text, at)) return Match{Pattern::secret, length};
  if (const size_t length = marked_uuid_length(text, at)) return Match{Pattern::uuid, length};
  if (const size_t length = email_length(text, at)) return Match{Pattern::email, length};
  if (const size_t length = context.digest ? 0 : undashed_uuid_length(text, at)) return Match{Pattern::uuid, length};
  if (const std::optional<Match> address = address_at(text, at, context)) return address;
  if (const size_t length = context.digest ? 0 : container_id_length(text, at)) return Match{Pattern::container_id, length};
  if (const size_t length = domain_length(text, at)) return Match{Pattern::domain, length};
  return std::nullopt;
}

Uuid parse_uuid(string_view text) {
  for (const string_view prefix : {"MIG-GPU-", "MIG-"}) {
    if (text.starts_with(prefix)) return {UuidKind::mig, text.substr(prefix.size())};
  }
  if (text.starts_with("GPU-")) return {UuidKind::gpu, text.substr(4)};
  return {UuidKind::bare, text};
}

std::vector<Uuid> uuids_in(string_view text) {
  std::vector<Uuid> uuids;
  // A UUID's first dash follows its prefix or its first eight digits: dashes are rare and quickly found.
  size_t end = 0;  // of the one before
  for (size_t dash = text.find('-'); dash != string_view::npos; dash = text.find('-', std::max(dash + 1, end))) {
    size_t at = string_view::npos;
    if (dash >= end + 3 && (text.substr(dash - 3, 3) == "GPU" || text.substr(dash - 3, 3) == "MIG")) at = dash - 3;
    else if (dash >= end + uuid_groups[0] && character(text, dash + 5) == '-') at = dash - uuid_groups[0];
    const size_t length = at == string_view::npos ? 0 : marked_uuid_length(text, at);
    if (length == 0) continue;
    uuids.push_back(parse_uuid(text.substr(at, length)));
    end = at + length;
  }
  return uuids;
}

}  // namespace cuparity
