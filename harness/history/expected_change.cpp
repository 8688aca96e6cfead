#include "harness/history/expected_change.hpp"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <chrono>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>

#include "harness/errors.hpp"
#include "harness/nearest_name.hpp"
#include "harness/pattern.hpp"
#include "harness/stats/margins.hpp"

namespace cuparity {
namespace {

const std::vector<std::string> known_keys = {"benchmark", "bound", "reason", "until", "since"};

std::string place_of(const YAML::Node& node, const std::string& file_name) {
  return fmt::format("{}:{}", file_name, node.Mark().line + 1);
}

std::string text_of(const YAML::Node& entry, const char* key, const std::string& place) {
  const YAML::Node node = entry[key];
  if (!node) {
    return "";
  }
  if (!node.IsScalar()) {
    throw UsageError(fmt::format("{}: '{}' must be a text", place, key));
  }
  return node.as<std::string>();
}

std::string required_text(const YAML::Node& entry, const char* key, const std::string& place) {
  const std::string text = text_of(entry, key, place);
  if (text.empty()) {
    throw UsageError(fmt::format("{}: '{}' is missing; an expected change needs benchmark, bound and reason", place,
                                 key));
  }
  return text;
}

/// YYYY-MM-DD, and a day that there is.
bool is_date(const std::string& text) {
  static const std::regex form("([0-9]{4})-([0-9]{2})-([0-9]{2})");
  std::smatch parts;
  if (!std::regex_match(text, parts, form)) return false;
  const auto number = [&](std::size_t part) { return static_cast<unsigned>(std::stoi(parts[part])); };
  return std::chrono::year_month_day(std::chrono::year(std::stoi(parts[1])), std::chrono::month(number(2)),
                                     std::chrono::day(number(3)))
      .ok();
}

std::string date_text(const YAML::Node& entry, const char* key, const std::string& place) {
  const std::string text = text_of(entry, key, place);
  if (!text.empty() && !is_date(text)) {
    throw UsageError(fmt::format("{}: '{}: {}' is no date; write it as 2026-12-31", place, key, text));
  }
  return text;
}

ExpectedChange read_entry(const YAML::Node& entry, const std::string& file_name) {
  const std::string place = place_of(entry, file_name);
  if (!entry.IsMap()) {
    throw UsageError(fmt::format("{}: expected benchmark, bound and reason", place));
  }
  for (const auto& member : entry) {
    if (!member.first.IsScalar()) {
      throw UsageError(fmt::format("{}: a key must be plain text: benchmark, bound or reason",
                                   place_of(member.first, file_name)));
    }
    const std::string key = member.first.Scalar();
    if (std::find(known_keys.begin(), known_keys.end(), key) == known_keys.end()) {
      throw UsageError(fmt::format("{}: unknown key '{}'{}", place_of(member.first, file_name), key,
                                   did_you_mean(key, known_keys)));
    }
  }
  ExpectedChange change;
  change.place = place;
  change.pattern = required_text(entry, "benchmark", place);
  change.bound = parse_share(required_text(entry, "bound", place), place + ": 'bound'");
  change.reason = required_text(entry, "reason", place);
  change.until = date_text(entry, "until", place);
  change.since = date_text(entry, "since", place);
  try {
    change.benchmark = compiled_pattern(change.pattern);
  } catch (const std::regex_error&) {
    throw UsageError(fmt::format("{}: '{}' is no regular expression", place, change.pattern));
  }
  return change;
}

}  // namespace

std::vector<ExpectedChange> parse_expected_changes(const std::string& yaml, const std::string& file_name) {
  YAML::Node root;
  try {
    root = YAML::Load(yaml);
  } catch (const YAML::Exception& error) {
    throw UsageError(fmt::format("{}:{}: {}", file_name, error.mark.line + 1, error.msg));
  }
  if (!root.IsMap() || root.size() != 1 || !root["expected_changes"] || !root["expected_changes"].IsSequence()) {
    throw UsageError(fmt::format("{}: expected a list under 'expected_changes:' and nothing else", file_name));
  }
  std::vector<ExpectedChange> changes;
  for (const YAML::Node& entry : root["expected_changes"]) {
    changes.push_back(read_entry(entry, file_name));
  }
  return changes;
}

std::vector<ExpectedChange> read_expected_changes(const std::filesystem::path& file) {
  std::ifstream stream(file);
  if (!stream) {
    throw UsageError(fmt::format("{}: no such file, or it can't be read", file.string()));
  }
  std::ostringstream text;
  text << stream.rdbuf();
  return parse_expected_changes(text.str(), file.string());
}

}  // namespace cuparity
