#include "bench/options.hpp"

#include <benchmark/benchmark.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <regex>
#include <string_view>

namespace cuparity {
namespace {

std::string parse_backend(const std::string& value) {
  if (value == "auto" || value == "cuda" || value == "cpu") return value;
  throw OptionError("--backend=" + value + ": expected auto, cuda or cpu");
}

double parse_percent(const std::string& value) {
  char* end = nullptr;
  const double percent = std::strtod(value.c_str(), &end);
  if (value.empty() || *end != '\0' || !std::isfinite(percent) || percent < 0 || percent > 1000)
    throw OptionError("--inject-slowdown=" + value + ": expected a percentage from 0 to 1000, e.g. 2");
  return percent / 100;
}

std::string parse_expression(const std::string& value) {
  try {
    std::regex expression(value);
  } catch (const std::regex_error& error) {
    throw OptionError("--inject-wrong=" + value + ": not a regular expression: " + error.what());
  }
  if (value.empty()) throw OptionError("--inject-wrong=: expected a regular expression on row names");
  return value;
}

/// How Google Benchmark reads a boolean flag.
bool is_truthy(std::string_view value) {
  return !(value == "0" || value == "f" || value == "F" || value == "n" || value == "N" || value == "false" ||
           value == "False" || value == "FALSE" || value == "no" || value == "No" || value == "NO" ||
           value == "off" || value == "Off" || value == "OFF");
}

/// The text after "`flag`=" or, for a flag alone, nothing; false if `argument` is another flag.
bool is_flag(std::string_view argument, std::string_view flag, std::optional<std::string>& value) {
  if (argument.substr(0, flag.size()) != flag) return false;
  argument.remove_prefix(flag.size());
  value.reset();
  if (argument.empty()) return true;
  if (argument.front() != '=') return false;
  value = std::string(argument.substr(1));
  return true;
}

const std::string& required(const std::optional<std::string>& value, const std::string& usage) {
  if (!value) throw OptionError("a value is missing: " + usage);
  return *value;
}

/// SkipWithMessage() came with the suffix, in 1.8.
template <typename State>
constexpr bool since_1_8 = requires(State& state, std::string text) { state.SkipWithMessage(text); };

/// The argument in this Google Benchmark's spelling.
char* rewritten_for_google_benchmark(char* argument, Options& options) {
  constexpr std::string_view flag = "--benchmark_min_time";
  std::optional<std::string> value;
  if (!is_flag(argument, flag, value) || !value) return argument;
  const std::string text = minimum_time_text(*value, minimum_time_has_suffix());
  if (text == *value) return argument;
  return options.rewritten.emplace_back(std::string(flag) + "=" + text).data();
}

/// --benchmark_out=FILE, unless its format is another than JSON.
std::string json_file(int argc, char** argv) {
  const char* variable = std::getenv("BENCHMARK_OUT_FORMAT");
  std::string format = variable == nullptr ? "json" : variable;
  std::string file;
  std::optional<std::string> value;
  for (int i = 1; i < argc; ++i) {
    if (is_flag(argv[i], "--benchmark_out", value)) file = value.value_or("");
    if (is_flag(argv[i], "--benchmark_out_format", value)) format = value.value_or("");
  }
  return format == "json" ? file : "";
}

/// True if `argument` was one of cuparity's.
bool take(std::string_view argument, Options& options) {
  std::optional<std::string> value;
  if (argument == "--version") {
    options.version = true;
  } else if (is_flag(argument, "--backend", value)) {
    options.backend = parse_backend(required(value, "--backend=auto|cuda|cpu"));
  } else if (is_flag(argument, "--inject-slowdown", value)) {
    options.inject_slowdown = parse_percent(required(value, "--inject-slowdown=PERCENT"));
  } else if (is_flag(argument, "--inject-wrong", value)) {
    options.inject_wrong = parse_expression(required(value, "--inject-wrong=REGEX"));
  } else {
    if (is_flag(argument, "--benchmark_list_tests", value)) options.list_only = is_truthy(value.value_or(""));
    return false;
  }
  return true;
}

}  // namespace

std::string Options::injected() const {
  std::string text;
  if (inject_slowdown > 0) {
    char percent[32];
    std::snprintf(percent, sizeof percent, "%g", 100 * inject_slowdown);
    text = "every time is made " + std::string(percent) + " % longer";
  }
  if (!inject_wrong.empty())
    text += (text.empty() ? "" : "; ") + ("rows that match " + inject_wrong + " are made wrong");
  return text;
}

std::string minimum_time_text(const std::string& value, bool with_suffix) {
  const bool has_suffix = !value.empty() && value.back() == 's';
  const std::string number = has_suffix ? value.substr(0, value.size() - 1) : value;
  char* end = nullptr;
  const double seconds = std::strtod(number.c_str(), &end);
  if (number.empty() || *end != '\0' || !std::isfinite(seconds)) return value;
  return with_suffix ? number + "s" : number;
}

bool minimum_time_has_suffix() { return since_1_8<benchmark::State>; }

Options take_options(int& argc, char** argv) {
  Options options;
  // Google Benchmark takes its flags from the environment, too.
  if (const char* listing = std::getenv("BENCHMARK_LIST_TESTS")) options.list_only = is_truthy(listing);
  int kept = 1;
  for (int i = 1; i < argc; ++i)
    if (!take(argv[i], options)) argv[kept++] = rewritten_for_google_benchmark(argv[i], options);
  argc = kept;
  argv[argc] = nullptr;
  options.json_file = json_file(argc, argv);
  return options;
}

std::string options_help() {
  return "cuparity-bench: times every workload of cuparity, each verified against a reference first.\n"
         "\n"
         "  --backend=auto|cuda|cpu     auto: CUDA if it was built and a GPU answers, else the CPU\n"
         "  --version                   its version\n"
         "\n"
         "For tests and calibration of what reads the results; said in the JSON context as \"injected\":\n"
         "  --inject-slowdown=PERCENT   makes each time that much longer by a spin inside it: on the host, or\n"
         "                              for rows timed by CUDA events a kernel in the stream. A row is skipped\n"
         "                              where that kernel alone costs more\n"
         "  --inject-wrong=REGEX        makes the rows that match fail their verification\n"
         "\n"
         "Exit codes: 0 every row right or skipped; 1 a row wrong or failed; 2 usage;\n"
         "4 the GPU can't be used, or what was to be written could not be.\n"
         "\n"
         "Google Benchmark's own flags:\n"
         "\n";
}

}  // namespace cuparity
