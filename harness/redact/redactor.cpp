#include "harness/redact/redactor.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "harness/record/run_json.hpp"
#include "harness/redact/characters.hpp"
#include "harness/redact/fields.hpp"

namespace cuparity {
namespace {

constexpr const char* host = "[host]";
constexpr const char* user = "[user]";
constexpr const char* serial = "[serial]";

/// What a field of this kind shows instead of its value; nullptr: its value is looked through.
const char* replacement_of_field(FieldKind kind) {
  switch (kind) {
    case FieldKind::host:
      return host;
    case FieldKind::user:
      return user;
    case FieldKind::serial:
      return serial;
    case FieldKind::secret:
      return "[secret]";
    case FieldKind::container:
      return "[id]";
    case FieldKind::other:
    case FieldKind::version:
    case FieldKind::gpu:
      return nullptr;
  }
  return nullptr;
}

/// Fields whose values are names that must stay distinct.
bool names_a_series(const std::string& field) {
  return field == "benchmark" || field == "mode" || field == "modes" || field == "baseline_mode";
}

/// Longer words are no names of fields; it also keeps hostile texts from taking quadratic time.
constexpr std::size_t longest_name = 64;

struct Assignment {
  FieldKind kind = FieldKind::other;
  std::size_t value_begin = 0;
  std::size_t value_end = 0;
};

/// "name=value", "name: value" or "--name value" at `at`, if the name says that the value is to go.
Assignment assignment_at(std::string_view text, std::size_t at) {
  if (!is_letter(text[at]) || is_name_before(text, at) || before(text, at) == '_') return {};
  std::size_t end = at;
  const auto in_name = [](char c) { return is_alphanumeric(c) || c == '_' || c == '-'; };
  while (end < text.size() && end - at <= longest_name && in_name(text[end])) ++end;
  // "host name" and "serial number" are two words.
  for (const std::string_view second : {" name", " number", " no."}) {
    if (lower(text.substr(end, second.size())) == second) end += second.size();
  }
  const std::string_view name = text.substr(at, end - at);
  const FieldKind kind = field_kind(name);
  if (!replacement_of_field(kind)) return {};
  const bool flag = at >= 2 && text.substr(at - 2, 2) == "--";
  const bool prose = !flag && (name == "host" || name == "node" || name == "owner" || name == "login");
  std::size_t begin = end;
  while (character(text, begin) == ' ' && begin < text.size()) ++begin;
  const char sign = character(text, begin);
  if (sign == '=' || (sign == ':' && !prose)) {
    ++begin;
    while (character(text, begin) == ' ' && begin < text.size()) ++begin;
  } else if (!(begin > end && (flag || (kind == FieldKind::serial && is_digit(sign))))) {
    return {};
  }
  const char quote = character(text, begin);
  const bool quoted = quote == '"' || quote == '\'';
  std::size_t value_end = quoted ? text.find(quote, begin + 1) : begin;
  if (quoted && value_end == std::string_view::npos) value_end = begin + 1;
  if (quoted) ++begin;
  else {
    while (value_end < text.size() && !is_space(text[value_end]) &&
           std::string_view(",;\"')").find(text[value_end]) == std::string_view::npos) {
      ++value_end;
    }
  }
  return value_end > begin ? Assignment{kind, begin, value_end} : Assignment{};
}

/// The host of "registry.example.com:5000/team/image:tag"; empty where the image is from a public registry.
std::string_view registry_of(std::string_view image) {
  const std::size_t slash = image.find('/');
  if (slash == std::string_view::npos) return {};
  const std::string_view first = image.substr(0, slash);
  return first.find_first_of(".:") == std::string_view::npos ? std::string_view{}
                                                             : first.substr(0, first.find(':'));
}

constexpr std::string_view public_registries[] = {"docker.io", "nvcr.io", "ghcr.io", "quay.io", "gcr.io",
                                                  "mcr.microsoft.com", "registry.k8s.io", "public.ecr.aws",
                                                  "localhost"};

bool is_number(std::string_view word) {
  return std::all_of(word.begin(), word.end(), [](char c) { return is_digit(c) || c == '.'; });
}

}  // namespace

Redactor::Redactor(Pseudonyms& pseudonyms, const std::vector<std::string>& words) : pseudonyms_(&pseudonyms) {
  for (const std::string& word : words) learn_word(word, "[redacted]");
}

void Redactor::learn_word(std::string_view word, const std::string& replacement) {
  while (!word.empty() && is_space(word.front())) word.remove_prefix(1);
  while (!word.empty() && is_space(word.back())) word.remove_suffix(1);
  const bool meaningless = is_number(word) && replacement != serial;
  if (word.size() < 2 || meaningless || is_everyday_word(word) || word.front() == '[') return;
  words_.emplace(lower(word), replacement);
  word_lengths_.insert(word.size());
}

void Redactor::learn_text(const std::string& text, const std::string& field) {
  const FieldKind kind = field_kind(field);
  if (kind == FieldKind::host) {
    learn_word(text, host);
    // Of node17.cluster.example.com the first label alone, too.
    if (!is_number(text)) learn_word(std::string_view(text).substr(0, text.find('.')), host);
  } else if (kind == FieldKind::user) {
    learn_word(text, user);
  } else if (kind == FieldKind::serial && text.size() >= 5) {
    learn_word(text, serial);
  } else if (kind == FieldKind::gpu) {
    for (const Uuid& uuid : uuids_in(text)) pseudonyms_->name({UuidKind::gpu, uuid.digits});
  }
  if (field == "image") {
    const std::string_view registry = registry_of(text);
    if (std::find(std::begin(public_registries), std::end(public_registries), registry) ==
        std::end(public_registries)) {
      learn_word(registry, host);
    }
  }
  for (const std::string_view homes : {"/home/", "/Users/"}) {
    for (std::size_t at = 0; (at = text.find(homes, at)) != std::string::npos;) {
      at += homes.size();
      std::size_t end = at;
      while (end < text.size() && (is_name(text[end]) || std::string("._-").find(text[end]) != std::string::npos)) {
        ++end;
      }
      learn_word(std::string_view(text).substr(at, end - at), user);
    }
  }
  for (std::size_t at = 0; at < text.size(); ++at) {
    const Assignment assignment = assignment_at(text, at);
    const std::string_view value =
        std::string_view(text).substr(assignment.value_begin, assignment.value_end - assignment.value_begin);
    if (assignment.kind == FieldKind::host) learn_word(value, host);
    if (assignment.kind == FieldKind::user) learn_word(value.substr(0, value.find(':')), user);
    if (assignment.kind == FieldKind::serial && value.size() >= 5) learn_word(value, serial);
    at = std::max(at, assignment.value_end);
  }
}

void Redactor::learn(const nlohmann::json& json) {
  const auto learn_once = [&](const std::string& text, const std::string& field) {
    if (seen_[field].try_emplace(text).second) learn_text(text, field);
  };
  const auto visit = [&](const auto& self, const nlohmann::json& value, const std::string& field) -> void {
    if (value.is_string()) {
      learn_once(value.get_ref<const std::string&>(), field);
    } else if (value.is_array()) {
      for (const nlohmann::json& element : value) self(self, element, field);
    } else if (value.is_object()) {
      for (const auto& [key, member] : value.items()) {
        learn_once(key, "");
        self(self, member, key);
      }
    }
  };
  visit(visit, json, "");
  seen_.clear();
}

std::size_t Redactor::word_at(std::string_view text, std::size_t at, std::string& replacement) const {
  if (is_name_before(text, at)) return 0;
  for (const std::size_t length : word_lengths_) {
    if (at + length > text.size() || is_name_at(text, at + length)) continue;
    const auto found = words_.find(lower(text.substr(at, length)));
    if (found == words_.end()) continue;
    replacement = found->second;
    return length;
  }
  return 0;
}

std::string Redactor::replacement_of(const Match& match, std::string_view text) {
  switch (match.pattern) {
    case Pattern::url:
      return "[url]";
    case Pattern::email:
      return "[user]@[host]";
    case Pattern::domain:
      return host;
    case Pattern::path:
      return text.ends_with('/') && text.size() > 1 ? "[path]/" : "[path]";
    case Pattern::uuid:
      return pseudonyms_->name(parse_uuid(text));
    case Pattern::ip_address:
      return "[ip]";
    case Pattern::mac_address:
      return "[mac]";
    case Pattern::container_id:
      return "[id]";
  }
  return "";
}

std::string Redactor::redact_characters(std::string_view text, const TextContext& context) {
  std::string result;
  result.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const Assignment assignment = assignment_at(text, at);
    if (const char* replacement = replacement_of_field(assignment.kind)) {
      result += text.substr(at, assignment.value_begin - at);
      result += replacement;
      at = assignment.value_end;
      continue;
    }
    if (const std::optional<Match> match = match_at(text, at, context)) {
      result += replacement_of(*match, text.substr(at, match->length));
      at += match->length;
      continue;
    }
    std::string replacement;
    if (const std::size_t length = word_at(text, at, replacement)) {
      result += replacement;
      at += length;
      continue;
    }
    result += text[at++];
  }
  return result;
}

std::string Redactor::redact_text(const std::string& text, const std::string& field) {
  const FieldKind kind = field_kind(field);
  if (const char* replacement = replacement_of_field(kind)) return text.empty() ? "" : replacement;
  TextContext context;
  context.word = field == "command";
  context.version = kind == FieldKind::version &&
                    std::all_of(text.begin(), text.end(), [](char c) {
                      return is_alphanumeric(c) || std::string_view(".+-~").find(c) != std::string_view::npos;
                    });
  return redact_characters(text, context);
}

std::string Redactor::distinct_name(const std::string& original, const std::string& redacted) {
  std::string name = redacted;
  for (int number = 2; !names_.emplace(name, original).second && names_.at(name) != original; ++number) {
    name = fmt::format("{} ({})", redacted, number);
  }
  return name;
}

const std::string& Redactor::redacted(const std::string& text, const std::string& field) {
  const auto [known, is_new] = seen_[field].try_emplace(text);
  if (is_new) {
    known->second = redact_text(text, field);
    if (names_a_series(field)) known->second = distinct_name(text, known->second);
  }
  return known->second;
}

void Redactor::redact_members(nlohmann::json& object, const std::string& field) {
  // The keys of mode_reasons are modes.
  const std::string kind = field == "mode_reasons" ? "mode" : "";
  bool renamed = false;
  for (auto& [key, member] : object.items()) {
    redact_in_place(member, key);
    renamed = renamed || redacted(key, kind) != key;
  }
  if (!renamed) return;
  nlohmann::json result = nlohmann::json::object();
  for (auto& [key, member] : object.items()) {
    std::string name = redacted(key, kind);
    for (int number = 2; result.contains(name); ++number) name = fmt::format("{} ({})", name, number);
    result[name] = std::move(member);
  }
  object = std::move(result);
}

void Redactor::redact_in_place(nlohmann::json& json, const std::string& field) {
  if (json.is_string()) {
    std::string& text = json.get_ref<std::string&>();
    text = redacted(text, field);
  } else if (json.is_array()) {
    for (nlohmann::json& element : json) redact_in_place(element, field);
  } else if (json.is_object()) {
    redact_members(json, field);
  }
}

nlohmann::json Redactor::redact_json(const nlohmann::json& json) {
  nlohmann::json result = json;
  redact_in_place(result, "");
  return result;
}

nlohmann::json Redactor::redact_run(nlohmann::json run) {
  if (!run.is_object()) return run;
  run.erase("analysis");
  learn(run);
  names_.clear();
  if (run.contains("modes")) {
    nlohmann::json modes = run["modes"];
    redact_in_place(modes, "mode");  // numbered in their order
  }
  redact_in_place(run, "");
  return run;
}

Run Redactor::redact(const Run& run) { return run_from_json(redact_run(to_json(run))); }

}  // namespace cuparity
