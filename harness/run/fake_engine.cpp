#include "harness/run/fake_engine.hpp"

#include <fnmatch.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <regex>
#include <sstream>

namespace cuparity {
namespace {

std::string value_of(const std::vector<std::string>& command, const std::string& flag) {
  for (const std::string& word : command) {
    if (word.rfind(flag + "=", 0) == 0) return word.substr(flag.size() + 1);
  }
  return "";
}

std::ofstream file_of(const std::string& gtest_output) {
  return std::ofstream(gtest_output.substr(gtest_output.find(':') + 1));
}

void write_tests(const std::string& gtest_output) {
  file_of(gtest_output) << nlohmann::json{
      {"tests", 1},
      {"backend", "cpu"},
      {"testsuites",
       {{{"name", "Numerics"},
         {"testsuite",
          {{{"name", "saxpy"}, {"status", "RUN"}, {"result", "COMPLETED"}, {"digest", "0123"}}}}}}}};
}

bool selects(const std::string& filter, const std::string& test) {
  std::istringstream patterns(filter);
  for (std::string pattern; std::getline(patterns, pattern, ':');) {
    if (fnmatch(pattern.c_str(), test.c_str(), 0) == 0) return true;
  }
  return false;
}

/// As GoogleTest does, with the suites of which nothing is left.
void write_test_list(const std::string& gtest_output, const std::string& filter, const std::vector<std::string>& tests) {
  nlohmann::json suites = nlohmann::json::array();
  for (const std::string& test : tests) {
    const std::size_t dot = test.find('.');
    nlohmann::json suite = {{"name", test.substr(0, dot)}, {"testsuite", nlohmann::json::array()}};
    if (selects(filter, test)) suite["testsuite"].push_back({{"name", test.substr(dot + 1)}});
    suites.push_back(std::move(suite));
  }
  file_of(gtest_output) << nlohmann::json{{"tests", tests.size()}, {"name", "AllTests"}, {"testsuites", suites}};
}

}  // namespace

std::string FakeEngine::unusable(const AccessMode& mode) {
  const auto found = refused.find(mode.text);
  return found == refused.end() ? "" : found->second;
}

ProcessResult FakeEngine::run(const ProcessRequest& request, const AccessMode& mode) {
  commands.push_back(request.command);
  ProcessResult result;
  result.exit_code = 0;
  result.wall_seconds = 0.5;
  if (!not_started.empty()) {
    result.exit_code = 125;
    result.standard_error = not_started + "\n";
    return result;
  }
  if (!value_of(request.command, "--benchmark_list_tests").empty()) {
    const auto others = backend_benchmarks.find(value_of(request.command, "--backend"));
    const std::vector<std::string>& listed = others == backend_benchmarks.end() ? benchmarks : others->second;
    result.exit_code = listed.empty() ? 4 : 0;
    result.standard_error = "cuparity-bench: backend cpu: as asked for\n";
    for (const std::string& name : listed) result.standard_error += name + "/manual_time\n";
    return result;
  }
  if (request.environment.count("CUPARITY_STARTUP_PROBE") > 0) {
    startups.push_back(mode.text);
    const double now = boot_seconds();
    result.standard_error = "container id\n" + nlohmann::json{{"clock_begin", now},
                                                              {"clock_end", now},
                                                              {"first_result", 1e-6},
                                                              {"value", "00"}}.dump() + "\n";
    return result;
  }
  const std::string output = value_of(request.command, "--gtest_output");
  if (!value_of(request.command, "--gtest_list_tests").empty()) {
    write_test_list(output, value_of(request.command, "--gtest_filter"), tests);
    return result;
  }
  if (!output.empty()) {
    write_tests(output);
    return result;
  }
  const std::string filter = value_of(request.command, "--benchmark_filter");
  const bool probe = value_of(request.command, "--benchmark_repetitions") == "1";
  Fate what = Fate::well;
  if (!probe) {
    if (fate) what = fate(mode.text, static_cast<int>(trials.size()));
    trials.push_back(mode.text);
    environments.push_back(request.environment);
  }
  if (what == Fate::dies) {
    result.exit_code = 139;
    result.standard_error = "about to crash\n";
  } else if (what == Fate::hangs) {
    result.exit_code = 143;
    result.timed_out = true;
  } else if (what == Fate::stopped) {
    result.exit_code = 143;
    result.interrupted = true;
  } else if (what != Fate::nothing_written) {
    write_benchmarks(value_of(request.command, "--benchmark_out"), filter, mode.text, what);
    if (what == Fate::wrong_result) result.exit_code = 1;
  }
  return result;
}

void FakeEngine::write_benchmarks(const std::string& path, const std::string& filter, const std::string& mode,
                                  Fate what) {
  std::ofstream file(path);
  if (what == Fate::rubbish) {
    file << "{\"context\": {\"date\"";
    return;
  }
  const double factor = slowdown.count(mode) > 0 ? slowdown.at(mode) : 1;
  // A deterministic disturbance of 0.1 %, so that the statistics have something to do.
  const double noise = 1 + 0.001 * std::sin(12.9898 * static_cast<double>(trials.size()));
  nlohmann::json json = {{"context", context}, {"benchmarks", nlohmann::json::array()}};
  bool first = true;
  for (const std::string& name : benchmarks) {
    if (!std::regex_search(name, std::regex(filter, std::regex::extended))) continue;
    nlohmann::json row = {{"name", name + "/manual_time"},
                          {"run_name", name + "/manual_time"},
                          {"run_type", "iteration"},
                          {"repetition_index", 0},
                          {"real_time", 100 * factor * noise},
                          {"time_unit", "us"},
                          {"label", "digest=00000000000000ff; error=0.1"}};
    if (first && what == Fate::wrong_result) {
      row["error_occurred"] = true;
      row["error_message"] = "wrong result: error 12";
    }
    first = false;
    json["benchmarks"].push_back(row);
  }
  file << json;
}

}  // namespace cuparity
