#include "harness/publish/run_summary_json.hpp"

#include <fmt/format.h>

#include "harness/errors.hpp"
#include "harness/record/json_fields.hpp"

namespace cuparity {
namespace {

using nlohmann::json;

/// The members that are texts, in one place for both directions.
constexpr std::pair<const char*, std::string RunSummary::*> summary_texts[] = {
    {"id", &RunSummary::id},
    {"started_at", &RunSummary::started_at},
    {"finished_at", &RunSummary::finished_at},
    {"suite", &RunSummary::suite},
    {"verdict", &RunSummary::verdict},
    {"verdict_class", &RunSummary::verdict_class},
    {"sentence", &RunSummary::sentence},
    {"device", &RunSummary::device},
    {"device_id", &RunSummary::device_id},
    {"driver", &RunSummary::driver},
    {"cuda", &RunSummary::cuda},
    {"baseline_mode", &RunSummary::baseline_mode},
    {"fingerprint", &RunSummary::fingerprint}};

json measured_to_json(const MeasuredSeries& series) {
  json data = {{"mode", series.mode},
               {"benchmark", series.benchmark},
               {"seconds", numbers_to_json(series.seconds)},
               {"median_seconds", number_to_json(series.median_seconds)},
               {"digest", series.digest},
               {"margin", number_to_json(series.margin)}};
  if (!series.cycles.empty()) data["cycles"] = numbers_to_json(series.cycles);
  if (series.bytes) data["bytes"] = number_to_json(*series.bytes);
  if (series.flops) data["flops"] = number_to_json(*series.flops);
  if (series.verdict) data["verdict"] = to_string(*series.verdict);
  return data;
}

Verdict series_verdict(const JsonFields& fields) {
  const std::string text = fields.get<std::string>("verdict");
  for (const Verdict verdict :
       {Verdict::same, Verdict::slower, Verdict::faster, Verdict::inconclusive, Verdict::invalid}) {
    if (text == to_string(verdict)) return verdict;
  }
  throw UsageError(fmt::format("{}: expected a verdict, found \"{}\"", fields.path_of("verdict"), text));
}

MeasuredSeries measured_from(const JsonFields& fields) {
  MeasuredSeries series;
  series.mode = fields.get<std::string>("mode");
  series.benchmark = fields.get<std::string>("benchmark");
  series.seconds = fields.get<std::vector<double>>("seconds");
  series.median_seconds = fields.get<double>("median_seconds");
  series.digest = fields.get<std::string>("digest");
  series.margin = fields.get<double>("margin");
  if (fields.has("cycles")) series.cycles = fields.get<std::vector<double>>("cycles");
  series.bytes = fields.find<double>("bytes");
  series.flops = fields.find<double>("flops");
  if (fields.has("verdict")) series.verdict = series_verdict(fields);
  return series;
}

}  // namespace

json to_json(const RunSummary& summary) {
  json data;
  for (const auto& [name, member] : summary_texts) data[name] = summary.*member;
  data["modes"] = summary.modes;
  data["software"] = summary.software;
  data["facts"] = json::array();
  for (const auto& [label, value] : summary.facts) data["facts"].push_back(json::array({label, value}));
  data["measured"] = json::array();
  for (const MeasuredSeries& series : summary.measured) data["measured"].push_back(measured_to_json(series));
  return data;
}

RunSummary run_summary_from_json(const json& data) {
  const JsonFields fields(data, "summary");
  RunSummary summary;
  for (const auto& [name, member] : summary_texts) summary.*member = fields.get<std::string>(name);
  summary.modes = fields.get<std::vector<std::string>>("modes");
  summary.software = fields.get<std::vector<std::string>>("software");
  for (const auto& fact : fields.get<std::vector<std::vector<std::string>>>("facts")) {
    if (fact.size() != 2) throw UsageError("summary.facts: expected pairs of a label and a value");
    summary.facts.emplace_back(fact[0], fact[1]);
  }
  const json& measured = fields.required("measured");
  require_array(measured, fields.path_of("measured"));
  for (const json& series : measured) summary.measured.push_back(measured_from(JsonFields(series, "summary.measured")));
  return summary;
}

}  // namespace cuparity
