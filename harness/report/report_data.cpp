#include "harness/report/report_data.hpp"

#include <algorithm>

#include "harness/report/rounded.hpp"
#include "harness/report/text.hpp"

namespace cuparity {
namespace {

using nlohmann::json;

/// Significant: more than any measurement here has, and a third of the bytes.
constexpr int digits = 6;

json optional_number(const std::optional<double>& value) { return value ? rounded(*value, digits) : json(nullptr); }

json comparison_data(const Comparison& comparison) {
  json data = {{"benchmark", clean_text(comparison.benchmark)},
               {"baseline", clean_text(comparison.baseline)},
               {"candidate", clean_text(comparison.candidate)},
               {"reason", clean_text(comparison.reason)},
               {"margin", rounded(comparison.margin, digits)},
               {"level", rounded(comparison.confidence_level, digits)},
               {"effect", optional_number(comparison.effect)},
               {"low", optional_number(comparison.interval_low)},
               {"high", optional_number(comparison.interval_high)},
               {"p", optional_number(comparison.p_value)},
               {"adjusted_p", optional_number(comparison.adjusted_p_value)},
               {"differences", rounded(comparison.differences, digits)}};
  if (comparison.measure == Measure::cycles) data["time_effect"] = optional_number(comparison.time_effect);
  if (comparison.blocks_to_settle) data["blocks_to_settle"] = *comparison.blocks_to_settle;
  if (comparison.same_bits) data["same_bits"] = *comparison.same_bits;
  return data;
}

/// [trial, block, seconds, repetition, repetition …]: without names, for there may be hundreds of thousands.
json process_data(const Trial& trial, const Row& row) {
  json data = json::array({trial.index, trial.block, rounded(row.seconds, digits)});
  for (const double seconds : row.repetitions) data.push_back(rounded(seconds, digits));
  return data;
}

/// Digest, error, algorithm: mostly the same in every process, so each distinct one is written once.
void add_label(json& measured, const Row& row) {
  for (const auto& [key, value] : row.label) {
    if (key == "setup_seconds") continue;  // another value in every process
    json& values = measured["label"][clean_text(key)];
    const std::string text = clean_text(value);
    if (std::find(values.begin(), values.end(), text) == values.end()) values.push_back(text);
  }
}

}  // namespace

json report_data(const Run& run, const Analysis& analysis) {
  json data = {{"comparisons", json::array()}, {"measured", json::object()}, {"noise_floor", json::object()}};
  for (const Comparison& comparison : analysis.comparisons) {
    data["comparisons"].push_back(comparison_data(comparison));
  }
  for (const Comparison& comparison : analysis.noise_floor) {
    data["noise_floor"][clean_text(comparison.benchmark)] = {
        {"effect", optional_number(comparison.effect)},
        {"low", optional_number(comparison.interval_low)},
        {"high", optional_number(comparison.interval_high)}};
  }
  for (const Trial& trial : run.trials) {
    if (trial.kind != TrialKind::benchmark) continue;
    for (const Row& row : trial.rows) {
      if (row.state != RowState::measured) continue;
      json& measured = data["measured"][clean_text(trial.mode)][clean_text(row.benchmark)];
      measured["processes"].push_back(process_data(trial, row));
      add_label(measured, row);
    }
  }
  return data;
}

std::string script_safe(const json& value) {
  std::string safe;
  // ASCII only, so that U+2028 and U+2029 are escaped too.
  for (const char c : value.dump(-1, ' ', true, json::error_handler_t::replace)) {
    switch (c) {
      case '<':
        safe += "\\u003c";
        break;
      case '>':
        safe += "\\u003e";
        break;
      case '&':
        safe += "\\u0026";
        break;
      default:
        safe += c;
    }
  }
  return safe;
}

}  // namespace cuparity
