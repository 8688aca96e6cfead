#include "harness/record/hyperfine_json.hpp"

#include <fmt/format.h>

#include <map>

#include "harness/record/json_fields.hpp"
#include "harness/record/median.hpp"
#include "harness/record/stated_mean.hpp"

namespace cuparity {
namespace {

/// Hyperfine rounds nothing, but its mean was summed in another order.
constexpr double rounding = 1e-6;

/// The first run that did not end with 0; empty if all did or the file does not say.
std::string failed_run(const JsonFields& fields) {
  if (!fields.has("exit_codes")) {
    return "";
  }
  const nlohmann::json& codes = fields.required("exit_codes");
  require_array(codes, fields.path_of("exit_codes"));
  for (std::size_t i = 0; i < codes.size(); ++i) {
    if (codes[i] != 0) {
      return codes[i].is_null() ? fmt::format("run {} was ended by a signal", i + 1)
                                : fmt::format("run {} ended with {}", i + 1, codes[i].dump());
    }
  }
  return "";
}

Row read_command(const JsonFields& fields) {
  Row row;
  row.benchmark = fields.get<std::string>("command");
  fields.read("times", row.repetitions);
  const auto mean = fields.find<double>("mean");
  if (mean) {
    check_stated_mean(*mean, row.repetitions, rounding, fields.path_of("mean"));
  }
  if (row.repetitions.empty()) {
    row.seconds = fields.find<double>("median").value_or(mean.value_or(0));
  } else {
    row.seconds = median(row.repetitions);
  }
  row.message = failed_run(fields);
  if (!row.message.empty()) {
    row.state = RowState::failed;
  }
  return row;
}

}  // namespace

BenchmarkFile parse_hyperfine_json(const nlohmann::json& json) {
  BenchmarkFile file;
  file.program = "hyperfine";
  file.one_process = false;
  file.advice = "export with --export-json, which holds the time of every run";
  const nlohmann::json& results = JsonFields(json, "").required("results");
  require_array(results, "results");
  file.aggregates_only = !results.empty();
  std::map<std::string, int> seen;
  for (std::size_t i = 0; i < results.size(); ++i) {
    Row row = read_command(JsonFields(results[i], fmt::format("results[{}]", i)));
    const int times = ++seen[row.benchmark];
    if (times > 1) {
      row.benchmark += fmt::format(" ({})", times);  // the same command twice: told apart by its order
    }
    file.aggregates_only = file.aggregates_only && row.repetitions.empty();
    file.rows.push_back(std::move(row));
  }
  return file;
}

}  // namespace cuparity
