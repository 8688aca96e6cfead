#include "harness/explain/explanation_json.hpp"

#include "harness/record/benchmark_json.hpp"
#include "harness/record/json_fields.hpp"

namespace cuparity {
namespace {

nlohmann::json number_or_null(const std::optional<double>& value) {
  return value ? number_to_json(*value) : nlohmann::json();
}

nlohmann::json text_list(const std::vector<std::string>& list) {
  nlohmann::json json = nlohmann::json::array();
  for (const std::string& text : list) json.push_back(valid_utf8(text));
  return json;
}

nlohmann::json to_json(const KnownInfluence& influence) {
  return {{"strength", influence.strength},
          {"different_library", influence.library},
          {"effect", influence.effect},
          {"experiment", influence.experiment},
          {"source", influence.source}};
}

nlohmann::json flags_of(const std::optional<Experiment>& experiment) {
  return experiment ? nlohmann::json(valid_utf8(experiment->flags)) : nlohmann::json();
}

nlohmann::json to_json(const ExplainedDifference& one) {
  nlohmann::json influences = nlohmann::json::array();
  for (const KnownInfluence& influence : one.influences) influences.push_back(to_json(influence));
  return {{"key", valid_utf8(one.difference.key)},
          {"baseline", valid_utf8(one.difference.baseline)},
          {"candidate", valid_utf8(one.difference.candidate)},
          {"influences", std::move(influences)},
          {"flags", flags_of(one.experiment)},
          {"expected", one.expected},
          {"benchmarks_moved", one.moved}};
}

nlohmann::json to_json(const ExplainedBenchmark& one) {
  nlohmann::json causes = nlohmann::json::array();
  for (const Cause& cause : one.causes) {
    causes.push_back({{"key", valid_utf8(cause.key)},
                      {"baseline", valid_utf8(cause.baseline)},
                      {"candidate", valid_utf8(cause.candidate)},
                      {"influence", to_json(cause.influence)},
                      {"flags", flags_of(cause.experiment)}});
  }
  const Comparison& comparison = one.comparison;
  return {{"benchmark", valid_utf8(short_name(comparison.benchmark))},
          {"verdict", to_string(comparison.verdict)},
          {"effect", number_or_null(comparison.effect)},
          {"interval",
           {{"low", number_or_null(comparison.interval_low)},
            {"high", number_or_null(comparison.interval_high)}}},
          {"causes", std::move(causes)},
          {"different_libraries", one.different_libraries},
          {"conclusion", valid_utf8(one.conclusion)}};
}

nlohmann::json differences_json(const std::vector<ExplainedDifference>& differences) {
  nlohmann::json json = nlohmann::json::array();
  for (const ExplainedDifference& one : differences) json.push_back(to_json(one));
  return json;
}

nlohmann::json value_json(const std::optional<StartupValue>& value) {
  if (!value) return nullptr;
  return {{"seconds", number_to_json(value->seconds)},
          {"low", number_or_null(value->low)},
          {"high", number_or_null(value->high)},
          {"blocks", value->blocks}};
}

nlohmann::json effect_json(const std::optional<Comparison>& comparison) {
  if (!comparison) return nullptr;
  return {{"verdict", to_string(comparison->verdict)},
          {"effect", number_or_null(comparison->effect)},
          {"low", number_or_null(comparison->interval_low)},
          {"high", number_or_null(comparison->interval_high)}};
}

}  // namespace

nlohmann::json to_json(const StartupTable& table) {
  if (table.phases.empty()) return nlohmann::json::object();
  nlohmann::json phases = nlohmann::json::array();
  for (const StartupPhase& phase : table.phases) {
    nlohmann::json values = nlohmann::json::array();
    nlohmann::json differences = nlohmann::json::array();
    for (const auto& value : phase.values) values.push_back(value_json(value));
    for (const auto& value : phase.differences) differences.push_back(value_json(value));
    phases.push_back({{"name", phase.name},
                      {"description", phase.description},
                      {"sum", phase.sum},
                      {"values", std::move(values)},
                      {"differences", std::move(differences)}});
  }
  return {{"modes", text_list(table.modes)},
          {"confidence_level", table.confidence_level},
          {"phases", std::move(phases)},
          {"notes", text_list(table.notes)}};
}

nlohmann::json to_json(const Explanation& explanation) {
  nlohmann::json benchmarks = nlohmann::json::array();
  for (const ExplainedBenchmark& one : explanation.benchmarks) benchmarks.push_back(to_json(one));
  return {{"baseline", valid_utf8(explanation.baseline)},
          {"candidate", valid_utf8(explanation.candidate)},
          {"backend", explanation.backend},
          {"sentence", valid_utf8(explanation.sentence)},
          {"compared", explanation.compared},
          {"benchmarks", std::move(benchmarks)},
          {"differences", differences_json(explanation.differences)},
          {"expected", differences_json(explanation.expected)},
          {"startup", to_json(explanation.startup)}};
}

nlohmann::json to_json(const ConfirmationResult& result) {
  nlohmann::json benchmarks = nlohmann::json::array();
  for (const ConfirmedBenchmark& one : result.benchmarks) {
    benchmarks.push_back({{"benchmark", valid_utf8(one.benchmark)},
                          {"outcome", to_string(one.outcome)},
                          {"sentence", valid_utf8(one.sentence)},
                          {"difference", effect_json(one.difference)},
                          {"change", effect_json(one.change)},
                          {"share", number_or_null(one.share)},
                          {"share_low", number_or_null(one.share_low)},
                          {"share_high", number_or_null(one.share_high)}});
  }
  return {{"baseline", valid_utf8(result.plan.baseline)},
          {"candidate", valid_utf8(result.plan.candidate)},
          {"keys", text_list(result.plan.keys)},
          {"flags", valid_utf8(result.plan.experiment.flags)},
          {"mode", valid_utf8(result.plan.experiment.mode)},
          {"failure", valid_utf8(result.failure)},
          {"folder", valid_utf8(result.folder)},
          {"benchmarks", std::move(benchmarks)}};
}

nlohmann::json explanation_document(const std::vector<Explanation>& explanations,
                                    const std::vector<ConfirmationResult>& confirmations) {
  nlohmann::json json = {{"format", "cuparity-explanation"},
                         {"schema_version", 1},
                         {"explanations", nlohmann::json::array()},
                         {"confirmations", nlohmann::json::array()}};
  for (const Explanation& explanation : explanations) json["explanations"].push_back(to_json(explanation));
  for (const ConfirmationResult& result : confirmations) json["confirmations"].push_back(to_json(result));
  return json;
}

}  // namespace cuparity
