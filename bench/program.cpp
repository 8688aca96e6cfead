#include "bench/program.hpp"

#include <benchmark/benchmark.h>

#include <cstdio>
#include <exception>
#include <regex>
#include <stdexcept>
#include <string>
#include <vector>

#include "bench/context.hpp"
#include "bench/options.hpp"
#include "bench/registration.hpp"
#include "bench/session.hpp"
#include "environment/standard_output.hpp"
#include "kernels/device/backend_choice.hpp"
#include "kernels/startup/startup_probe.hpp"

namespace cuparity {
namespace {

enum ExitCode { exit_pass = 0, exit_wrong = 1, exit_usage = 2, exit_environment = 4 };

int run_startup_probe() {
  try {
    std::puts(to_json_line(perform_startup_probe()).c_str());
    return exit_pass;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return exit_wrong;
  }
}

void print_help() {
  std::fputs(options_help().c_str(), stdout);
  benchmark::PrintDefaultHelp();
}

/// Google Benchmark itself does not look whether its file was written.
class WatchedFile : public benchmark::JSONReporter {
 public:
  void Finalize() override {
    JSONReporter::Finalize();
    written_ = static_cast<bool>(GetOutputStream().flush());
  }
  bool written() const { return written_; }

 private:
  bool written_ = true;
};

/// How many rows ran. Throws where the JSON file is not whole.
std::size_t run_benchmarks(const Options& options) {
  if (options.json_file.empty()) return benchmark::RunSpecifiedBenchmarks();
  WatchedFile file;
  const std::size_t rows = benchmark::RunSpecifiedBenchmarks(nullptr, &file);
  if (!file.written())
    throw std::runtime_error("writing " + options.json_file + " failed; free some space, or choose another --benchmark_out");
  return rows;
}

/// Says on standard error what the results alone would not make plain.
void announce(const BenchProgram& program, const Options& options, const BackendChoice& choice) {
  if (options.backend == "auto")
    std::fprintf(stderr, "%s: backend %s: %s\n", program.name.c_str(), std::string(to_string(choice.backend)).c_str(),
                 choice.reason.c_str());
  const std::string injected = options.injected();
  if (!injected.empty())
    std::fprintf(stderr, "%s: INJECTED FAULT, these are no measurements: %s\n", program.name.c_str(),
                 injected.c_str());
}

/// Google Benchmark says itself, in a line, that a filter matches nothing or is no regular expression.
int list_rows(const BenchProgram& program, const Options& options) {
  const BackendChoice choice = choose_backend_to_list(options.backend);
  announce(program, options, choice);
  const std::vector<Case> cases = program.cases(choice.backend);
  register_cases(cases, nullptr);
  return benchmark::RunSpecifiedBenchmarks() > 0 ? exit_pass : exit_usage;
}

int run_rows(const BenchProgram& program, const Options& options) {
  const BackendChoice choice = choose_backend(options.backend);
  announce(program, options, choice);
  Faults faults;
  faults.slowdown = options.inject_slowdown;
  if (!options.inject_wrong.empty()) faults.wrong = std::regex(options.inject_wrong);
  const std::vector<Case> cases = program.cases(choice.backend);
  Session session(choice.context.get(), faults);
  register_cases(cases, &session);
  for (const auto& [name, value] : process_context(choice)) benchmark::AddCustomContext(name, value);
  if (!options.injected().empty()) benchmark::AddCustomContext("injected", options.injected());
  if (run_benchmarks(options) == 0) return exit_usage;
  return session.failed() ? exit_wrong : exit_pass;
}

int run(const BenchProgram& program, int argc, char** argv) {
  const Options options = take_options(argc, argv);
  if (options.version) {
    std::printf("%s %s, sources %s\n", program.name.c_str(), CUPARITY_VERSION, source_digest());
    return exit_pass;
  }
  benchmark::Initialize(&argc, argv, print_help);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return exit_usage;
  return options.list_only ? list_rows(program, options) : run_rows(program, options);
}

int run_and_explain(const BenchProgram& program, int argc, char** argv) {
  try {
    return run(program, argc, argv);
  } catch (const std::invalid_argument& error) {
    std::fprintf(stderr, "%s: %s\n", program.name.c_str(), error.what());
    return exit_usage;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s: %s\n", program.name.c_str(), error.what());
    return exit_environment;
  }
}

}  // namespace

int run_bench_program(const BenchProgram& program, int argc, char** argv) {
  environment::open_standard_streams();
  if (startup_probe_requested()) return run_startup_probe();
  return environment::exit_code_after_output(program.name, run_and_explain(program, argc, argv));
}

}  // namespace cuparity
