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

/// Fields that most rows have nothing for, so they stand only where there is something.
void add_sharing(nlohmann::json& json, const AccessRow& row) {
  for (const IpcAttempt& attempt : row.ipc) {
    json["ipc"].push_back({{"gpu", valid_utf8(attempt.gpu)},
                           {"from", valid_utf8(attempt.from)},
                           {"called", valid_utf8(attempt.called)},
                           {"result", valid_utf8(attempt.result)},
                           {"code", attempt.code}});
  }
  if (!row.ipc_not_tried.empty()) json["ipc_not_tried"] = valid_utf8(row.ipc_not_tried);
  for (const PeerAccess& peer : row.peers) {
    json["peers"].push_back(
        {{"from", valid_utf8(peer.from)}, {"to", valid_utf8(peer.to)}, {"possible", peer.possible}});
  }
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

/// Found by JsonFields for lists of these.
static void from_json_value(const nlohmann::json& json, const std::string& path, IpcAttempt& attempt) {
  const JsonFields fields(json, path);
  fields.read("gpu", attempt.gpu);
  fields.read("from", attempt.from);
  fields.read("called", attempt.called);
  fields.read("result", attempt.result);
  fields.read("code", attempt.code);
}

static void from_json_value(const nlohmann::json& json, const std::string& path, PeerAccess& peer) {
  const JsonFields fields(json, path);
  fields.read("from", peer.from);
  fields.read("to", peer.to);
  fields.read("possible", peer.possible);
}

nlohmann::json to_json(const AccessRow& row) {
  nlohmann::json json = {{"name", valid_utf8(row.name)},
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
  add_sharing(json, row);
  return json;
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
  fields.read("ipc", row.ipc);
  fields.read("ipc_not_tried", row.ipc_not_tried);
  fields.read("peers", row.peers);
  return row;
}

}  // namespace cuparity
