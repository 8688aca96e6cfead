#include "harness/record/json_fields.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>
#include <sstream>
#include <string_view>
#include <utility>

#include "harness/errors.hpp"

namespace cuparity {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

[[noreturn]] void wrong_type(const nlohmann::json& json, const std::string& path, const char* expected) {
  std::string found = json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  if (found.size() > 40) {
    found = found.substr(0, 37) + "...";
  }
  throw UsageError(fmt::format("{}: expected {}, found {} ({})", path.empty() ? "the document" : path,
                               expected, json.type_name(), found));
}

/// Where the string that begins with the quote at `at` ends: behind its closing quote.
std::size_t end_of_string(const std::string& text, std::size_t at) {
  for (++at; at < text.size(); ++at) {
    if (text[at] == '\\') ++at;
    else if (text[at] == '"') return at + 1;
  }
  return text.size();
}

/// "NaN", "-Infinity" … at `at` and as JSON; both empty where there is none.
std::pair<std::string_view, std::string_view> non_finite_number_at(std::string_view text) {
  for (const std::string_view word : {"-Infinity", "Infinity", "-NaN", "NaN", "-nan", "nan", "-inf", "inf"}) {
    if (!text.starts_with(word)) continue;
    const bool not_a_number = word.find('a') != std::string_view::npos;
    return {word, not_a_number ? "\"NaN\"" : word[0] == '-' ? "\"-Infinity\"" : "\"Infinity\""};
  }
  return {};
}

/// Puts quotes round NaN, Infinity and -Infinity outside of strings. Goes over every byte of every file that is
/// read: most of them are copied in one piece.
std::string quote_non_finite_numbers(const std::string& text) {
  std::string result;
  result.reserve(text.size());
  std::size_t copied = 0;
  for (std::size_t i = 0; i < text.size();) {
    const char c = text[i];
    if (c == '"') {
      i = end_of_string(text, i);
      continue;
    }
    if (c == '-' || c == 'I' || c == 'N' || c == 'n' || c == 'i') {
      if (const auto [word, quoted] = non_finite_number_at(std::string_view(text).substr(i)); !word.empty()) {
        result.append(text, copied, i - copied).append(quoted);
        copied = i += word.size();
        continue;
      }
    }
    ++i;
  }
  return result.append(text, copied);
}

std::string line_and_column(const std::string& text, std::size_t byte) {
  const std::size_t end = std::min(byte > 0 ? byte - 1 : 0, text.size());
  const auto line = 1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(end), '\n');
  const std::size_t last_break = end == 0 ? std::string::npos : text.rfind('\n', end - 1);
  const std::size_t column = last_break == std::string::npos ? end + 1 : end - last_break;
  return fmt::format("line {}, column {}", line, column);
}

/// What walks the document calls itself a level: a file of brackets must not end the program.
void refuse_deep_nesting(const std::string& text, const std::string& origin) {
  int depth = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"') {
      i = end_of_string(text, i) - 1;
    } else if (c == '[' || c == '{') {
      if (++depth > deepest_nesting) {
        throw UsageError(fmt::format("{}: {}: nested more than {} levels deep, which no result file is", origin,
                                     line_and_column(text, i + 1), deepest_nesting));
      }
    } else if (c == ']' || c == '}') {
      --depth;
    }
  }
}

}  // namespace

nlohmann::json number_to_json(double value) {
  if (std::isfinite(value)) {
    return value;
  }
  return std::isnan(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";
}

nlohmann::json numbers_to_json(const std::vector<double>& values) {
  nlohmann::json numbers = nlohmann::json::array();
  for (const double value : values) {
    numbers.push_back(number_to_json(value));
  }
  return numbers;
}

std::string valid_utf8(const std::string& text) {
  const bool ascii = std::all_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x80; });
  if (ascii) {
    return text;
  }
  const auto replace = nlohmann::json::error_handler_t::replace;
  return nlohmann::json::parse(nlohmann::json(text).dump(-1, ' ', false, replace)).get<std::string>();
}

nlohmann::json parse_json_text(const std::string& text, const std::string& origin) {
  if (text.find_first_not_of(" \t\r\n") == std::string::npos) {
    throw UsageError(
        fmt::format("{}: the file is empty; was the program that writes it interrupted?", origin));
  }
  const std::string clean = quote_non_finite_numbers(text);
  refuse_deep_nesting(clean, origin);
  try {
    return nlohmann::json::parse(clean);
  } catch (const nlohmann::json::parse_error& error) {
    throw UsageError(
        fmt::format("{}: not JSON: stops making sense at {}", origin, line_and_column(clean, error.byte)));
  } catch (const nlohmann::json::out_of_range& error) {
    throw UsageError(fmt::format("{}: a number that no program can hold: {}", origin, error.what()));
  }
}

nlohmann::json read_json_file(const std::filesystem::path& path) {
  std::error_code code;
  if (!std::filesystem::exists(path, code)) {
    throw UsageError(fmt::format("{}: no such file", path.string()));
  }
  if (std::filesystem::is_directory(path, code)) {
    throw UsageError(fmt::format("{}: is a folder; a JSON file is needed", path.string()));
  }
  // A pipe of the shell, <(…), is in /dev or /proc; any other would keep the reader waiting, a device have no end.
  const std::string place = path.string();
  if (!std::filesystem::is_regular_file(path, code) && !place.starts_with("/dev/") && !place.starts_with("/proc/"))
    throw UsageError(fmt::format("{}: is no regular file", place));
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    throw UsageError(fmt::format("{}: can't be read; check its permissions", path.string()));
  }
  std::ostringstream text;
  text << file.rdbuf();
  return parse_json_text(text.str(), path.string());
}

void from_json_value(const nlohmann::json& json, const std::string& path, std::string& value) {
  if (!json.is_string()) {
    wrong_type(json, path, "a string");
  }
  value = json.get<std::string>();
}

void from_json_value(const nlohmann::json& json, const std::string& path, bool& value) {
  if (!json.is_boolean()) {
    wrong_type(json, path, "true or false");
  }
  value = json.get<bool>();
}

void from_json_value(const nlohmann::json& json, const std::string& path, int& value) {
  const bool fits = json.is_number_unsigned()
                        ? std::in_range<int>(json.get<std::uint64_t>())
                        : json.is_number_integer() && std::in_range<int>(json.get<std::int64_t>());
  if (!fits) {
    wrong_type(json, path, "an integer of 32 bits");
  }
  value = json.get<int>();
}

void from_json_value(const nlohmann::json& json, const std::string& path, std::uint64_t& value) {
  if (!json.is_number_unsigned() && !(json.is_number_integer() && json.get<std::int64_t>() >= 0)) {
    wrong_type(json, path, "an integer that is not negative");
  }
  value = json.get<std::uint64_t>();
}

void from_json_value(const nlohmann::json& json, const std::string& path, double& value) {
  if (json == "NaN") {
    value = std::numeric_limits<double>::quiet_NaN();
  } else if (json == "Infinity") {
    value = infinity;
  } else if (json == "-Infinity") {
    value = -infinity;
  } else if (json.is_number()) {
    value = json.get<double>();
  } else {
    wrong_type(json, path, "a number");
  }
}

void require_benchmark_name(const std::string& name, const std::string& path) {
  if (name.size() > longest_benchmark_name)
    throw UsageError(fmt::format("{}: a name of {} bytes; at most {} are read", path, name.size(), longest_benchmark_name));
}

void require_array(const nlohmann::json& json, const std::string& path) {
  if (!json.is_array()) {
    wrong_type(json, path, "an array");
  }
}

void require_object(const nlohmann::json& json, const std::string& path) {
  if (!json.is_object()) {
    wrong_type(json, path, "an object");
  }
}

JsonFields::JsonFields(const nlohmann::json& json, std::string path) : json_(json), path_(std::move(path)) {
  require_object(json_, path_);
}

bool JsonFields::has(const std::string& name) const {
  const auto member = json_.find(name);
  return member != json_.end() && !member->is_null();
}

const nlohmann::json& JsonFields::required(const std::string& name) const {
  const auto member = json_.find(name);
  if (member == json_.end()) {
    throw UsageError(fmt::format("{}: is missing", path_of(name)));
  }
  return *member;
}

std::string JsonFields::path_of(const std::string& name) const {
  return path_.empty() ? name : path_ + "." + name;
}

}  // namespace cuparity
