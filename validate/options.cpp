#include "validate/options.hpp"

#include <stdexcept>
#include <string_view>

namespace cuparity::validate {
namespace {

/// The text after "--name=", or nothing for another argument.
std::optional<std::string> flag_value(const std::string& argument, std::string_view name) {
  const std::string start = "--" + std::string(name) + "=";
  if (argument.compare(0, start.size(), start) != 0) return std::nullopt;
  return argument.substr(start.size());
}

std::regex parse_regex(const std::string& argument, const std::string& text) {
  try {
    return std::regex(text);
  } catch (const std::regex_error& error) {
    throw std::invalid_argument(argument + ": not a regular expression: " + error.what());
  }
}

}  // namespace

Options parse_options(const std::vector<std::string>& arguments) {
  Options options;
  for (const std::string& argument : arguments) {
    if (argument == "--help") {
      options.help = true;
    } else if (argument == "--version") {
      options.version = true;
    } else if (const auto backend = flag_value(argument, "backend")) {
      if (*backend != "auto" && *backend != "cuda" && *backend != "cpu")
        throw std::invalid_argument(argument + ": use auto, cuda or cpu");
      options.backend = *backend;
    } else if (const auto regex = flag_value(argument, "inject-wrong")) {
      options.inject_wrong = parse_regex(argument, *regex);
    } else {
      throw std::invalid_argument(argument +
                                  ": unknown argument; --help lists all (values are given with '=')");
    }
  }
  return options;
}

std::string options_help() {
  return R"(cuparity-validate: are this device's results right, its memory sound, its access as it should be?

  --backend=auto|cuda|cpu   auto (default): CUDA if it is built and a device answers, else the CPU
  --inject-wrong=REGEX      make numeric cases whose name REGEX matches fail, to see that it is noticed
  --version                 print the version

Tests: Numerics/<workload>.<case>, Numerics/<workload>/large.<case> (more than 1 MiB), MemoryPattern.*,
MemoryChecker.*, Access.*; for example
  cuparity-validate --gtest_filter='-*/large.*:MemoryPattern.*'   the quick ones
  cuparity-validate --gtest_filter='Access.*'                     what of the GPU can be seen
  cuparity-validate --gtest_filter='Numerics/gemm*'               one workload
  cuparity-validate --gtest_output=json:result.json               results and output digests as JSON
Exit codes: 0 passed, 1 failed, 2 usage, 4 the backend that was asked for is not usable, or the output can't be written.

)";
}

}  // namespace cuparity::validate
