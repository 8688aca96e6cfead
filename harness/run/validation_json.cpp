#include "harness/run/validation_json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "harness/errors.hpp"
#include "harness/record/json_fields.hpp"

namespace cuparity {
namespace {

std::string first_line(const std::string& text) {
  // GoogleTest begins with "file:line" on a line of its own; what failed stands on the next.
  const std::size_t end = text.find('\n');
  if (end == std::string::npos) return text;
  const std::string rest = text.substr(end + 1, text.find('\n', end + 1) - end - 1);
  return rest.empty() ? text.substr(0, end) : rest;
}

/// GoogleTest writes recorded properties beside its own members.
std::map<std::string, std::string> properties(const nlohmann::json& object,
                                              const std::set<std::string>& own) {
  std::map<std::string, std::string> result;
  for (const auto& [key, value] : object.items()) {
    if (value.is_string() && own.count(key) == 0) result[key] = value.get<std::string>();
  }
  return result;
}

std::string full_name(const JsonFields& suite, const JsonFields& test) {
  return suite.get<std::string>("name") + "." + test.get<std::string>("name");
}

void read_test(const JsonFields& suite, const nlohmann::json& json, const std::string& path,
               ValidationFile& file) {
  static const std::set<std::string> own = {"name", "type_param", "file",      "status",     "result",
                                            "time", "classname",  "timestamp", "value_param"};
  const JsonFields test(json, path);
  const std::string name = full_name(suite, test);
  if (test.find<std::string>("status").value_or("RUN") == "NOTRUN") return;  // filtered out or disabled
  if (test.has("failures")) {
    std::string message;
    const nlohmann::json& failures = test.required("failures");
    if (failures.is_array() && !failures.empty()) {
      message = first_line(
          JsonFields(failures[0], test.path_of("failures")).find<std::string>("failure").value_or(""));
    }
    ++file.failed;
    file.failed_tests.push_back(name + ": " + message);
    return;
  }
  if (test.find<std::string>("result").value_or("") == "SKIPPED") {
    ++file.skipped;
    return;
  }
  ++file.passed;
  std::map<std::string, std::string> recorded = properties(json, own);
  const bool has_digest = std::any_of(recorded.begin(), recorded.end(),
                                      [](const auto& p) { return p.first.rfind("digest", 0) == 0; });
  if (!has_digest) return;
  Row row;
  row.benchmark = name;
  row.label = std::move(recorded);
  file.rows.push_back(std::move(row));
}

/// `visit` is given the suite, the test and where the test stands. Throws UsageError where `json` has another form.
template <typename Visitor>
void for_each_test(const nlohmann::json& json, const std::filesystem::path& path, const Visitor& visit) {
  try {
    const JsonFields root(json, "");
    const nlohmann::json& suites = root.required("testsuites");
    require_array(suites, "testsuites");
    for (std::size_t i = 0; i < suites.size(); ++i) {
      const JsonFields suite(suites[i], fmt::format("testsuites[{}]", i));
      const nlohmann::json& tests = suite.required("testsuite");
      require_array(tests, suite.path_of("testsuite"));
      for (std::size_t j = 0; j < tests.size(); ++j)
        visit(suite, tests[j], fmt::format("{}[{}]", suite.path_of("testsuite"), j));
    }
  } catch (const UsageError& error) {
    throw UsageError(fmt::format("{}: not GoogleTest's JSON: {}", path.string(), error.what()));
  }
}

}  // namespace

ValidationFile read_validation_json(const std::filesystem::path& path) {
  const nlohmann::json json = read_json_file(path);
  ValidationFile file;
  for_each_test(json, path, [&](const JsonFields& suite, const nlohmann::json& test, const std::string& place) {
    read_test(suite, test, place, file);
  });
  file.environment = properties(json, {"name", "timestamp", "time"});
  return file;
}

std::vector<std::string> read_test_names(const std::filesystem::path& path) {
  std::vector<std::string> names;
  const nlohmann::json json = read_json_file(path);
  for_each_test(json, path, [&](const JsonFields& suite, const nlohmann::json& test, const std::string& place) {
    names.push_back(full_name(suite, JsonFields(test, place)));
  });
  return names;
}

}  // namespace cuparity
