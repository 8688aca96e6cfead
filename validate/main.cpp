// cuparity-validate: GoogleTest over every workload, the memory and the access.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

#include "environment/process_environment.hpp"
#include "environment/standard_output.hpp"
#include "kernels/device/description.hpp"
#include "validate/access/access_tests.hpp"
#include "validate/memory/memory_tests.hpp"
#include "validate/numerics/numerics_tests.hpp"
#include "validate/session.hpp"

namespace cuparity::validate {
namespace {

constexpr int usage_error = 2;
constexpr int environment_error = 4;

/// Records the context as properties of the whole run: the top object of the JSON.
class ContextRecorder : public testing::Environment {
 public:
  explicit ContextRecorder(const Session& session) : session_(session) {}
  void SetUp() override {
    for (const auto& [key, value] : session_.facts) testing::Test::RecordProperty(key, value);
  }

 private:
  const Session& session_;
};

/// A filter that matches nothing would pass, having shown nothing.
class EmptyRunGuard : public testing::EmptyTestEventListener {
 public:
  void OnTestProgramStart(const testing::UnitTest& tests) override {
    // With shards an empty one is ordinary.
    if (tests.test_to_run_count() != 0 || std::getenv("GTEST_TOTAL_SHARDS") != nullptr) return;
    std::fprintf(stderr,
                 "cuparity-validate: no test matches --gtest_filter=%s; --gtest_list_tests lists them\n",
                 testing::GTEST_FLAG(filter).c_str());
    std::exit(usage_error);
  }
};

/// GoogleTest answers a misspelt flag of its own with its whole help, which would bury our one line.
void initialise_quietly(int& argc, char** argv) {
  std::fflush(stdout);
  const int saved = dup(STDOUT_FILENO);
  const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (nowhere >= 0) dup2(nowhere, STDOUT_FILENO);
  testing::InitGoogleTest(&argc, argv);
  std::fflush(stdout);
  if (saved >= 0) dup2(saved, STDOUT_FILENO);
  if (saved >= 0) close(saved);
  if (nowhere >= 0) close(nowhere);
}

Options read_options(int argc, char** argv) {
  const std::vector<std::string> given(argv + 1, argv + argc);
  if (std::count(given.begin(), given.end(), "--help") != 0) {
    std::fputs(options_help().c_str(), stdout);
    testing::InitGoogleTest(&argc, argv);  // prints its own flags
    Options options;
    options.help = true;
    return options;
  }
  initialise_quietly(argc, argv);
  return parse_options(std::vector<std::string>(argv + 1, argv + argc));
}

std::map<std::string, std::string> gather_facts(const BackendChoice& choice) {
  std::map<std::string, std::string> facts = environment::process_environment();
  for (const auto& [key, value] : describe_device(choice.context.get())) facts[key] = value;
  facts["cuparity_version"] = CUPARITY_VERSION;
  facts["backend"] = to_string(choice.backend);
  facts["backend_reason"] = choice.reason;
  return facts;
}

/// GoogleTest itself does not look whether its JSON was written.
void check_output_file() {
  const std::string output = testing::GTEST_FLAG(output);
  const std::string path = output.starts_with("json:") ? output.substr(5) : "";
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) return;
  std::ifstream file(path, std::ios::binary);
  const std::string text(std::istreambuf_iterator<char>(file), {});
  const std::size_t end = text.find_last_not_of(" \n");
  if (end == std::string::npos || text[end] != '}')
    throw std::runtime_error("writing " + path + " failed; free some space, or choose another --gtest_output");
}

int run(Options options) {
  Session session;
  const bool list_only = testing::GTEST_FLAG(list_tests);
  session.backend = list_only ? choose_backend_to_list(options.backend) : choose_backend(options.backend);
  session.options = std::move(options);
  std::fprintf(stderr, "cuparity-validate: backend %s: %s\n",
               std::string(to_string(session.backend.backend)).c_str(), session.backend.reason.c_str());
  if (!list_only) session.facts = gather_facts(session.backend);
  register_access_tests(session);
  register_memory_tests(session);
  register_numerics_tests(session);
  testing::AddGlobalTestEnvironment(new ContextRecorder(session));
  testing::UnitTest::GetInstance()->listeners().Append(new EmptyRunGuard);
  const int result = RUN_ALL_TESTS();
  check_output_file();
  return result;
}

int run_program(int argc, char** argv) {
  try {
    Options options = read_options(argc, argv);
    if (options.help) return 0;
    if (options.version) {
      std::printf("cuparity-validate %s\n", CUPARITY_VERSION);
      return 0;
    }
    return run(std::move(options));
  } catch (const std::invalid_argument& error) {
    std::fprintf(stderr, "cuparity-validate: %s\n", error.what());
    return usage_error;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "cuparity-validate: %s\n", error.what());
    return environment_error;
  }
}

}  // namespace
}  // namespace cuparity::validate

int main(int argc, char** argv) {
  cuparity::environment::open_standard_streams();
  return cuparity::environment::exit_code_after_output("cuparity-validate", cuparity::validate::run_program(argc, argv));
}
