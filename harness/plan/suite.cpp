#include "harness/plan/suite.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <optional>
#include <regex>
#include <sstream>

#include "harness/errors.hpp"
#include "harness/nearest_name.hpp"
#include "harness/pattern.hpp"
#include "harness/plan/builtin_suites.hpp"
#include "harness/stats/margins.hpp"

namespace cuparity {
namespace {

const std::vector<std::string>& suite_keys() {
  static const std::vector<std::string> keys = {
      "name",        "description",      "blocks",  "looks",    "margins",   "per_clock", "time_limit_seconds",
      "repetitions", "min_time_seconds", "startup", "validate", "benchmarks"};
  return keys;
}

/// Where a second document begins, or nothing. YAML::LoadAll would say it, but never ends where a document begins with ','
/// (yaml-cpp 0.7). Markers stand at the beginning of a line, and nothing else of YAML that looks like them does.
std::optional<int> line_of_second_document(const std::string& yaml) {
  std::istringstream lines(yaml);
  bool begun = false, ended = false;
  int number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    const std::string marker = line.substr(0, 3), rest = line.size() > 3 ? line.substr(3) : "";
    const bool blank = rest.find_first_not_of(" \t\r") == std::string::npos;
    if ((marker == "---" || marker == "...") && (blank || rest[0] == ' ' || rest[0] == '\t')) {
      if (marker == "---" && begun) return blank ? number + 1 : number;
      if (marker == "---") begun = true;
      else ended = true;
    } else if (const auto first = line.find_first_not_of(" \t\r"); first != std::string::npos && line[first] != '#' &&
               line[0] != '%') {
      if (ended) return number;
      begun = true;
    }
  }
  return std::nullopt;
}

/// Reads one suite file; holds its name for the errors.
class SuiteReader {
 public:
  explicit SuiteReader(std::string file_name) : file_name_(std::move(file_name)) {}

  Suite read(const std::string& yaml) const {
    YAML::Node root;
    try {
      root = YAML::Load(yaml);  // the first document
    } catch (const YAML::Exception& error) {
      throw UsageError(fmt::format("{}:{}: not YAML: {}", file_name_, error.mark.line + 1, error.msg));
    }
    if (const auto line = line_of_second_document(yaml)) {
      throw UsageError(fmt::format("{}:{}: a second YAML document (after '---'); a suite file has one", file_name_, *line));
    }
    if (!root.IsMap())
      fail(root, "a suite is a map of keys: " + fmt::format("{}", fmt::join(suite_keys(), ", ")));
    Suite suite;
    bool has_looks = false;
    for (const auto& entry : unique_entries(root, suite_keys())) {
      read_member(suite, entry.first, entry.second);
      has_looks = has_looks || entry.first == "looks";
    }
    if (suite.name.empty()) fail(root, "'name' is missing");
    if (suite.benchmarks.empty())
      fail(root, "'benchmarks' is missing: name regular expressions under cuda: or cpu:");
    finish_looks(root, suite, has_looks);
    if (suite.margins.empty()) suite.margins = default_margins();
    suite.margins.try_emplace("default", 0.01);
    return suite;
  }

 private:
  using Entry = std::pair<std::string, YAML::Node>;

  [[noreturn]] void fail(const YAML::Node& at, const std::string& what) const {
    throw UsageError(fmt::format("{}: {}", place_of(at), what));
  }

  std::string place_of(const YAML::Node& at) const {
    return fmt::format("{}:{}", file_name_, std::max(at.Mark().line, 0) + 1);
  }

  /// The map's entries in file order; `known` empty: any key. A key that stands twice is an error.
  std::vector<Entry> unique_entries(const YAML::Node& map, const std::vector<std::string>& known) const {
    std::vector<Entry> entries;
    for (const auto& item : map) {
      if (!item.first.IsScalar()) fail(item.first, "a key must be plain text");
      const std::string key = item.first.Scalar();
      if (!known.empty() && std::find(known.begin(), known.end(), key) == known.end()) {
        std::string hint = did_you_mean(key, known);
        if (hint.empty()) hint = fmt::format("; known: {}", fmt::join(known, ", "));
        fail(item.first, fmt::format("unknown key '{}'{}", key, hint));
      }
      const bool twice =
          std::any_of(entries.begin(), entries.end(), [&](const Entry& e) { return e.first == key; });
      if (twice) fail(item.first, fmt::format("'{}' stands twice; keep one", key));
      entries.emplace_back(key, item.second);
    }
    return entries;
  }

  void read_member(Suite& suite, const std::string& key, const YAML::Node& value) const {
    if (key == "name")
      suite.name = text(key, value);
    else if (key == "description")
      suite.description = text(key, value);
    else if (key == "blocks")
      suite.blocks = positive_integer(key, value);
    else if (key == "looks")
      suite.looks = look_list(value);
    else if (key == "margins")
      suite.margins = margins(value);
    else if (key == "per_clock")
      suite.per_clock = regex_list(key, value);
    else if (key == "time_limit_seconds")
      suite.time_limit_seconds = positive_integer(key, value);
    else if (key == "repetitions")
      suite.repetitions = positive_integer(key, value);
    else if (key == "min_time_seconds")
      suite.min_time_seconds = positive_number(key, value);
    else if (key == "startup")
      suite.startup = boolean(key, value);
    else if (key == "validate")
      suite.validate = text(key, value) == "none" ? "" : text(key, value);
    else if (key == "benchmarks")
      suite.benchmarks = benchmarks(value);
  }

  std::string text(const std::string& key, const YAML::Node& value) const {
    if (!value.IsScalar() || value.Scalar().empty()) fail(value, fmt::format("'{}' must be text", key));
    return value.Scalar();
  }

  bool boolean(const std::string& key, const YAML::Node& value) const {
    bool answer = false;
    if (!value.IsScalar() || !YAML::convert<bool>::decode(value, answer))
      fail(value, fmt::format("'{}' must be true or false{}", key, found(value)));
    return answer;
  }

  int positive_integer(const std::string& key, const YAML::Node& value) const {
    int number = 0;
    if (!value.IsScalar() || !YAML::convert<int>::decode(value, number) || number < 1) {
      fail(value, fmt::format("'{}' must be a whole number of at least 1{}", key, found(value)));
    }
    return number;
  }

  double positive_number(const std::string& key, const YAML::Node& value) const {
    double number = 0;
    if (!value.IsScalar() || !YAML::convert<double>::decode(value, number) || !(number > 0) || number > 1e6) {
      fail(value, fmt::format("'{}' must be a number above 0{}", key, found(value)));
    }
    return number;
  }

  static std::string found(const YAML::Node& value) {
    return value.IsScalar() ? fmt::format(", not '{}'", value.Scalar()) : ", not a list or map";
  }

  std::vector<int> look_list(const YAML::Node& value) const {
    if (!value.IsSequence() || value.size() == 0)
      fail(value, "'looks' must be a list of block counts, e.g. [12, 24]");
    std::vector<int> looks;
    for (const YAML::Node& item : value) {
      looks.push_back(positive_integer("looks", item));
      if (looks.size() > 1 && looks.back() <= looks[looks.size() - 2]) fail(item, "'looks' must ascend");
    }
    return looks;
  }

  /// 0.01 or 1 %.
  double relative_margin(const std::string& pattern, const YAML::Node& value) const {
    const std::string text = value.IsScalar() ? value.Scalar() : "";
    return text.ends_with('%') ? parse_margin(fmt::format("{}: '{}'", place_of(value), pattern), text)
                               : positive_number(pattern, value);
  }

  std::map<std::string, double> margins(const YAML::Node& value) const {
    if (!value.IsMap()) fail(value, "'margins' must be a map: regular expression: relative margin");
    std::map<std::string, double> result;
    for (const auto& [pattern, number] : unique_entries(value, {})) {
      if (pattern != "default") check_regex(value, pattern);
      const double margin = relative_margin(pattern, number);
      if (margin >= 1)
        fail(number, fmt::format("margin {} of '{}' is relative: 0.01 means 1 %", margin, pattern));
      result[pattern] = margin;
    }
    return result;
  }

  std::map<std::string, std::vector<std::string>> benchmarks(const YAML::Node& value) const {
    if (!value.IsMap()) fail(value, "'benchmarks' must hold lists under cuda: and cpu:");
    std::map<std::string, std::vector<std::string>> result;
    for (const auto& [backend, list] : unique_entries(value, {"cuda", "cpu"})) {
      result[backend] = regex_list(backend, list);
    }
    return result;
  }

  std::vector<std::string> regex_list(const std::string& key, const YAML::Node& list) const {
    if (!list.IsSequence() || list.size() == 0) {
      fail(list, fmt::format("'{}' must be a list of regular expressions", key));
    }
    std::vector<std::string> patterns;
    for (const YAML::Node& item : list) {
      patterns.push_back(text(key, item));
      check_regex(item, patterns.back());
    }
    return patterns;
  }

  void check_regex(const YAML::Node& at, const std::string& pattern) const {
    try {
      compiled_pattern(pattern);
    } catch (const std::regex_error& error) {
      fail(at, fmt::format("'{}' is no regular expression: {}", pattern, error.what()));
    }
  }

  void finish_looks(const YAML::Node& root, Suite& suite, bool has_looks) const {
    if (!has_looks) suite.looks = {suite.blocks};
    if (suite.looks.back() != suite.blocks) {
      fail(root["looks"],
           fmt::format("the last look ({}) must be 'blocks' ({})", suite.looks.back(), suite.blocks));
    }
  }

  std::string file_name_;
};

}  // namespace

Suite parse_suite(const std::string& yaml, const std::string& file_name) {
  try {
    return SuiteReader(file_name).read(yaml);
  } catch (const YAML::Exception& error) {
    throw UsageError(fmt::format("{}:{}: {}", file_name, error.mark.line + 1, error.msg));
  }
}

std::vector<std::string> builtin_suite_names() {
  std::vector<std::string> names;
  for (int i = 0; i < builtin_suite_count; ++i) names.emplace_back(builtin_suites[i].name);
  return names;
}

std::string builtin_suite_text(const std::string& name) {
  for (int i = 0; i < builtin_suite_count; ++i) {
    if (builtin_suites[i].name == name) return std::string(builtin_suites[i].yaml);
  }
  throw UsageError(fmt::format(
      "unknown suite '{}'{} Built in: {}; or give the path of a YAML file", name,
      did_you_mean(name, builtin_suite_names()).empty() ? "." : did_you_mean(name, builtin_suite_names()),
      fmt::join(builtin_suite_names(), ", ")));
}

SuiteText load_suite_text(const std::string& name_or_path) {
  const std::filesystem::path path = name_or_path;
  const bool is_path = name_or_path.find('/') != std::string::npos || path.extension() == ".yaml" ||
                       path.extension() == ".yml";
  if (!is_path) return {builtin_suite_text(name_or_path), name_or_path + ".yaml"};
  std::error_code none;  // a name that is too long: said below
  if (std::filesystem::is_directory(path, none))
    throw UsageError(fmt::format("suite file {} is a folder", name_or_path));
  std::ifstream file(path);
  if (!file) {
    throw UsageError(fmt::format("suite file {} can't be read: {}. Built in: {}", name_or_path,
                                 std::strerror(errno), fmt::join(builtin_suite_names(), ", ")));
  }
  std::ostringstream yaml;
  yaml << file.rdbuf();
  return {yaml.str(), name_or_path};
}

std::vector<int> looks_for_blocks(const std::vector<int>& suite_looks, int blocks) {
  std::vector<int> looks;
  for (const int look : suite_looks) {
    if (look < blocks) looks.push_back(look);
  }
  looks.push_back(blocks);
  return looks;
}

}  // namespace cuparity
