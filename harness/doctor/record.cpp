#include "harness/doctor/record.hpp"

#include <algorithm>

#include "environment/secret_name.hpp"
#include "harness/errors.hpp"
#include "harness/record/json_fields.hpp"
#include "harness/redact/fields.hpp"
#include "harness/redact/patterns.hpp"
#include "harness/redact/pseudonyms.hpp"
#include "harness/redact/this_machine.hpp"
#include "harness/whole_file.hpp"

namespace cuparity {
namespace {

bool is_name_character(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-'; }

/// `word` where it stands alone.
void replace_word(std::string& text, const std::string& word, const std::string& replacement) {
  for (std::size_t at = 0; (at = text.find(word, at)) != std::string::npos;) {
    const bool starts = at == 0 || !is_name_character(text[at - 1]);
    const bool ends = at + word.size() >= text.size() || !is_name_character(text[at + word.size()]);
    if (starts && ends) text.replace(at, word.size(), replacement);
    at += starts && ends ? replacement.size() : word.size();
  }
}

/// The folder below `homes`, whoever it belongs to.
void replace_home(std::string& text, const std::string& homes) {
  for (std::size_t at = 0; (at = text.find(homes, at)) != std::string::npos;) {
    at += homes.size();
    const std::size_t end = std::min(text.find_first_of("/:;,\"' \n", at), text.size());
    text.replace(at, end - at, "[user]");
  }
}

/// What a path is not: redact's own patterns, without its paths, which are the doctor's evidence.
std::string without_addresses(const std::string& text, Pseudonyms& pseudonyms) {
  std::string result;
  for (std::size_t at = 0; at < text.size();) {
    const auto match = match_at(text, at, {});
    if (!match || match->length == 0 || match->pattern == Pattern::path || match->pattern == Pattern::domain) {
      // A path is copied whole: what is inside it is no address.
      const std::size_t length = match && match->pattern == Pattern::path ? std::max<std::size_t>(match->length, 1) : 1;
      result += text.substr(at, length);
      at += length;
      continue;
    }
    const std::string matched = text.substr(at, match->length);
    switch (match->pattern) {
      case Pattern::uuid: result += pseudonyms.name(parse_uuid(matched)); break;
      case Pattern::email: result += "[user]@[host]"; break;
      case Pattern::url: result += matched.starts_with("unix:") || matched.starts_with("npipe:") ? matched : "[url]"; break;
      case Pattern::container_id: result += "[id]"; break;
      case Pattern::secret: result += environment::secret_placeholder; break;
      default: result += "[address]";
    }
    at += match->length;
  }
  return result;
}

class Cleaner {
 public:
  Cleaner() {
    for (const std::string& name : names_of_this_machine()) {
      if (name.size() >= 2 && !is_everyday_word(name)) names_.push_back(name);
    }
  }

  nlohmann::json clean(const nlohmann::json& json, bool version = false) {
    if (json.is_string()) return version ? json : nlohmann::json(clean_text(json));
    if (!json.is_structured()) return json;
    nlohmann::json result = json.is_array() ? nlohmann::json::array() : nlohmann::json::object();
    for (const auto& item : json.items()) {
      // Four numbers with dots are no address there.
      const bool is_version = item.key().find("version") != std::string::npos || version;
      if (json.is_array()) result.push_back(clean(item.value(), is_version));
      else if (field_kind(item.key()) == FieldKind::secret) result[item.key()] = environment::secret_placeholder;
      else result[item.key()] = clean(item.value(), is_version);
    }
    return result;
  }

 private:
  std::string clean_text(std::string text) {
    replace_home(text, "/home/");
    replace_home(text, "/Users/");
    for (const std::string& name : names_) replace_word(text, name, "[redacted]");
    return without_addresses(text, pseudonyms_);
  }

  std::vector<std::string> names_;
  Pseudonyms pseudonyms_;
};

}  // namespace

nlohmann::json record_of(const Probe& probe) { return Cleaner().clean(to_json(probe)); }

std::string record_text(const Probe& probe) {
  return record_of(probe).dump(1, ' ', false, nlohmann::json::error_handler_t::replace) + '\n';
}

void write_record(const Probe& probe, const std::string& file) {
  write_whole_file(file, record_text(probe), "choose another file for --record", AtLink::followed);
}

Probe read_record(const std::string& file) {
  const nlohmann::json json = read_json_file(file);
  try {
    return probe_from_json(json);
  } catch (const UsageError& error) {
    throw UsageError(file + ": " + error.what());
  }
}

}  // namespace cuparity
