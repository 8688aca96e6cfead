#include "harness/record/benchmark_json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <regex>
#include <set>
#include <string_view>

#include "harness/errors.hpp"
#include "harness/record/json_fields.hpp"
#include "harness/record/median.hpp"

namespace cuparity {
namespace {

/// What was read of one run_name before its repetitions are put in order.
struct Gathered {
  Row row;
  struct Repetition {
    int index;  ///< repetition_index, else the order in the file
    double seconds;
  };
  std::vector<Repetition> repetitions;
  std::set<int> indices;  ///< every repetition_index
  std::vector<double> bytes_per_second;
  std::vector<double> flops_per_second;
  std::vector<double> cycles;
  std::optional<double> median_aggregate;
  std::optional<double> mean_aggregate;
  bool has_aggregate = false;
};

/// What a JSON document is that has no Google Benchmark rows, as far as it can be told.
std::string describe_foreign(const nlohmann::json& json) {
  if (!json.is_object()) {
    return fmt::format("a JSON {}", json.type_name());
  }
  const std::optional<std::string> own = own_format(json);
  if (json.contains("trials") || own == "run") {
    return "a run of cuparity";
  }
  if (own) {
    return "cuparity's " + *own;
  }
  if (json.contains("comparisons")) {
    return "a comparison made by cuparity";
  }
  if (json.contains("testsuites")) {
    return "GoogleTest's result";
  }
  if (json.contains("machine_info")) {
    return "pytest-benchmark's result";
  }
  if (json.contains("devices") && json.contains("benchmarks")) {
    return "nvbench's result";
  }
  if (json.contains("results")) {
    return "hyperfine's result, by its looks";
  }
  return "some other JSON document";
}

double seconds_per_unit(const JsonFields& fields) {
  const std::string unit = fields.find<std::string>("time_unit").value_or("ns");
  if (unit == "ns") return 1e-9;
  if (unit == "us") return 1e-6;
  if (unit == "ms") return 1e-3;
  if (unit == "s") return 1;
  throw UsageError(
      fmt::format("{}: expected ns, us, ms or s, found \"{}\"", fields.path_of("time_unit"), unit));
}

std::string trimmed(const std::string& text) {
  const std::size_t first = text.find_first_not_of(" \t");
  return first == std::string::npos ? "" : text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// "digest=1f; error=0.5" -> its pairs. What is no pair is a foreign label and stays whole under "label".
std::map<std::string, std::string> parse_label(const std::string& label) {
  std::map<std::string, std::string> pairs;
  for (std::size_t start = 0; start <= label.size();) {
    const std::size_t end = std::min(label.find(';', start), label.size());
    const std::string piece = trimmed(label.substr(start, end - start));
    const std::size_t equals = piece.find('=');
    if (!piece.empty() && (equals == 0 || equals == std::string::npos)) {
      return {{"label", label}};
    }
    if (!piece.empty()) {
      pairs[trimmed(piece.substr(0, equals))] = trimmed(piece.substr(equals + 1));
    }
    start = end + 1;
  }
  return pairs;
}

/// A repetition whose label says something else leaves both values, "first,second".
void merge_label(std::map<std::string, std::string>& merged,
                 const std::map<std::string, std::string>& label) {
  for (const auto& [key, value] : label) {
    std::string& known = merged[key];
    if (known.empty()) {
      known = value;
    } else if (("," + known + ",").find("," + value + ",") == std::string::npos) {
      known += "," + value;
    }
  }
}

/// Before run_type existed (1.4.1 and older), aggregates could be told by their names alone.
std::string old_aggregate_base(const std::string& name, const std::set<std::string>& names) {
  const std::size_t underscore = name.rfind('_');
  if (underscore == std::string::npos) {
    return "";
  }
  const std::string base = name.substr(0, underscore);
  const std::string kind = name.substr(underscore + 1);
  const bool known = kind == "mean" || kind == "median" || kind == "stddev" || kind == "cv";
  const bool complete =
      names.count(base + "_mean") && names.count(base + "_median") && names.count(base + "_stddev");
  return known && complete ? base : "";
}

void read_aggregate(const JsonFields& fields, const std::string& kind, Gathered& gathered) {
  gathered.has_aggregate = true;
  if ((kind != "median" && kind != "mean") || !fields.has("real_time")) {
    return;
  }
  const double seconds = fields.get<double>("real_time") * seconds_per_unit(fields);
  (kind == "median" ? gathered.median_aggregate : gathered.mean_aggregate) = seconds;
}

/// Sets the row's state and says true if the repetition has no time.
bool read_failure(const JsonFields& fields, Row& row) {
  const bool skipped = fields.find<bool>("skipped").value_or(false);
  const bool failed = fields.find<bool>("error_occurred").value_or(false);
  if (!skipped && !failed) {
    return false;
  }
  std::string message = fields.find<std::string>(skipped ? "skip_message" : "error_message").value_or("");
  const std::string prefix = "skipped: ";
  const bool says_skipped = message.rfind(prefix, 0) == 0;
  if (says_skipped) {
    message.erase(0, prefix.size());
  }
  const RowState state = skipped || says_skipped ? RowState::skipped : RowState::failed;
  if (row.state != RowState::failed) {  // one failed repetition fails the row
    row.state = state;
    row.message = message;
  }
  return true;
}

/// Two benchmarks of one name count their repetitions each from 0.
void refuse_repeated_index(const JsonFields& fields, Gathered& gathered) {
  const auto index = fields.find<int>("repetition_index");
  if (index && !gathered.indices.insert(*index).second) {
    throw UsageError(fmt::format("{}: '{}' has repetition {} twice; give each benchmark a file or a name of its own",
                                 fields.path_of("repetition_index"), gathered.row.benchmark, *index));
  }
}

void read_repetition(const JsonFields& fields, Gathered& gathered) {
  refuse_repeated_index(fields, gathered);
  Row& row = gathered.row;
  if (fields.has("label")) {
    merge_label(row.label, parse_label(fields.get<std::string>("label")));
  }
  if (read_failure(fields, row)) {
    return;
  }
  const int next = static_cast<int>(gathered.repetitions.size());
  const double seconds = fields.get<double>("real_time") * seconds_per_unit(fields);
  gathered.repetitions.push_back({fields.find<int>("repetition_index").value_or(next), seconds});
  if (const auto rate = fields.find<double>("bytes_per_second")) {
    gathered.bytes_per_second.push_back(*rate);
  }
  if (const auto rate = fields.find<double>("flops_per_second")) {
    gathered.flops_per_second.push_back(*rate);
  }
  if (const auto hertz = fields.find<double>("sm_clock_hz")) {
    gathered.cycles.push_back(seconds * *hertz);
  }
}

Row finish(Gathered gathered) {
  Row row = std::move(gathered.row);
  std::stable_sort(gathered.repetitions.begin(), gathered.repetitions.end(),
                   [](const auto& a, const auto& b) { return a.index < b.index; });
  for (const auto& repetition : gathered.repetitions) {
    row.repetitions.push_back(repetition.seconds);
  }
  if (!row.repetitions.empty()) {
    row.seconds = median(row.repetitions);
  } else {
    row.seconds = gathered.median_aggregate.value_or(gathered.mean_aggregate.value_or(0));
  }
  if (!gathered.bytes_per_second.empty()) {
    row.bytes_per_second = median(gathered.bytes_per_second);
  }
  if (!gathered.flops_per_second.empty()) {
    row.flops_per_second = median(gathered.flops_per_second);
  }
  if (!gathered.cycles.empty()) {
    row.cycles = median(gathered.cycles);
  }
  return row;
}

std::map<std::string, std::string> read_context(const nlohmann::json& json) {
  std::map<std::string, std::string> context;
  if (!json.is_object()) {
    return context;
  }
  for (const auto& [key, value] : json.items()) {
    if (value.is_string()) {
      context[key] = value.get<std::string>();
    } else if (value.is_primitive() && !value.is_null()) {
      context[key] = value.dump();
    }
  }
  return context;
}

/// Finds or adds the entry of a run_name, keeping file order.
Gathered& entry(std::vector<Gathered>& all, std::map<std::string, std::size_t>& places,
                const std::string& name) {
  const auto [place, added] = places.try_emplace(name, all.size());
  if (added) {
    all.emplace_back();
    all.back().row.benchmark = name;
  }
  return all[place->second];
}

}  // namespace

std::optional<std::string> own_format(const nlohmann::json& json) {
  constexpr std::string_view prefix = "cuparity-";
  const nlohmann::json format = json.is_object() ? json.value("format", nlohmann::json()) : nlohmann::json();
  if (!format.is_string() || !format.get<std::string>().starts_with(prefix)) return std::nullopt;
  return format.get<std::string>().substr(prefix.size());
}

BenchmarkFile parse_benchmark_json(const nlohmann::json& json) {
  const bool nvbench = json.is_object() && json.contains("devices") && json.contains("meta");
  const bool pytest = json.is_object() && json.contains("machine_info");
  if (!json.is_object() || !json.contains("benchmarks") || nvbench || pytest) {
    throw UsageError(
        fmt::format("not a Google Benchmark result but {}; make one with --benchmark_out=FILE "
                    "--benchmark_out_format=json",
                    describe_foreign(json)));
  }
  const nlohmann::json& benchmarks = json["benchmarks"];
  require_array(benchmarks, "benchmarks");

  std::vector<JsonFields> rows;
  std::set<std::string> names;
  for (std::size_t i = 0; i < benchmarks.size(); ++i) {
    rows.emplace_back(benchmarks[i], fmt::format("benchmarks[{}]", i));
    names.insert(rows.back().get<std::string>("name"));
  }

  std::vector<Gathered> all;
  std::map<std::string, std::size_t> places;
  for (const JsonFields& fields : rows) {
    const std::string name = fields.get<std::string>("name");
    const std::string run_name = fields.find<std::string>("run_name").value_or(name);
    require_benchmark_name(run_name, fields.path_of("run_name"));
    const auto run_type = fields.find<std::string>("run_type");
    const std::string old_base = run_type ? "" : old_aggregate_base(name, names);
    const std::string kind = run_type           ? fields.find<std::string>("aggregate_name").value_or("")
                             : old_base.empty() ? ""
                                                : name.substr(old_base.size() + 1);
    const bool complexity = kind == "BigO" || kind == "RMS" || fields.has("big_o") || fields.has("rms");
    if (complexity) {
      continue;  // a fit over sizes, not a measurement
    }
    if (!old_base.empty() || run_type == "aggregate") {
      read_aggregate(fields, kind, entry(all, places, old_base.empty() ? run_name : old_base));
    } else {
      read_repetition(fields, entry(all, places, run_name));
    }
  }

  BenchmarkFile file;
  file.context = read_context(json.value("context", nlohmann::json::object()));
  file.aggregates_only = !all.empty();
  for (Gathered& gathered : all) {
    const bool aggregate =
        gathered.repetitions.empty() && gathered.has_aggregate && gathered.row.state == RowState::measured;
    file.aggregates_only = file.aggregates_only && aggregate;
    file.rows.push_back(finish(std::move(gathered)));
  }
  return file;
}

BenchmarkFile read_benchmark_json(const std::filesystem::path& path) {
  const nlohmann::json json = read_json_file(path);
  try {
    return parse_benchmark_json(json);
  } catch (const UsageError& error) {
    throw UsageError(fmt::format("{}: {}", path.string(), error.what()));
  }
}

std::string short_name(const std::string& run_name) {
  static const std::regex suffix(
      "/(manual_time|real_time|process_time|iterations:[0-9]+|repeats:[0-9]+|"
      "min_time:[0-9.e+-]+s?|min_warmup_time:[0-9.e+-]+s?|threads:1)$");
  std::string name = run_name;
  for (std::smatch match; std::regex_search(name, match, suffix);) {
    name.erase(static_cast<std::size_t>(match.position()));
  }
  return name;
}

std::vector<std::string> short_names(std::vector<std::string> run_names) {
  for (std::string& name : run_names) name = short_name(name);
  return run_names;
}

}  // namespace cuparity
