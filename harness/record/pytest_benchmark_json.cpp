#include "harness/record/pytest_benchmark_json.hpp"

#include <fmt/format.h>

#include "harness/record/json_fields.hpp"
#include "harness/record/median.hpp"
#include "harness/record/stated_mean.hpp"

namespace cuparity {
namespace {

constexpr double summation_error = 1e-6;

Row read_test(const JsonFields& fields) {
  Row row;
  row.benchmark = fields.find<std::string>("fullname").value_or(fields.find<std::string>("name").value_or(""));
  if (row.benchmark.empty()) {
    row.benchmark = fields.get<std::string>("fullname");
  }
  const JsonFields stats(fields.required("stats"), fields.path_of("stats"));
  stats.read("data", row.repetitions);
  const auto mean = stats.find<double>("mean");
  if (mean) {
    check_stated_mean(*mean, row.repetitions, summation_error, stats.path_of("mean"));
  }
  if (row.repetitions.empty()) {
    row.seconds = stats.find<double>("median").value_or(mean.value_or(0));
  } else {
    row.seconds = median(row.repetitions);
  }
  if (fields.find<bool>("has_error").value_or(false)) {
    row.state = RowState::failed;
    row.message = "the test failed";
  }
  return row;
}

/// The parts of machine_info that tell one machine from another, under our names.
std::map<std::string, std::string> read_machine(const nlohmann::json& json) {
  std::map<std::string, std::string> environment;
  const JsonFields fields(json, "machine_info");
  const auto copy = [&](const JsonFields& from, const char* name, const char* key) {
    if (from.has(name) && from.required(name).is_string()) {
      environment[key] = from.get<std::string>(name);
    }
  };
  copy(fields, "node", "host_name");
  copy(fields, "release", "kernel");
  copy(fields, "system", "os");
  copy(fields, "python_version", "python_version");
  if (fields.has("cpu") && fields.required("cpu").is_object()) {
    const JsonFields cpu(fields.required("cpu"), "machine_info.cpu");
    copy(cpu, "brand_raw", "cpu_model");
    copy(cpu, "brand", "cpu_model");  // before 3.4
    if (cpu.has("count") && cpu.required("count").is_number_integer()) {
      environment["num_cpus"] = cpu.required("count").dump();
    }
  }
  return environment;
}

}  // namespace

BenchmarkFile parse_pytest_benchmark_json(const nlohmann::json& json) {
  BenchmarkFile file;
  file.program = "pytest-benchmark";
  file.advice = "run with --benchmark-json=FILE, or --benchmark-save=NAME --benchmark-save-data";
  const JsonFields fields(json, "");
  file.context = read_machine(fields.required("machine_info"));
  if (const auto date = fields.find<std::string>("datetime")) {
    file.context["date"] = *date;
  }
  const nlohmann::json& benchmarks = fields.required("benchmarks");
  require_array(benchmarks, "benchmarks");
  file.aggregates_only = !benchmarks.empty();
  for (std::size_t i = 0; i < benchmarks.size(); ++i) {
    file.rows.push_back(read_test(JsonFields(benchmarks[i], fmt::format("benchmarks[{}]", i))));
    file.aggregates_only = file.aggregates_only && file.rows.back().repetitions.empty();
  }
  return file;
}

}  // namespace cuparity
