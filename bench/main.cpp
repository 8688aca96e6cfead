// cuparity-bench: an ordinary Google Benchmark program over the registry of workloads.
#include <benchmark/benchmark.h>

#include <cstdio>
#include <exception>
#include <memory>
#include <string>
#include <vector>

#include "bench/backend_choice.hpp"
#include "bench/context.hpp"
#include "bench/options.hpp"
#include "bench/registration.hpp"
#include "bench/session.hpp"
#include "kernels/startup/startup_probe.hpp"

#ifdef CUPARITY_HAVE_CUDA
#include "kernels/device/context.hpp"
#endif

namespace {

using namespace cuparity;

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

#ifdef CUPARITY_HAVE_CUDA
std::shared_ptr<device::Context> open_context(Backend backend) {
  return backend == Backend::cuda ? std::make_shared<device::Context>() : nullptr;
}
#else
std::shared_ptr<device::Context> open_context(Backend) { return nullptr; }
#endif

void add_context(const Options& options, const BackendChoice& choice, const device::Context* context) {
  auto members = process_context(choice, context);
  if (!options.injected().empty()) members["injected"] = options.injected();
  if (const double seconds = seconds_since_process_start(); seconds >= 0)
    members["process_seconds_before_benchmarks"] = std::to_string(seconds);
  for (const auto& [name, value] : members) benchmark::AddCustomContext(name, value);
}

/// Google Benchmark says itself, in a line, that a filter matches nothing or is no regular expression.
int list_rows(const std::vector<Case>& cases) {
  register_cases(cases, nullptr);
  return benchmark::RunSpecifiedBenchmarks() > 0 ? exit_pass : exit_usage;
}

int run_rows(const std::vector<Case>& cases, const Options& options, const BackendChoice& choice) {
  const std::shared_ptr<device::Context> context = open_context(choice.backend);
  Faults faults;
  faults.slowdown = options.inject_slowdown;
  if (!options.inject_wrong.empty()) faults.wrong = std::regex(options.inject_wrong);
  Session session(context.get(), faults);
  register_cases(cases, &session);
  add_context(options, choice, context.get());
  if (benchmark::RunSpecifiedBenchmarks() == 0) return exit_usage;
  return session.failed() ? exit_wrong : exit_pass;
}

int run(int argc, char** argv) {
  const Options options = take_options(argc, argv);
  benchmark::Initialize(&argc, argv, print_help);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return exit_usage;
  const BackendChoice choice = choose_backend(options.backend, options.list_only);
  if (!options.backend)
    std::fprintf(stderr, "cuparity-bench: backend %s: %s\n", std::string(to_string(choice.backend)).c_str(),
                 choice.reason.c_str());
  if (const std::string injected = options.injected(); !injected.empty())
    std::fprintf(stderr, "cuparity-bench: INJECTED FAULT, these are no measurements: %s\n", injected.c_str());
  const std::vector<Case> cases = all_bench_cases(choice.backend);
  return options.list_only ? list_rows(cases) : run_rows(cases, options, choice);
}

}  // namespace

int main(int argc, char** argv) {
  if (cuparity::startup_probe_requested()) return run_startup_probe();
  try {
    return run(argc, argv);
  } catch (const cuparity::OptionError& error) {
    std::fprintf(stderr, "cuparity-bench: %s\n", error.what());
    return exit_usage;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "cuparity-bench: %s\n", error.what());
    return exit_environment;
  }
}
