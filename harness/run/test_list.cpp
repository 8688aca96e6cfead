#include "harness/run/test_list.hpp"

#include <fmt/format.h>

#include <system_error>

#include "harness/errors.hpp"
#include "harness/run/full_disk.hpp"
#include "harness/run/process_outcome.hpp"
#include "harness/run/validation_json.hpp"

namespace cuparity {
namespace {

constexpr const char* list_command = "cuparity-validate --gtest_list_tests";

std::vector<std::string> names_in(const std::filesystem::path& file, const ProcessResult& result) {
  try {
    return read_test_names(file);
  } catch (const UsageError& error) {
    refuse_full_disk(file.parent_path());
    const std::string said = last_said(result.standard_error);
    throw EnvironmentError(fmt::format("{}: {}{}", list_command, error.what(), said.empty() ? "" : "; last it said: " + said));
  }
}

}  // namespace

std::vector<std::string> list_tests(const Arm& arm, const TrialSettings& settings) {
  const std::string list_file = fmt::format("{}tests.json", probe_prefix);
  ProcessRequest request;
  request.output_folder = settings.folder / "raw";
  request.environment = arm.variables;
  request.time_limit = settings.time_limit;
  request.command = {(arm.engine->binary_folder() / "cuparity-validate").string(), "--backend=" + settings.backend,
                     "--gtest_list_tests=true", "--gtest_filter=" + settings.validate,
                     "--gtest_output=json:" + (arm.engine->output_path(request) / list_file).string()};
  const ProcessResult result = arm.engine->run(request, arm.mode);
  const std::string failure = describe_failure(list_command, result, request.time_limit);
  if (!failure.empty()) throw EnvironmentError(failure);
  const std::filesystem::path file = request.output_folder / list_file;
  std::vector<std::string> names = names_in(file, result);
  std::error_code ignored;
  std::filesystem::remove(file, ignored);
  return names;
}

}  // namespace cuparity
