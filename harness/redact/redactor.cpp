#include "harness/redact/redactor.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "environment/secret_name.hpp"
#include "harness/record/run_json.hpp"
#include "harness/redact/assignments.hpp"
#include "harness/redact/characters.hpp"

namespace cuparity {
namespace {

/// Fields whose values are names that must stay distinct.
bool names_a_series(const std::string& field) {
  return field == "benchmark" || field == "mode" || field == "modes" || field == "baseline_mode";
}

/// Fields that hold flags of an engine; elsewhere flags of one letter count behind its command.
bool holds_engine_flags(const std::string& field) {
  for (const char* name : {"command", "arguments", "args", "argv", "cmd"})
    if (field == name) return true;
  return names_a_series(field) || field.find("docker") != std::string::npos || field.find("podman") != std::string::npos;
}

std::vector<FlaggedPart> flagged_parts_of(const std::string& text, const std::string& field) {
  std::size_t begin = holds_engine_flags(field) ? 0 : std::string::npos;
  for (const char* command : {"docker:", "podman:", "docker run ", "podman run ", "docker create ", "podman create ",
                              "docker exec ", "podman exec ", "nerdctl run "})
    if (begin != 0) begin = std::min(begin, text.find(command));
  return flagged_parts(text, begin);
}

/// What a word of a command is, given the one before: value of an engine's flag, or of "--api-token" and the like.
struct FlaggedWord {
  std::vector<FlaggedPart> parts;
  FieldKind kind = FieldKind::other;
};

FlaggedWord flagged_word(const std::string& flag, const std::string& word, const std::string& field) {
  if (!flag.starts_with('-') || word.empty() || word.starts_with('-') || word.starts_with('[')) return {};
  if (const FlagValue value = value_behind(flag, holds_engine_flags(field)); value != FlagValue::none)
    return {flagged_parts_of_value(value, word), FieldKind::other};
  const bool alone = flag.starts_with("--") && flag.find_first_of("= ") == std::string::npos;
  return {{}, alone && !is_engine_flag(flag.substr(2)) ? field_kind(flag) : FieldKind::other};
}

TextContext context_of(const std::string& text, const std::string& field) {
  const FieldKind kind = field_kind(field);
  const auto all_of = [&](std::string_view signs) {
    const auto fits = [&](char c) { return is_alphanumeric(c) || signs.find(c) != std::string_view::npos; };
    return std::all_of(text.begin(), text.end(), fits);
  };
  TextContext context;
  context.word = field == "command";
  context.version = kind == FieldKind::version && all_of(".+-~");
  context.digest = kind == FieldKind::digest && all_of(".+-~:_");
  return context;
}

/// Of "node17, …" what stands before punctuation.
std::string_view without_punctuation(std::string_view value) {
  while (!value.empty() && std::string_view(".,:;)]}>").find(value.back()) != std::string_view::npos) value.remove_suffix(1);
  return value;
}

/// "alice-job", but neither "bench" nor "cuparity-run": it can be taken out elsewhere without harm.
bool is_distinctive(std::string_view name) {
  std::size_t parts = 0, ordinary = 0;
  for (std::size_t at = 0; at < name.size(); ++parts) {
    const std::size_t end = std::min(name.find_first_of("-_.", at), name.size());
    const std::string_view part = name.substr(at, end - at);
    ordinary += is_everyday_word(part) || std::all_of(part.begin(), part.end(), is_digit);
    at = end + 1;
  }
  return parts > ordinary && (parts > 1 || std::any_of(name.begin(), name.end(), is_digit));
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
  const bool meaningless = is_number(word) && replacement != placeholder_of(FieldKind::serial);
  if (word.size() < 2 || meaningless || is_everyday_word(word) || word.front() == '[') return;
  words_.emplace(lower(word), replacement);
  word_lengths_.insert(word.size());
}

void Redactor::learn_value(FieldKind kind, std::string_view value) {
  value = without_punctuation(value);
  if (kind == FieldKind::host) {
    learn_word(value, placeholder_of(kind));
    // Of node17.cluster.example.com the first label alone, too.
    const bool plain = std::all_of(value.begin(), value.end(), [](char c) { return is_name(c) || c == '-' || c == '.'; });
    if (plain && !is_number(value)) learn_word(value.substr(0, value.find('.')), placeholder_of(kind));
  } else if (kind == FieldKind::user) {
    learn_word(value.substr(0, value.find(':')), placeholder_of(kind));
  } else if (kind == FieldKind::serial && value.size() >= 5) {
    learn_word(value, placeholder_of(kind));
  }
}

void Redactor::learn_parts(const std::vector<FlaggedPart>& parts, std::string_view text) {
  for (const FlaggedPart& part : parts) {
    const std::string_view value = text.substr(part.begin, part.end - part.begin);
    const std::string_view name = value.substr(0, value.find_first_of(":=;"));
    if (part.kind == FlagValue::host) learn_value(FieldKind::host, name);
    if (part.kind == FlagValue::user) learn_value(FieldKind::user, name);
    if (part.kind == FlagValue::domain || (part.kind == FlagValue::container && is_distinctive(name)))
      learn_word(name, placeholder_of(part.kind));
  }
}

void Redactor::learn_homes(std::string_view text) {
  const auto in_name = [](char c) { return is_name(c) || c == '.' || c == '_' || c == '-'; };
  // Windows' with doubled backslashes, too, as in JSON.
  for (const std::string_view homes :
       {"/home/", "/Users/", R"(\home\)", R"(\home\\)", R"(\Users\)", R"(\Users\\)", R"(\users\)", R"(\users\\)"}) {
    for (std::size_t at = 0; (at = text.find(homes, at)) != std::string_view::npos;) {
      at += homes.size();
      learn_word(text.substr(at, run_length(text, at, in_name)), placeholder_of(FieldKind::user));
    }
  }
}

void Redactor::learn_text(const std::string& text, const std::string& field) {
  const FieldKind kind = field_kind(field);
  learn_value(kind, text);
  for (std::size_t at = 0; kind == FieldKind::gpu && at < text.size(); ++at) {
    const std::optional<Match> match = match_at(text, at, {});
    if (!match) continue;
    const std::string_view matched = std::string_view(text).substr(at, match->length);
    if (match->pattern == Pattern::uuid) pseudonyms_->name({UuidKind::gpu, parse_uuid(matched).digits});
    at += match->length - 1;
  }
  if (field == "image") {
    const std::string_view registry = registry_of(text);
    if (std::find(std::begin(public_registries), std::end(public_registries), registry) ==
        std::end(public_registries)) {
      learn_word(registry, placeholder_of(FieldKind::host));
    }
  }
  learn_homes(text);
  learn_parts(flagged_parts_of(text, field), text);
  for (std::size_t at = 0; at < text.size(); ++at) {
    const Assignment assignment = assignment_at(text, at);
    const std::size_t length = assignment.value_end - assignment.value_begin;
    learn_value(assignment.kind, std::string_view(text).substr(assignment.value_begin, length));
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
      const std::string none;
      const std::string* before = &none;
      for (const nlohmann::json& element : value) {
        self(self, element, field);
        const std::string& word = element.is_string() ? element.get_ref<const std::string&>() : none;
        const FlaggedWord flagged = flagged_word(*before, word, field);
        learn_parts(flagged.parts, word);
        learn_value(flagged.kind, word);
        before = &word;
      }
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
      return "[host]";
    case Pattern::path:
      return text.size() > 1 && (text.ends_with('/') || (text.ends_with('\\') && text.front() != '/')) ? "[path]/" : "[path]";
    case Pattern::uuid:
      return pseudonyms_->name(parse_uuid(text));
    case Pattern::ip_address:
      return "[ip]";
    case Pattern::mac_address:
      return "[mac]";
    case Pattern::container_id:
      return "[id]";
    case Pattern::secret:
      return environment::secret_placeholder;
  }
  return "";
}

std::string Redactor::redact_characters(std::string_view text, const TextContext& context,
                                        const std::vector<FlaggedPart>& parts) {
  std::string result;
  result.reserve(text.size());
  auto part = parts.begin();
  for (std::size_t at = 0; at < text.size();) {
    while (part != parts.end() && part->begin < at) ++part;
    if (part != parts.end() && part->begin == at) {
      result += placeholder_of(part->kind);
      at = part->end;
      continue;
    }
    const Assignment assignment = assignment_at(text, at);
    if (const char* replacement = placeholder_of(assignment.kind)) {
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
  if (const char* replacement = placeholder_of(field_kind(field))) return text.empty() ? "" : replacement;
  return redact_characters(text, context_of(text, field), flagged_parts_of(text, field));
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

void Redactor::redact_elements(nlohmann::json& array, const std::string& field) {
  std::string before;  // as it was
  for (nlohmann::json& element : array) {
    std::string word = element.is_string() ? element.get<std::string>() : "";
    const FlaggedWord flagged = flagged_word(before, word, field);
    if (const char* replacement = placeholder_of(flagged.kind)) element = replacement;
    else if (!flagged.parts.empty()) element = redact_characters(word, context_of(word, field), flagged.parts);
    else redact_in_place(element, field);
    before = std::move(word);
  }
}

void Redactor::redact_in_place(nlohmann::json& json, const std::string& field) {
  if (json.is_string()) {
    std::string& text = json.get_ref<std::string&>();
    text = redacted(text, field);
  } else if (json.is_array()) {
    redact_elements(json, field);
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
