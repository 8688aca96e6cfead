#include "harness/redact/engine_flags.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "environment/secret_name.hpp"
#include "harness/redact/characters.hpp"
#include "harness/redact/fields.hpp"

namespace cuparity {
namespace {

using std::size_t;
using std::string_view;

struct EngineFlag {
  string_view name;
  FlagValue value;
};

constexpr auto long_flags = std::to_array<EngineFlag>({
    {"hostname", FlagValue::host},          {"add-host", FlagValue::host},       {"network-alias", FlagValue::host},
    {"net-alias", FlagValue::host},         {"domainname", FlagValue::domain},   {"dns-search", FlagValue::domain},
    {"user", FlagValue::user},              {"hostuser", FlagValue::user},       {"name", FlagValue::container},
    {"volumes-from", FlagValue::container}, {"link", FlagValue::container},      {"pod", FlagValue::container},
    {"network", FlagValue::network},        {"net", FlagValue::network},         {"ipc", FlagValue::joined},
    {"pid", FlagValue::joined},             {"uts", FlagValue::joined},          {"userns", FlagValue::joined},
    {"cgroupns", FlagValue::joined},        {"volume", FlagValue::volume},       {"mount", FlagValue::mount},
    {"label", FlagValue::label},            {"annotation", FlagValue::label},    {"mac-address", FlagValue::mac},
    {"creds", FlagValue::secret}});

FlagValue value_of_letter(char letter) {
  switch (letter) {
    case 'h': return FlagValue::host;
    case 'u': return FlagValue::user;
    case 'v': return FlagValue::volume;
    case 'l': return FlagValue::label;
    default: return FlagValue::none;
  }
}

/// Flags of one letter without a value, which may stand in front of one with a value: -itu NAME.
constexpr string_view letters_without_value = "ditP";

FlagValue value_of_name(string_view name) {
  const auto found = std::find_if(long_flags.begin(), long_flags.end(), [&](const EngineFlag& flag) { return flag.name == name; });
  return found == long_flags.end() ? FlagValue::none : found->value;
}

struct Flag {
  FlagValue value = FlagValue::none;
  size_t end = 0;         ///< of its name
  bool attached = false;  ///< -hNAME: the value follows without a separator
};

Flag flag_at(string_view text, size_t at, bool short_flags) {
  if (is_name_before(text, at) || string_view("-_./\\])").find(before(text, at)) != string_view::npos) return {};
  if (character(text, at + 1) == '-') {
    constexpr size_t longest = 24;
    const auto in_name = [](char c) { return is_alphanumeric(c) || c == '-'; };
    const size_t length = run_length(text.substr(0, at + 2 + longest), at + 2, in_name);
    return {value_of_name(text.substr(at + 2, length)), at + 2 + length, false};
  }
  if (!short_flags || text.substr(at, 6) == "-uuid-") return {};  // a pseudonym behind a dash is no -u
  const auto no_value = [](char c) { return letters_without_value.find(c) != string_view::npos; };
  const size_t letter = at + 1 + run_length(text, at + 1, no_value);
  const char next = character(text, letter + 1);
  return {value_of_letter(character(text, letter)), letter + 1, letter + 1 < text.size() && !is_space(next) && next != '='};
}

/// Where a word of a shell ends that begins at `at`: quotes behind a "=" are its own.
size_t word_end(string_view text, size_t at) {
  size_t end = at;
  while (end < text.size() && !is_space(text[end]) && string_view("`|<>()[]{}").find(text[end]) == string_view::npos) {
    const char c = text[end];
    if (c == '"' || c == '\'') {
      const size_t closing = before(text, end) == '=' && end > at ? text.find(c, end + 1) : string_view::npos;
      if (closing == string_view::npos) break;
      end = closing;
    }
    ++end;
  }
  while (end > at && string_view(",.;:").find(text[end - 1]) != string_view::npos) --end;  // of a sentence
  return end;
}

struct Range {
  size_t begin = 0;
  size_t end = 0;
};

/// The value that follows the flag; empty where none does.
Range value_range(string_view text, const Flag& flag) {
  size_t begin = flag.end;
  bool spaced = false;
  if (!flag.attached) {
    const size_t spaces = run_length(text, begin, is_space);
    const char sign = character(text, begin + spaces);
    begin += spaces;
    spaced = sign != '=' && sign != ':';
    if (spaced && spaces == 0) return {};
    if (!spaced) begin += 1 + run_length(text, begin + 1, is_space);
  }
  if (begin >= text.size() || text[begin] == '-') return {};
  const char quote = text[begin];
  if (quote == '"' || quote == '\'') {
    const size_t closing = text.find(quote, begin + 1);
    if (closing != string_view::npos) return {begin + 1, closing};
    ++begin;
  }
  const size_t end = word_end(text, begin);
  if (spaced && is_word_of_sentences(text.substr(begin, end - begin))) return {};
  return {begin, end};
}

// ---- Parts of values -----------------------------------------------------------------------------------

constexpr auto everybodys_networks =
    std::to_array<string_view>({"bridge", "host", "none", "default", "slirp4netns", "pasta", "private", "ns", "container"});

bool is_everybodys_network(string_view name) {
  return std::find(everybodys_networks.begin(), everybodys_networks.end(), name) != everybodys_networks.end();
}

/// Neither a path nor a variable, and not what redaction left.
bool begins_name(string_view value) { return is_name_at(value, 0); }

/// The same, and no drive of Windows ("C:\…").
bool begins_volume_name(string_view value) { return begins_name(value) && character(value, 1) != ':'; }

/// Collects the parts of one value.
class Parts {
 public:
  Parts(string_view text, std::vector<FlaggedPart>& parts) : text_(text), parts_(parts) {}

  void add(FlagValue kind, Range range) {
    const string_view value = text_.substr(range.begin, range.end - range.begin);
    switch (kind) {
      case FlagValue::none: return;
      case FlagValue::user: return is_nobody(value) ? void() : put(kind, range);
      case FlagValue::volume: return add_volume(value, range.begin);
      case FlagValue::mount: return add_mount(value, range.begin);
      case FlagValue::joined:
      case FlagValue::network: return add_joined(kind, value, range);
      case FlagValue::label: return add_label(value, range);
      default: return put(kind, range);
    }
  }

 private:
  void put(FlagValue kind, Range range) {
    if (range.begin < range.end && begins_name(text_.substr(range.begin))) parts_.push_back({range.begin, range.end, kind});
  }

  void add_volume(string_view value, size_t begin) {
    const size_t colon = value.find(':');
    if (colon == string_view::npos || !begins_volume_name(value)) return;
    const bool folder = string_view("/$~").find(character(value, colon + 1)) != string_view::npos;
    if (folder || character(value, colon + 2) == ':') put(FlagValue::volume, {begin, begin + colon});
  }

  void add_mount(string_view value, size_t begin) {
    for (size_t at = 0; at < value.size();) {
      const size_t end = std::min(value.find(',', at), value.size());
      const string_view field = value.substr(at, end - at);
      for (const string_view key : {"source=", "src="}) {
        if (field.starts_with(key) && begins_volume_name(field.substr(key.size())))
          put(FlagValue::volume, {begin + at + key.size(), begin + end});
      }
      at = end + 1;
    }
  }

  void add_joined(FlagValue kind, string_view value, Range range) {
    constexpr string_view other = "container:";
    if (value.starts_with(other)) return put(FlagValue::container, {range.begin + other.size(), range.end});
    const string_view name = value.substr(0, value.find_first_of(":,"));
    if (kind == FlagValue::network && !is_everybodys_network(name)) put(kind, range);
  }

  void add_label(string_view value, Range range) {
    const size_t sign = value.find('=');
    if (sign == string_view::npos) return;
    const size_t begin = range.begin + sign + 1;
    const bool quoted = begin < range.end && (text_[begin] == '"' || text_[begin] == '\'');
    if (quoted && begins_name(text_.substr(begin + 1))) parts_.push_back({begin, range.end, FlagValue::label});
    else put(FlagValue::label, {begin, range.end});
  }

  string_view text_;
  std::vector<FlaggedPart>& parts_;
};

}  // namespace

const char* placeholder_of(FlagValue kind) {
  switch (kind) {
    case FlagValue::host:
    case FlagValue::domain: return "[host]";
    case FlagValue::user: return "[user]";
    case FlagValue::container: return "[container]";
    case FlagValue::network: return "[network]";
    case FlagValue::volume: return "[volume]";
    case FlagValue::label: return "[label]";
    case FlagValue::mac: return "[mac]";
    case FlagValue::secret: return environment::secret_placeholder;
    case FlagValue::none:
    case FlagValue::joined:
    case FlagValue::mount: return "";
  }
  return "";
}

bool is_engine_flag(string_view name) { return value_of_name(name) != FlagValue::none; }

bool is_nobody(string_view user) {
  while (true) {
    const size_t colon = user.find(':');
    const string_view name = user.substr(0, colon);
    if (name != "root" && name != "nobody" && !std::all_of(name.begin(), name.end(), is_digit)) return false;
    if (colon == string_view::npos) return true;
    user.remove_prefix(colon + 1);
  }
}

std::vector<FlaggedPart> flagged_parts(string_view text, size_t short_flags_begin) {
  std::vector<FlaggedPart> parts;
  for (size_t dash = text.find('-'); dash != string_view::npos;) {
    const Flag flag = flag_at(text, dash, dash >= short_flags_begin);
    const Range value = flag.value == FlagValue::none ? Range{} : value_range(text, flag);
    if (value.begin < value.end) Parts(text, parts).add(flag.value, value);
    dash = text.find('-', std::max(dash + 1, value.end));
  }
  return parts;
}

FlagValue value_behind(string_view word, bool short_flags) {
  if (!word.starts_with('-')) return FlagValue::none;
  const Flag flag = flag_at(word, 0, short_flags);
  return flag.end == word.size() ? flag.value : FlagValue::none;
}

std::vector<FlaggedPart> flagged_parts_of_value(FlagValue kind, string_view value) {
  std::vector<FlaggedPart> parts;
  Parts(value, parts).add(kind, {0, value.size()});
  return parts;
}

}  // namespace cuparity
