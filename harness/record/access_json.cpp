#include "harness/record/access_json.hpp"

#include <fmt/format.h>

#include "harness/errors.hpp"
#include "harness/record/json_fields.hpp"

namespace cuparity {
namespace {

nlohmann::json texts(const std::vector<std::string>& list) {
  nlohmann::json json = nlohmann::json::array();
  for (const std::string& text : list) json.push_back(valid_utf8(text));
  return json;
}

AccessVerdict verdict_from(const JsonFields& fields) {
  const std::string text = fields.get<std::string>("verdict");
  for (const AccessVerdict verdict :
       {AccessVerdict::pass, AccessVerdict::fail, AccessVerdict::leak, AccessVerdict::skipped}) {
    if (text == to_string(verdict)) return verdict;
  }
  throw UsageError(
      fmt::format("{}: expected pass, fail, leak or skipped, found \"{}\"", fields.path_of("verdict"), text));
}

}  // namespace

std::string to_string(AccessVerdict verdict) {
  switch (verdict) {
    case AccessVerdict::pass:
      return "pass";
    case AccessVerdict::fail:
      return "fail";
    case AccessVerdict::leak:
      return "leak";
    case AccessVerdict::skipped:
      return "skipped";
  }
  return "skipped";
}

nlohmann::json to_json(const AccessRow& row) {
  return {{"name", valid_utf8(row.name)},
          {"engine", valid_utf8(row.engine)},
          {"mode", valid_utf8(row.mode)},
          {"verdict", to_string(row.verdict)},
          {"as_expected", row.as_expected},
          {"expected", valid_utf8(row.expected)},
          {"reason", valid_utf8(row.reason)},
          {"expected_gpus", texts(row.expected_gpus)},
          {"nvml_gpus", texts(row.nvml_gpus)},
          {"cuda_gpus", texts(row.cuda_gpus)},
          {"node_gpus", texts(row.node_gpus)},
          {"libraries", texts(row.libraries)},
          {"capabilities", valid_utf8(row.capabilities)},
          {"injection_path", valid_utf8(row.injection_path)},
          {"leaks", texts(row.leaks)},
          {"notes", texts(row.notes)}};
}

AccessRow access_row_from_json(const nlohmann::json& json, const std::string& path) {
  const JsonFields fields(json, path);
  AccessRow row;
  row.verdict = verdict_from(fields);
  row.mode = fields.get<std::string>("mode");
  fields.read("name", row.name);
  fields.read("engine", row.engine);
  fields.read("as_expected", row.as_expected);
  fields.read("expected", row.expected);
  fields.read("reason", row.reason);
  fields.read("expected_gpus", row.expected_gpus);
  fields.read("nvml_gpus", row.nvml_gpus);
  fields.read("cuda_gpus", row.cuda_gpus);
  fields.read("node_gpus", row.node_gpus);
  fields.read("libraries", row.libraries);
  fields.read("capabilities", row.capabilities);
  fields.read("injection_path", row.injection_path);
  fields.read("leaks", row.leaks);
  fields.read("notes", row.notes);
  return row;
}

}  // namespace cuparity
