#include <nlohmann/json.hpp>

#include "harness/gate/gate_formats.hpp"
#include "harness/record/run_json.hpp"

namespace cuparity {
namespace {

nlohmann::json one_as_json(const GateResult& result) {
  nlohmann::json comparisons = nlohmann::json::array();
  for (const GateEntry& entry : result.entries) {
    nlohmann::json comparison = to_json(entry.comparison);
    comparison["expected"] = entry.expected;
    comparison["expected_in"] = entry.where;
    comparisons.push_back(std::move(comparison));
  }
  return {{"kind", result.kind},
          {"baseline", result.baseline},
          {"candidate", result.candidate},
          {"mode", result.mode},
          {"verdict", to_string(result.verdict)},
          {"exit_code", result.exit_code},
          {"sentence", result.sentence},
          {"comparisons", std::move(comparisons)},
          {"wrong", result.wrong},
          {"warnings", result.warnings},
          {"only_in_baseline", result.only_in_baseline},
          {"only_in_candidate", result.only_in_candidate},
          {"skipped_in_both", result.skipped_in_both},
          {"environment_differences", result.environment_differences},
          {"notes", result.notes}};
}

}  // namespace

std::string gate_as_json(const GateResults& results) {
  nlohmann::json all = nlohmann::json::array();
  for (const GateResult& result : results) {
    all.push_back(one_as_json(result));
  }
  const nlohmann::json json = {{"format", "cuparity-gate"},
                               {"schema_version", 1},
                               {"exit_code", exit_code_of(results)},
                               {"results", std::move(all)}};
  return json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

}  // namespace cuparity
